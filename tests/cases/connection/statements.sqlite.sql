-- 0. crm.tickets
SELECT tickets.subject AS c0, tickets.opened_at AS c1, tickets.id AS c2
FROM tickets ORDER BY tickets.subject DESC, tickets.opened_at ASC, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 3. crm.tickets
SELECT tickets.id AS c0
FROM tickets
WHERE tickets.id < ? ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?;
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.id < ?;
-- 5. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?;
-- 6. shop.reviews
SELECT reviews.id AS c0
FROM reviews ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?;
