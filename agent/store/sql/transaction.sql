-- Transactions. Writing ones begin IMMEDIATE: the lock is taken before the first statement.
-- :name begin
BEGIN IMMEDIATE
-- :name commit
COMMIT
-- :name rollback
ROLLBACK
