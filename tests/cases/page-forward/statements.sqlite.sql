-- First
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;

-- Second
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at < ? OR tickets.closed_at IS NULL OR tickets.closed_at = ? AND tickets.id > ? ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;

-- Third
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at < ? OR tickets.closed_at IS NULL OR tickets.closed_at = ? AND tickets.id > ? ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;

-- Last
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at IS NULL AND tickets.id > ? ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;

-- Between
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE (tickets.closed_at < ? OR tickets.closed_at IS NULL OR tickets.closed_at = ? AND tickets.id > ?) AND (tickets.closed_at > ? OR tickets.closed_at = ? AND tickets.id < ?) ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;

-- Beyond
-- 0. crm.tickets
SELECT tickets.closed_at AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at IS NULL AND tickets.id > ? ORDER BY tickets.closed_at DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;
