-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets
WHERE gateway_time(tickets.callback_time) = ? ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) != ?;
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 3. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE (gateway_time(tickets.callback_time) NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) > ?;
-- 5. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) >= ?;
-- 6. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) < ?;
-- 7. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE gateway_time(tickets.callback_time) <= ?;
-- 8. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time IS NULL;
-- 9. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets ORDER BY gateway_time(tickets.callback_time) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
