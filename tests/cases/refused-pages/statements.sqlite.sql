-- FirstLargest
-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers
WHERE customers.id = ? ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- NullsAreAbsent
-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers
WHERE customers.id < ? ORDER BY customers.id DESC
 LIMIT ? OFFSET ?) AS packed;
