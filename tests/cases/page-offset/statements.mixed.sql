-- 0. crm.customers
SELECT customers.name AS c0
FROM customers ORDER BY customers.name ASC, customers.id ASC
 LIMIT %s, %s;
-- 1. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s, %s;
-- 2. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s, %s;
-- 3. crm.customers
SELECT count(*) AS count_1
FROM customers;
-- 4. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id DESC
 LIMIT %s, %s;
-- 5. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s, %s;
-- 6. shop.categories
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT categories.name AS c0, categories.id AS c1
FROM categories ORDER BY categories.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 7. shop.categories
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT categories.name AS c0, categories.parent_id AS c1, row_number() OVER (PARTITION BY categories.parent_id ORDER BY categories.id ASC) AS gateway_place
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place > ? AND page.gateway_place <= ? + ? ORDER BY page.gateway_place) AS packed;
