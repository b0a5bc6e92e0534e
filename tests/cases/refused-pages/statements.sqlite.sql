-- FirstLargest
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id = ? ORDER BY customers.id ASC
 LIMIT ? OFFSET ?;

-- NullsAreAbsent
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id < ? ORDER BY customers.id DESC
 LIMIT ? OFFSET ?;
