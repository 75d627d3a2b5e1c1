-- The outbox, looked at as a whole.
-- :name totals
SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(length(CAST(payload AS BLOB))), 0), coalesce(max(id), 0) FROM outbox
-- :name twice
SELECT epoch, sequence, count(*) FROM
  (SELECT epoch, sequence FROM outbox UNION ALL SELECT epoch, sequence FROM drafts UNION ALL SELECT epoch, sequence FROM dead_letters)
GROUP BY epoch, sequence HAVING count(*) > 1 LIMIT 20
-- :name beyond
SELECT epoch, sequence FROM outbox WHERE epoch = ? AND sequence > ? LIMIT 20
-- :name altered
SELECT epoch, sequence FROM outbox
WHERE instr(payload, printf('"id":"%s-%020d"', epoch, sequence)) = 0 LIMIT 20
-- :name epochs
SELECT epoch, min(sequence), max(sequence), count(*) FROM outbox GROUP BY epoch
