-- 0. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = %(p0)s AND orders.currency = %(p1)s::VARCHAR;
-- 1. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = %(p0)s OR orders.currency = %(p2)s::VARCHAR;
-- 2. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.currency = %(p3)s::VARCHAR);
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.status = %(p4)s OR orders.status = %(p5)s AND orders.total > %(p6)s) AND NOT (orders.customer_id < %(p7)s::INTEGER) AND orders.currency != %(p3)s::VARCHAR;
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.status = %(p0)s AND orders.currency = %(p1)s::VARCHAR);
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = %(p0)s AND orders.currency = %(p1)s::VARCHAR OR orders.status = %(p4)s;
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id = %(p8)s::INTEGER);
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = %(p8)s::INTEGER;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = %(p8)s::INTEGER);
-- 9. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = %(p8)s::INTEGER OR NOT (orders.customer_id = %(p8)s::INTEGER);
-- 10. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id > %(p9)s::INTEGER OR orders.total >= %(p10)s;
-- 11. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = %(p8)s::INTEGER AND orders.status = %(p0)s);
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id = any(%(p11)s::INTEGER[]));
-- 13. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id = any(%(p11)s::INTEGER[]));
-- 14. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.customer_id IS NULL);
-- 15. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE false;
-- 16. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE true;
-- 17. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE true;
-- 18. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE false;
-- 19. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE true;
-- 20. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE true;
-- 21. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE false;
-- 22. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE false;
-- 23. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = %(p0)s OR true;
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
WHERE NOT (orders.currency = %(p12)s::VARCHAR OR orders.customer_id IS NULL) AND orders.status = any(%(p13)s::VARCHAR(16)[] COLLATE "C");
-- 28. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE NOT (orders.currency = %(p12)s::VARCHAR OR orders.customer_id IS NULL) AND orders.status = any(%(p13)s::VARCHAR(16)[] COLLATE "C") ORDER BY orders.id ASC
 LIMIT %(p14)s::BIGINT;
