-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1, customers.country AS c2, customers.tier AS c3, customers.email AS c4
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.number AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. shop.products
SELECT products.id AS c0, products.title AS c1
FROM products
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
