-- Commands that were carried out.
-- :name put
INSERT OR REPLACE INTO commands (id, name, at_ms, signed, reply) VALUES (?, ?, ?, ?, ?)
-- :name reply
SELECT reply FROM commands WHERE id = ?
-- :name forget
DELETE FROM commands WHERE at_ms < ?
-- :name trim_unsigned
DELETE FROM commands WHERE id IN (SELECT id FROM commands WHERE signed = 0 ORDER BY at_ms DESC, id LIMIT -1 OFFSET ?)
