-- 0. crm.customers
SELECT customers.name AS c0, customers.id AS c1, customers.country AS c2
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1, page.c2 AS c2, page.c3 AS c3
FROM (SELECT orders.number AS c0, CAST(orders.total AS TEXT) AS c1, orders.customer_id AS c2, orders.status AS c3, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 2. crm.customers
SELECT customers.name AS c0, customers.country AS c1, customers.id AS c2
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 3. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) GROUP BY orders.customer_id;
-- 4. crm.customers
SELECT count(*) AS count_1
FROM customers;
