-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT orders.id AS c0, orders.placed_at AS c1
FROM orders
WHERE orders.placed_at >= ? AND orders.placed_at <= ? AND gateway_moment(orders.placed_at) = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.id AS c0
FROM orders
WHERE orders.placed_at >= ? AND orders.placed_at <= ? AND gateway_moment(orders.placed_at) = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE gateway_moment(orders.placed_at) != ?;
-- 3. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.id AS c0
FROM orders
WHERE gateway_moment(orders.placed_at) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (gateway_moment(orders.placed_at) NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 5. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at >= ? AND gateway_moment(orders.placed_at) > ?;
-- 6. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ?;
-- 7. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at <= ? AND gateway_moment(orders.placed_at) < ?;
-- 8. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.placed_at <= ? AND gateway_moment(orders.placed_at) <= ?;
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
WHERE gateway_moment(tickets.closed_at) != ?;
-- 12. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.created_at AS c0
FROM customers
WHERE customers.created_at <= ? AND gateway_moment(customers.created_at) <= ? ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
