-- Tags
-- 0. shop.tags
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tags.name AS c0
FROM tags ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Customers
-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.name AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
