-- 0. sales.orders
SELECT orders.id AS c0, orders.placed_at AS c1
FROM orders
WHERE orders.placed_at = %(p0)s::TIMESTAMP WITHOUT TIME ZONE ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 1. sales.orders
SELECT orders.id AS c0
FROM orders
WHERE orders.placed_at = %(p2)s::TIMESTAMP WITHOUT TIME ZONE ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 2. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at != %(p0)s::TIMESTAMP WITHOUT TIME ZONE;
-- 3. sales.orders
SELECT orders.id AS c0
FROM orders
WHERE orders.placed_at = any(%(p3)s::TIMESTAMP WITHOUT TIME ZONE[]) ORDER BY orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT (orders.placed_at = any(%(p3)s::TIMESTAMP WITHOUT TIME ZONE[]));
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at > %(p4)s::TIMESTAMP WITHOUT TIME ZONE;
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at >= %(p0)s::TIMESTAMP WITHOUT TIME ZONE;
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at < %(p5)s::TIMESTAMP WITHOUT TIME ZONE;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at <= %(p0)s::TIMESTAMP WITHOUT TIME ZONE;
-- 9. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.closed_at IS NULL;
-- 10. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.closed_at IS NOT NULL;
-- 11. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE (tickets.closed_at != %s OR CAST(tickets.closed_at AS DATETIME(6)) != %s);
-- 12. crm.customers
SELECT CAST(customers.created_at AS CHAR) AS c0
FROM customers
WHERE customers.created_at <= %s ORDER BY customers.id ASC
 LIMIT %s;
