-- What is left of one customer.
-- :name outbox
SELECT id, epoch, sequence, type FROM outbox WHERE instr(payload, ?) > 0 ORDER BY id
-- :name drafts
SELECT id, epoch, sequence, type FROM drafts WHERE instr(body, ?) > 0 ORDER BY id
-- :name dead_letters
DELETE FROM dead_letters WHERE instr(payload, ?) > 0
-- :name orders
SELECT id FROM records WHERE dataset = ? AND instr(body, ?) > 0
-- :name keys
SELECT day FROM keys WHERE ordinal = ?
