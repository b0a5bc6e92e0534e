-- First
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Second
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE gateway_moment(tickets.closed_at) < ? OR gateway_moment(tickets.closed_at) IS NULL OR gateway_moment(tickets.closed_at) = ? AND tickets.id > ? ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Third
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE gateway_moment(tickets.closed_at) < ? OR gateway_moment(tickets.closed_at) IS NULL OR gateway_moment(tickets.closed_at) = ? AND tickets.id > ? ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Last
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE gateway_moment(tickets.closed_at) IS NULL AND tickets.id > ? ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Between
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE (gateway_moment(tickets.closed_at) < ? OR gateway_moment(tickets.closed_at) IS NULL OR gateway_moment(tickets.closed_at) = ? AND tickets.id > ?) AND (gateway_moment(tickets.closed_at) > ? OR gateway_moment(tickets.closed_at) = ? AND tickets.id < ?) ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;

-- Beyond
-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE gateway_moment(tickets.closed_at) IS NULL AND tickets.id > ? ORDER BY gateway_moment(tickets.closed_at) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
