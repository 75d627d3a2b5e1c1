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
-- :name clear_keys
DELETE FROM staged_keys
-- :name take_keys
INSERT INTO keys SELECT day, ordinal, key FROM staged_keys
-- :name gone_records
SELECT id FROM records AS old WHERE dataset = ?1
AND NOT EXISTS (SELECT 1 FROM records AS new WHERE new.dataset = ?2 AND new.id = old.id)
-- :name gone_keys
SELECT day, ordinal FROM keys AS old
WHERE NOT EXISTS (SELECT 1 FROM staged_keys AS new WHERE new.day = old.day AND new.ordinal = old.ordinal)
-- :name records_after
SELECT id, body FROM records WHERE dataset = ? AND id > ? ORDER BY id LIMIT ?
-- :name keys_after
SELECT day, ordinal, key FROM keys WHERE (day, ordinal) > (?, ?) ORDER BY day, ordinal LIMIT ?
-- :name sweep_records
DELETE FROM records WHERE dataset = ?1 AND id IN (SELECT id FROM records WHERE dataset = ?1 LIMIT ?2)
