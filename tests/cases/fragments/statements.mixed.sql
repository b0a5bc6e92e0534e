-- 0. crm.customers
SELECT customers.name AS c0, customers.id AS c1, customers.country AS c2, customers.tier AS c3, customers.email AS c4
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[])) AS page
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 2. shop.products
SELECT products.id AS c0, products.title AS c1
FROM products
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
