-- Of a sealed store: a wrapping key for each UTC day, itself wrapped under the master key. keys and staged_keys hold what
-- it wraps; without its row they are noise.
CREATE TABLE day_wrappers (
  day     INTEGER PRIMARY KEY,
  wrapped BLOB NOT NULL
);
