-- 0. shop.tags
SELECT tags.name AS c0
FROM tags
WHERE tags.id = ?;
-- 1. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.name AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = ?;
