-- First
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;

-- AfterOrderOfTheThird
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) AND orders.id >= %(p1)s::INTEGER AND orders.id > %(p1)s::INTEGER) AS page
WHERE page.gateway_place <= %(p2)s::BIGINT ORDER BY page.gateway_place;
