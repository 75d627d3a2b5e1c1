-- What was given out of leases: one row each, so that no unit and no code is given twice.
CREATE TABLE lease_spends (
  lease      TEXT NOT NULL,
  fence      INTEGER NOT NULL,
  unit       INTEGER NOT NULL,
  code       TEXT NOT NULL,
  expires_us INTEGER NOT NULL,
  PRIMARY KEY (lease, fence, unit)
) WITHOUT ROWID;
CREATE UNIQUE INDEX lease_codes ON lease_spends (lease, code) WHERE code <> '';

-- The highest fence that was ever seen of a lease.
CREATE TABLE lease_fences (
  lease TEXT PRIMARY KEY,
  fence INTEGER NOT NULL
) WITHOUT ROWID;
