-- 0. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity = %(p0)s::INTEGER;
-- 1. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity != %(p1)s::INTEGER;
-- 2. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity = any(%(p2)s::INTEGER[]);
-- 3. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE NOT (order_items.quantity = any(%(p3)s::INTEGER[]));
-- 4. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity > %(p4)s::INTEGER;
-- 5. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity >= %(p4)s::INTEGER;
-- 6. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity < %(p4)s::INTEGER;
-- 7. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity <= %(p4)s::INTEGER;
-- 8. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity IS NULL;
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IS NOT NULL;
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id != %(p5)s::INTEGER;
-- 11. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = any(%(p6)s::INTEGER[]));
-- 12. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.product_id > %(p7)s::INTEGER AND order_items.product_id <= %(p8)s::INTEGER;
