-- End
-- 0. sales.orders
SELECT orders.id AS c0, orders.status AS c1, orders.placed_at AS c2
FROM orders ORDER BY CAST(orders.status AS TEXT) COLLATE "C" DESC, orders.placed_at ASC, orders.id DESC
 LIMIT %(p0)s::BIGINT;

-- BeforeThat
-- 0. sales.orders
SELECT orders.id AS c0, orders.status AS c1, orders.placed_at AS c2
FROM orders
WHERE CAST(orders.status AS TEXT) COLLATE "C" <= %(p0)s::VARCHAR AND (CAST(orders.status AS TEXT) COLLATE "C" < %(p0)s::VARCHAR OR CAST(orders.status AS TEXT) COLLATE "C" = %(p0)s::VARCHAR AND orders.placed_at > %(p1)s::TIMESTAMP WITHOUT TIME ZONE OR CAST(orders.status AS TEXT) COLLATE "C" = %(p0)s::VARCHAR AND orders.placed_at = %(p1)s::TIMESTAMP WITHOUT TIME ZONE AND orders.id < %(p2)s::INTEGER) ORDER BY CAST(orders.status AS TEXT) COLLATE "C" DESC, orders.placed_at ASC, orders.id DESC
 LIMIT %(p3)s::BIGINT;

-- NullsFirstFromTheEnd
-- 0. crm.tickets
SELECT tickets.id AS c0, CAST(tickets.closed_at AS CHAR) AS c1
FROM tickets ORDER BY tickets.closed_at IS NULL, tickets.closed_at ASC, tickets.id DESC
 LIMIT %s;

-- NullsLastFromTheEnd
-- 0. crm.tickets
SELECT tickets.id AS c0, CAST(tickets.closed_at AS CHAR) AS c1
FROM tickets ORDER BY tickets.closed_at IS NOT NULL, tickets.closed_at DESC, tickets.id DESC
 LIMIT %s;
