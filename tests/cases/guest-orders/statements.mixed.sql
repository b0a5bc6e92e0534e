-- 0. sales.orders
SELECT orders.number AS c0, orders.customer_id AS c1
FROM orders
WHERE orders.customer_id IS NULL ORDER BY orders.id ASC
 LIMIT %(p0)s::BIGINT;
-- 1. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 2. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IS NULL;
-- 4. sales.orders
SELECT orders.number AS c0, orders.customer_id AS c1
FROM orders ORDER BY orders.id ASC
 LIMIT %(p2)s::BIGINT;
-- 5. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
