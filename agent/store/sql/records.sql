-- Datasets. The digest of a dataset is the XOR over its records of SHA-256(id 00 body), body being the canonical JSON;
-- over the keys of SHA-256(LE32 day, LE32 ordinal, key). All zero when it is empty.
-- :name states
SELECT dataset, epoch, cursor, confirmed_ms, count, digest, generation FROM datasets
-- :name save_state
INSERT OR REPLACE INTO datasets (dataset, epoch, cursor, confirmed_ms, count, digest, generation)
VALUES (?, ?, ?, ?, ?, ?, ?)
-- :name body
SELECT body FROM records WHERE dataset = ? AND id = ?
-- :name put
INSERT OR REPLACE INTO records (dataset, id, body) VALUES (?, ?, ?)
-- :name delete
DELETE FROM records WHERE dataset = ? AND id = ?
-- :name clear
DELETE FROM records WHERE dataset = ?
-- :name read
SELECT id, body FROM records WHERE dataset = ? ORDER BY id
-- :name key
SELECT key FROM keys WHERE day = ? AND ordinal = ?
-- :name put_key
INSERT OR REPLACE INTO keys (day, ordinal, key) VALUES (?, ?, ?)
-- :name delete_key
DELETE FROM keys WHERE day = ? AND ordinal = ?
-- :name keys_of_day
SELECT day, ordinal, key FROM keys WHERE day = ?
-- :name keys_before
SELECT day, ordinal, key FROM keys WHERE day < ? ORDER BY day, ordinal LIMIT ?
-- :name delete_keys_of_day
DELETE FROM keys WHERE day = ?
-- :name delete_keys_before
DELETE FROM keys WHERE (day, ordinal) IN (SELECT day, ordinal FROM keys WHERE day < ? ORDER BY day, ordinal LIMIT ?)
-- :name clear_keys
DELETE FROM keys
-- :name read_keys
SELECT day, ordinal, key FROM keys ORDER BY day, ordinal
