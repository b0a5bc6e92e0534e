-- 0. sales.orders
SELECT orders.number AS c0, CAST(orders.total AS TEXT) AS c1
FROM orders
WHERE orders.total = %(p0)s ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 1. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total = %(p2)s ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 2. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total = %(p2)s ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total != %(p0)s;
-- 4. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.total = any(%(p3)s::NUMERIC[]) ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.total = any(%(p3)s::NUMERIC[]));
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total > %(p2)s;
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total >= %(p2)s;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total < %(p4)s;
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total <= %(p5)s;
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total IS NULL;
-- 11. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.amount < %(p6)s;
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.total > %(p7)s AND orders.total < %(p8)s;
