-- 0. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0
FROM (SELECT orders.customer_id AS c0, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p0)s::BIGINT ORDER BY page.gateway_place;
-- 2. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 3. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
