-- Events that wait until the time is known: their payload is not made yet. boot_us: unix microseconds of the machine's
-- start on the clock by which the body's times were taken, which is an estimate.
CREATE TABLE drafts (
  id       INTEGER PRIMARY KEY,
  epoch    TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  type     TEXT NOT NULL,
  ledger   INTEGER NOT NULL,
  boot     TEXT NOT NULL,
  boot_us  INTEGER NOT NULL,
  body     TEXT NOT NULL
);
