-- 0. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity = ?;
-- 1. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity != ?;
-- 2. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 3. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE (order_items.quantity NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 4. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity > ?;
-- 5. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity >= ?;
-- 6. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity < ?;
-- 7. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.quantity <= ?;
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
WHERE orders.customer_id != ?;
-- 11. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 12. sales.order_items
SELECT count(*) AS count_1
FROM order_items
WHERE order_items.product_id > ? AND order_items.product_id <= ?;
