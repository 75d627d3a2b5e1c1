-- Decisions (for caps and cooldowns) and visit numbers (for visit ids).
-- :name add_decision
INSERT INTO decisions (at_us, decision_id, customer, offer, offer_group) VALUES (?, ?, ?, ?, ?)
-- :name decisions
SELECT decision_id, customer, offer, offer_group, at_us FROM decisions ORDER BY at_us, decision_id
-- :name put_visit
INSERT OR REPLACE INTO visit_numbers (day, customer, last) VALUES (?, ?, ?)
-- :name visits
SELECT customer, day, last FROM visit_numbers ORDER BY day, customer
-- :name forget_decisions
DELETE FROM decisions WHERE customer = ?
-- :name rename_visits
UPDATE OR REPLACE visit_numbers SET customer = ? WHERE customer = ?
-- :name erase_visits
DELETE FROM visit_numbers WHERE customer = ? OR customer = ?
-- :name prune_decisions
DELETE FROM decisions WHERE at_us < ?
-- :name prune_visits
DELETE FROM visit_numbers WHERE day < ?
