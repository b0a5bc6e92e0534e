-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1
FROM orders
WHERE orders.customer_id IS NULL ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1, (SELECT count(*) AS count_1
FROM addresses AS t1
WHERE t1.customer_id = customers.id) AS c2
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 2. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers
WHERE 0 = 1 ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, (SELECT count(*) AS count_1
FROM order_items AS t1
WHERE t1.order_id = page.c0) AS c1, page.c1 AS c2
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
