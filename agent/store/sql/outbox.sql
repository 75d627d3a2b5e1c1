-- The outbox, epochs and dead letters.
-- :name begin_epoch
INSERT INTO epochs (epoch, started_ms, last_sequence, last_id) VALUES (?, ?, 0, ?)
-- :name forget_old_epochs
DELETE FROM epochs WHERE ordinal <= (SELECT max(ordinal) FROM epochs) - 100
-- :name knows_epoch
SELECT 1 FROM epochs WHERE epoch = ?
-- :name mark_epoch
UPDATE epochs SET last_sequence = ?, last_id = ? WHERE epoch = ?
-- :name last_epoch
SELECT epoch, last_sequence, last_id FROM epochs ORDER BY ordinal DESC LIMIT 1
-- :name epochs
SELECT epoch FROM epochs
-- :name newest
SELECT id, epoch, sequence, type, payload, recorded_ms, ledger, checksum, passed FROM outbox ORDER BY id DESC LIMIT 1
-- :name oldest_id
SELECT id FROM outbox ORDER BY id LIMIT 1
-- :name totals
SELECT count(*), sum(bytes) FROM outbox
-- :name append
INSERT INTO outbox (id, epoch, sequence, type, recorded_ms, ledger, bytes, payload, checksum, passed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- :name read
SELECT id, epoch, sequence, type, payload, recorded_ms, ledger, checksum, passed FROM outbox
WHERE id > ? ORDER BY id LIMIT ?
-- :name row
SELECT id, epoch, sequence, type, payload, recorded_ms, ledger, checksum, passed FROM outbox WHERE id = ?
-- :name totals_of_range
SELECT count(*), sum(bytes) FROM outbox WHERE id BETWEEN ? AND ?
-- :name delete_range
DELETE FROM outbox WHERE id BETWEEN ? AND ?
-- :name add_dead_letter
INSERT OR REPLACE INTO dead_letters
(id, epoch, sequence, type, recorded_ms, ledger, bytes, payload, checksum, reason_code, why)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- :name row_bytes
SELECT bytes FROM outbox WHERE id = ?
-- :name delete_row
DELETE FROM outbox WHERE id = ?
-- :name droppable
SELECT id, epoch, sequence, type, bytes, recorded_ms FROM outbox
WHERE ledger = ? AND type <> 'outbox.dropped' ORDER BY id
-- :name drop_range
DELETE FROM outbox WHERE id BETWEEN ? AND ? AND ledger = ? AND type <> 'outbox.dropped'
-- :name note_drop
INSERT INTO drops (epoch, body) VALUES (?, ?) RETURNING id
-- :name forget_drops
DELETE FROM drops WHERE id <= ?
-- :name drops
SELECT id, epoch, body FROM drops ORDER BY id
-- :name oldest
SELECT id, recorded_ms FROM outbox ORDER BY id LIMIT 1
-- :name rows_by_epoch
SELECT epoch, count(*) FROM outbox GROUP BY epoch
-- :name dead_letter_count
SELECT count(*), coalesce(sum(reason_code = ?), 0) FROM dead_letters
-- :name dead_letters
SELECT id, epoch, sequence, type, payload, recorded_ms, ledger, checksum, 0, reason_code, why FROM dead_letters
WHERE id > ? ORDER BY id LIMIT ?
-- :name delete_dead_letter
DELETE FROM dead_letters WHERE id = ?
-- :name trim_dead_letters
DELETE FROM dead_letters WHERE id <= (SELECT id FROM dead_letters ORDER BY id DESC LIMIT 1 OFFSET ?)
