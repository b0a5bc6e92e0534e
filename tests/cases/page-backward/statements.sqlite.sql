-- End
-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT orders.id AS c0, orders.status AS c1, orders.placed_at AS c2
FROM orders ORDER BY orders.status DESC, gateway_moment(orders.placed_at) ASC, orders.id DESC
 LIMIT ? OFFSET ?) AS packed;

-- BeforeThat
-- 0. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT orders.id AS c0, orders.status AS c1, orders.placed_at AS c2
FROM orders
WHERE orders.status <= ? AND (orders.status < ? OR orders.status = ? AND gateway_moment(orders.placed_at) > ? OR orders.status = ? AND gateway_moment(orders.placed_at) = ? AND orders.id < ?) ORDER BY orders.status DESC, gateway_moment(orders.placed_at) ASC, orders.id DESC
 LIMIT ? OFFSET ?) AS packed;

-- NullsFirstFromTheEnd
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.id AS c0, tickets.closed_at AS c1
FROM tickets ORDER BY gateway_moment(tickets.closed_at) ASC NULLS LAST, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;

-- NullsLastFromTheEnd
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.id AS c0, tickets.closed_at AS c1
FROM tickets ORDER BY gateway_moment(tickets.closed_at) DESC NULLS FIRST, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
