-- 0. sales.orders
SELECT orders.id AS c0, orders.customer_id AS c1
FROM orders
WHERE orders.customer_id IS NULL ORDER BY orders.id ASC
 LIMIT %(p0)s::BIGINT;
-- 1. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 2. crm.addresses
SELECT addresses.customer_id, count(*) AS count_1
FROM addresses
WHERE addresses.customer_id IN (__[POSTCOMPILE_keys]) GROUP BY addresses.customer_id;
-- 3. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE false = 1 ORDER BY customers.id ASC
 LIMIT %s;
-- 4. sales.orders
SELECT page.c0, page.c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 5. sales.order_items
SELECT order_items.order_id, count(*) AS count_1
FROM order_items
WHERE order_items.order_id = any(%(keys)s::INTEGER[]) GROUP BY order_items.order_id;
