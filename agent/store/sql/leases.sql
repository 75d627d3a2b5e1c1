-- Leases: what was spent, which fences were seen, and whether that is known. Whether the next epoch.started must say that
-- the database, or its end, was lost.
-- :name spend
INSERT INTO lease_spends (lease, fence, unit, code, expires_us) VALUES (?, ?, ?, ?, ?)
-- :name spends
SELECT lease, fence, unit, code, expires_us FROM lease_spends ORDER BY lease, fence, unit
-- :name prune
DELETE FROM lease_spends WHERE expires_us < ?
-- :name see
INSERT INTO lease_fences (lease, fence) VALUES (?, ?)
ON CONFLICT (lease) DO UPDATE SET fence = max(fence, excluded.fence)
-- :name fences
SELECT lease, fence FROM lease_fences
-- :name lose
INSERT OR REPLACE INTO meta (name, value) VALUES ('leases_lost', '1')
-- :name lost
SELECT 1 FROM meta WHERE name = 'leases_lost'
-- :name forget_records
DELETE FROM records WHERE dataset IN ('leases', 'leases/1')
-- :name forget_state
DELETE FROM datasets WHERE dataset = 'leases'
-- :name forget_staging
DELETE FROM staging WHERE dataset = 'leases'
-- :name untold
INSERT OR REPLACE INTO meta (name, value) VALUES ('database_lost', '1')
-- :name is_untold
SELECT 1 FROM meta WHERE name = 'database_lost'
-- :name told
DELETE FROM meta WHERE name = 'database_lost'
-- :name found
DELETE FROM meta WHERE name = 'leases_lost'
