-- FirstLargest
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id = %s ORDER BY customers.id ASC
 LIMIT %s;

-- NullsAreAbsent
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id < %s ORDER BY customers.id DESC
 LIMIT %s;
