-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1, customers.country AS c2
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, page.c2 AS c2, page.c3 AS c3
FROM (SELECT orders.number AS c0, orders.total AS c1, orders.customer_id AS c2, orders.status AS c3, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.country AS c1, customers.id AS c2
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 3. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id;
-- 4. crm.customers
SELECT count(*) AS count_1
FROM customers;
