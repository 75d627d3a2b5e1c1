-- The wrapping keys of days, and what has to be wrapped.
-- :name find
SELECT wrapped FROM day_wrappers WHERE day = ?
-- :name put
INSERT INTO day_wrappers (day, wrapped) VALUES (?, ?)
-- :name drop_before
DELETE FROM day_wrappers WHERE day < ?
-- :name days
SELECT day FROM keys UNION SELECT day FROM staged_keys
-- :name keys_of_day
SELECT ordinal, key FROM keys WHERE day = ?
-- :name staged_of_day
SELECT ordinal, key FROM staged_keys WHERE day = ?
-- :name rewrap_key
UPDATE keys SET key = ? WHERE day = ? AND ordinal = ?
-- :name rewrap_staged
UPDATE staged_keys SET key = ? WHERE day = ? AND ordinal = ?
