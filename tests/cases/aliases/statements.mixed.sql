-- 0. crm.customers
SELECT customers.name AS c0, customers.email AS c1, customers.id AS c2
FROM customers
WHERE customers.country = %s ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at DESC, orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p2)s::BIGINT ORDER BY page.gateway_place;
-- 2. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p2)s::BIGINT ORDER BY page.gateway_place;
-- 3. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country = %s;
-- 4. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.country = %s ORDER BY customers.id ASC
 LIMIT %s;
-- 5. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = %s;
-- 6. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = %s;
