-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT orders.number AS c0, orders.total AS c1
FROM orders
WHERE orders.total >= ? - 1e-2 AND orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.number AS c0
FROM orders
WHERE orders.total >= ? - 1e-2 AND orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.number AS c0
FROM orders
WHERE orders.total >= ? - 1e-2 AND orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE gateway_decimal(orders.total, 2) != ?;
-- 4. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.number AS c0
FROM orders
WHERE gateway_decimal(orders.total, 2) IN (__[POSTCOMPILE_p3]) ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (gateway_decimal(orders.total, 2) NOT IN (__[POSTCOMPILE_p3]));
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) > ?;
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) >= ?;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) < ?;
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) <= ?;
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total IS NULL;
-- 11. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.amount <= ? + 1e-2 AND gateway_decimal(payments.amount, 2) < ?;
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) > ? AND orders.total <= ? + 1e-2 AND gateway_decimal(orders.total, 2) < ?;
