-- Events that wait for the time.
-- :name append
INSERT INTO drafts (epoch, sequence, type, ledger, boot, boot_us, body, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
-- :name all
SELECT id, epoch, sequence, type, ledger, boot, boot_us, body, checksum FROM drafts ORDER BY id
-- :name delete
DELETE FROM drafts WHERE id = ?
-- :name count
SELECT count(*) FROM drafts
-- :name last_sequence
SELECT max(sequence) FROM drafts WHERE epoch = ?
-- :name newest_time
SELECT max((SELECT coalesce(max(started_ms), 0) FROM epochs),
           (SELECT coalesce(max(recorded_ms), 0) FROM (SELECT recorded_ms FROM outbox ORDER BY id DESC LIMIT 1)),
           (SELECT coalesce(max(confirmed_ms), 0) FROM datasets),
           (SELECT coalesce(max(at_us), 0) / 1000 FROM decisions))
