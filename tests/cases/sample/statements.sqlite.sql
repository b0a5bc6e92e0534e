-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4, packed.c5)) AS json_group_array_1
FROM (SELECT orders.number AS c0, orders.placed_at AS c1, orders.total AS c2, orders.currency AS c3, orders.customer_id AS c4, orders.id AS c5
FROM orders ORDER BY gateway_moment(orders.placed_at) DESC, orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.country AS c1, customers.id AS c2
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 2. sales.order_items
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, page.c2 AS c2
FROM (SELECT order_items.quantity AS c0, order_items.product_id AS c1, order_items.order_id AS c2, row_number() OVER (PARTITION BY order_items.order_id ORDER BY order_items.id ASC) AS gateway_place
FROM order_items
WHERE order_items.order_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 3. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT products.title AS c0, products.category_id AS c1, t1.name AS c2, t1.id AS c3, products.id AS c4
FROM products LEFT OUTER JOIN categories AS t1 ON t1.id = products.category_id
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
