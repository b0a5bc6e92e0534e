-- First
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;

-- Second
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at < %s OR tickets.closed_at IS NULL OR tickets.closed_at = %s AND tickets.id > %s ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;

-- Third
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at < %s OR tickets.closed_at IS NULL OR tickets.closed_at = %s AND tickets.id > %s ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;

-- Last
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at IS NULL AND tickets.id > %s ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;

-- Between
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets
WHERE (tickets.closed_at < %s OR tickets.closed_at IS NULL OR tickets.closed_at = %s AND tickets.id > %s) AND (tickets.closed_at > %s OR tickets.closed_at = %s AND tickets.id < %s) ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;

-- Beyond
-- 0. crm.tickets
SELECT CAST(tickets.closed_at AS CHAR) AS c0, tickets.id AS c1
FROM tickets
WHERE tickets.closed_at IS NULL AND tickets.id > %s ORDER BY tickets.closed_at IS NULL, tickets.closed_at DESC, tickets.id ASC
 LIMIT %s;
