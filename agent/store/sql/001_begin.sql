-- Schema version 1. See agent/store/README.md for what each table is for.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- One row per start of the daemon that committed an event. last_sequence and last_id are written when the epoch begins
-- and in every transaction that deletes outbox rows; what came after is read from the outbox.
CREATE TABLE epochs (
  ordinal       INTEGER PRIMARY KEY,
  epoch         TEXT NOT NULL UNIQUE,
  started_ms    INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  last_id       INTEGER NOT NULL
);

-- Ids rise by one per event and are never used again (see epochs.last_id); AUTOINCREMENT would write one page more per
-- commit. bytes is the length of the payload.
CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY,
  epoch       TEXT NOT NULL,
  sequence    INTEGER NOT NULL,
  type        TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL,
  ledger      INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  payload     TEXT NOT NULL
);

-- What the broker refused for good.
CREATE TABLE dead_letters (
  id          INTEGER PRIMARY KEY,
  epoch       TEXT NOT NULL,
  sequence    INTEGER NOT NULL,
  type        TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL,
  ledger      INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  payload     TEXT NOT NULL,
  reason_code INTEGER NOT NULL,
  why         TEXT NOT NULL
);

-- What enforcing the bounds removed and no committed outbox.dropped lists yet. body: JSON of ranges and counts by type.
CREATE TABLE drops (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  epoch TEXT NOT NULL,
  body  TEXT NOT NULL
);

CREATE TABLE decisions (
  at_us       INTEGER NOT NULL,
  decision_id TEXT NOT NULL,
  customer    TEXT NOT NULL,
  offer       TEXT NOT NULL,
  offer_group TEXT NOT NULL,
  PRIMARY KEY (at_us, decision_id)
) WITHOUT ROWID;

CREATE TABLE visit_numbers (
  day      INTEGER NOT NULL,
  customer TEXT NOT NULL,
  last     INTEGER NOT NULL,
  PRIMARY KEY (day, customer)
) WITHOUT ROWID;

CREATE TABLE datasets (
  dataset      TEXT PRIMARY KEY,
  epoch        TEXT NOT NULL,
  cursor       INTEGER NOT NULL,
  confirmed_ms INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  digest       BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE records (
  dataset TEXT NOT NULL,
  id      TEXT NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (dataset, id)
) WITHOUT ROWID;

CREATE TABLE keys (
  day     INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  key     BLOB NOT NULL,
  PRIMARY KEY (day, ordinal)
) WITHOUT ROWID;
