-- 0. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = ? AND orders.currency = ?;
-- 1. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = ? OR orders.currency = ?;
-- 2. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.currency = ?);
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.status = ? OR orders.status = ? AND orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) > ?) AND NOT (orders.customer_id < ?) AND orders.currency != ?;
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.status = ? AND orders.currency = ?);
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = ? AND orders.currency = ? OR orders.status = ?;
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id = ?);
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = ?;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = ?);
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = ? OR NOT (orders.customer_id = ?);
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id > ? OR orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) >= ?;
-- 11. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = ? AND orders.status = ?);
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 13. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT ((orders.customer_id NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)));
-- 14. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id IS NULL);
-- 15. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 0 = 1;
-- 16. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 1 = 1;
-- 17. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 1 = 1;
-- 18. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 0 = 1;
-- 19. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 1 = 1;
-- 20. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 1 = 1;
-- 21. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 0 = 1;
-- 22. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE 0 = 1;
-- 23. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = ? OR 1 = 1;
-- 24. sales.orders
SELECT count(*) AS count_1
FROM orders;
-- 25. sales.orders
SELECT count(*) AS count_1
FROM orders;
-- 26. sales.orders
SELECT count(*) AS count_1
FROM orders;
-- 27. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.currency = ? OR orders.customer_id IS NULL) AND orders.status IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 28. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.number AS c0
FROM orders
WHERE NOT (orders.currency = ? OR orders.customer_id IS NULL) AND orders.status IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
