-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.email AS c1, customers.id AS c2
FROM customers
WHERE customers.country = ? ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY gateway_moment(orders.placed_at) DESC, orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 3. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country = ?;
-- 4. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.name AS c0
FROM customers
WHERE customers.country = ? ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 5. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = ?;
-- 6. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = ?;
