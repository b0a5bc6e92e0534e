-- 0. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.country = %s ORDER BY customers.name DESC, customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.status = %(p2)s ORDER BY orders.id ASC
 LIMIT %(p3)s::BIGINT;
-- 2. shop.tags
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. shop.tags
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. shop.tags
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;
