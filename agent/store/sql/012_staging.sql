-- A snapshot that arrives in pages is kept beside what is in force. Records of the other generation (0 or 1) are stored
-- under "{dataset}/1" or "{dataset}"; taking the snapshot over is a change of the generation.
ALTER TABLE datasets ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- One row per snapshot under way. snapshot: its id as JSON; refused: JSON, the caller's.
CREATE TABLE staging (
  dataset  TEXT PRIMARY KEY,
  snapshot TEXT NOT NULL,
  epoch    TEXT NOT NULL,
  cursor   INTEGER NOT NULL,
  pages    INTEGER NOT NULL,
  base     INTEGER NOT NULL,
  next     INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  digest   BLOB NOT NULL,
  refused  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE staged_keys (
  day     INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  key     BLOB NOT NULL,
  PRIMARY KEY (day, ordinal)
) WITHOUT ROWID;
