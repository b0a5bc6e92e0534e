-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT tickets.subject AS c0, tickets.opened_at AS c1, tickets.id AS c2
FROM tickets ORDER BY tickets.subject DESC, gateway_moment(tickets.opened_at) ASC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets;
-- 3. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets
WHERE tickets.id < ? ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.id < ?;
-- 5. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 6. shop.reviews
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT reviews.id AS c0
FROM reviews ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
