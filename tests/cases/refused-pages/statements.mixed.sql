-- FirstLargest
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id = %s ORDER BY customers.id ASC
 LIMIT %s;

-- NegativeButOnlyCounted
-- 0. crm.customers
SELECT count(*) AS count_1
FROM customers;

-- NullsAreAbsent
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id < %s ORDER BY customers.id DESC
 LIMIT %s;
