-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id = %s;
-- 1. crm.addresses
SELECT addresses.city AS c0, addresses.customer_id AS c1, t1.id AS c2
FROM addresses LEFT OUTER JOIN customers AS t1 ON t1.id = addresses.customer_id
WHERE addresses.customer_id IN (__[POSTCOMPILE_keys]) ORDER BY addresses.id ASC
 LIMIT %s;
-- 2. crm.tickets
SELECT tickets.subject AS c0, tickets.customer_id AS c1
FROM tickets
WHERE tickets.customer_id IN (__[POSTCOMPILE_keys]) ORDER BY tickets.id ASC
 LIMIT %s;
-- 3. sales.orders
SELECT orders.number AS c0, orders.id AS c1, orders.customer_id AS c2
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) ORDER BY orders.id ASC
 LIMIT %(p2)s::BIGINT;
-- 4. sales.payments
SELECT page.c0 AS c0, page.c1 AS c1, t1.id AS c2
FROM (SELECT CAST(payments.amount AS TEXT) AS c0, payments.order_id AS c1, row_number() OVER (PARTITION BY payments.order_id ORDER BY payments.id ASC) AS gateway_place
FROM payments
WHERE payments.order_id = any(%(keys)s::INTEGER[])) AS page LEFT OUTER JOIN orders AS t1 ON t1.id = page.c1
WHERE page.gateway_place <= %(p1)s::BIGINT ORDER BY page.gateway_place;
-- 5. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) GROUP BY orders.customer_id;
-- 6. shop.reviews
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT reviews.rating AS c0, reviews.product_id AS c1, t1.sku AS c2, t1.id AS c3, reviews.customer_id AS c4
FROM reviews LEFT OUTER JOIN products AS t1 ON t1.id = reviews.product_id
WHERE reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 7. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 8. crm.tickets
SELECT tickets.customer_id AS c0, t1.name AS c1, t1.id AS c2
FROM tickets LEFT OUTER JOIN customers AS t1 ON t1.id = tickets.customer_id
WHERE tickets.id = %s;
-- 9. sales.order_items
SELECT order_items.order_id AS c0, t1.number AS c1, t1.id AS c2, order_items.product_id AS c3
FROM order_items LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id
WHERE order_items.id = %(p4)s::INTEGER;
-- 10. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT products.sku AS c0, products.id AS c1
FROM products
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 11. shop.reviews
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT reviews.customer_id AS c0, reviews.product_id AS c1
FROM reviews
WHERE reviews.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 12. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
