-- 0. crm.customers
SELECT customers.id AS c0, (SELECT count(*) AS count_1
FROM addresses AS t1
WHERE t1.customer_id = customers.id) AS c1
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 2. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.placed_at AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at DESC, orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p3)s::BIGINT ORDER BY page.gateway_place;
-- 3. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT CAST(orders.total AS TEXT) AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.total DESC, orders.id DESC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p4)s::BIGINT ORDER BY page.gateway_place;
-- 4. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p6)s::BIGINT ORDER BY page.gateway_place;
-- 5. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) GROUP BY orders.customer_id;
-- 6. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT CAST(orders.total AS TEXT) AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) AND orders.total > %(p8)s) AS page
WHERE page.gateway_place <= %(p9)s::BIGINT ORDER BY page.gateway_place;
-- 7. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) AND orders.total > %(p8)s GROUP BY orders.customer_id;
-- 8. crm.addresses
SELECT page.c0 AS c0, page.c1 AS c1, page.c2 AS c2
FROM (SELECT addresses.id AS c0, addresses.city AS c1, addresses.customer_id AS c2, row_number() OVER (PARTITION BY addresses.customer_id ORDER BY addresses.id ASC) AS gateway_place
FROM addresses
WHERE addresses.customer_id IN (__[POSTCOMPILE_keys])) AS page
WHERE page.gateway_place <= %s ORDER BY page.gateway_place;
