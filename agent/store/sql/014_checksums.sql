-- What a card alters by itself must not be sent: CRC-32C over what the row says (see checksum.hpp). NULL in rows that
-- are older than this: they are taken as they are.
-- passed: every id up to id - passed had been acknowledged when the row was written; 0: nothing was known.
ALTER TABLE outbox ADD COLUMN checksum INTEGER;
ALTER TABLE outbox ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN checksum INTEGER;
ALTER TABLE drafts ADD COLUMN checksum INTEGER;
