-- Good
-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1
FROM customers ORDER BY customers.name ASC, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. shop.tags
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tags.id AS c0
FROM tags ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;
