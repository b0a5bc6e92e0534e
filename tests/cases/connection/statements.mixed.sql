-- 0. crm.tickets
SELECT tickets.subject AS c0, CAST(tickets.opened_at AS CHAR) AS c1, tickets.id AS c2
FROM tickets ORDER BY tickets.subject DESC, tickets.opened_at ASC, tickets.id ASC
 LIMIT %s;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 3. crm.tickets
SELECT tickets.id AS c0
FROM tickets
WHERE tickets.id < %s ORDER BY tickets.id ASC
 LIMIT %s;
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.id < %s;
-- 5. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT %s;
-- 6. shop.reviews
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT reviews.id AS c0
FROM reviews ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
