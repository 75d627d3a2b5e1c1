-- Snapshots under way.
-- :name all
SELECT dataset, snapshot, epoch, cursor, pages, base, next, count, digest, refused FROM staging
-- :name save
INSERT OR REPLACE INTO staging (dataset, snapshot, epoch, cursor, pages, base, next, count, digest, refused)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- :name forget
DELETE FROM staging WHERE dataset = ?
-- :name generation
SELECT generation FROM datasets WHERE dataset = ?
-- :name key
SELECT key FROM staged_keys WHERE day = ? AND ordinal = ?
-- :name put_key
INSERT OR REPLACE INTO staged_keys (day, ordinal, key) VALUES (?, ?, ?)
-- :name keys_before
SELECT day, ordinal, key FROM staged_keys WHERE day < ?
-- :name delete_keys_before
DELETE FROM staged_keys WHERE day < ?
-- Keys change places by name: nothing is copied, however many there are. A script.
-- :name swap_keys
ALTER TABLE keys RENAME TO keys_replaced;
ALTER TABLE staged_keys RENAME TO keys;
ALTER TABLE keys_replaced RENAME TO staged_keys;
-- :name gone_records
SELECT id, EXISTS (SELECT 1 FROM records AS new WHERE new.dataset = ?2 AND new.id = old.id) FROM records AS old
WHERE dataset = ?1 AND id > ?3 ORDER BY id LIMIT ?4
-- :name gone_keys
SELECT day, ordinal, EXISTS (SELECT 1 FROM keys AS new WHERE new.day = old.day AND new.ordinal = old.ordinal)
FROM staged_keys AS old WHERE (day, ordinal) > (?1, ?2) ORDER BY day, ordinal LIMIT ?3
-- :name records_after
SELECT id, body FROM records WHERE dataset = ? AND id > ? ORDER BY id LIMIT ?
-- :name keys_after
SELECT day, ordinal, key FROM keys WHERE (day, ordinal) > (?, ?) ORDER BY day, ordinal LIMIT ?
-- :name sweep_keys
DELETE FROM staged_keys WHERE (day, ordinal) IN (SELECT day, ordinal FROM staged_keys LIMIT ?)
-- :name sweep_records
DELETE FROM records WHERE dataset = ?1 AND id IN (SELECT id FROM records WHERE dataset = ?1 LIMIT ?2)
