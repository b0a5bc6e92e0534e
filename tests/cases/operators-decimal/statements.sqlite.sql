-- 0. sales.orders
SELECT orders.number AS c0, orders.total AS c1
FROM orders
WHERE orders.total = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?;
-- 1. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?;
-- 2. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total != ?;
-- 4. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total IN (__[POSTCOMPILE_p3]) ORDER BY orders.id ASC
 LIMIT ? OFFSET ?;
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.total NOT IN (__[POSTCOMPILE_p3]));
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total > ?;
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total >= ?;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total < ?;
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total <= ?;
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total IS NULL;
-- 11. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.amount < ?;
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total > ? AND orders.total < ?;
