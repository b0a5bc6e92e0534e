-- 0. crm.tickets
SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets
WHERE tickets.callback_time = %s AND CAST(CAST(tickets.callback_time AS TIME(6)) AS CHAR) = %s ORDER BY tickets.id ASC
 LIMIT %s;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE (tickets.callback_time != %s OR CAST(CAST(tickets.callback_time AS TIME(6)) AS CHAR) != %s);
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time IN (__[POSTCOMPILE_p3]) AND CAST(CAST(tickets.callback_time AS TIME(6)) AS CHAR) IN (__[POSTCOMPILE_p4]);
-- 3. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE NOT (tickets.callback_time IN (__[POSTCOMPILE_p5]) AND CAST(CAST(tickets.callback_time AS TIME(6)) AS CHAR) IN (__[POSTCOMPILE_p6]));
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE CAST(tickets.callback_time AS TIME(6)) > CAST(%s AS TIME(6));
-- 5. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE CAST(tickets.callback_time AS TIME(6)) >= CAST(%s AS TIME(6));
-- 6. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE CAST(tickets.callback_time AS TIME(6)) < CAST(%s AS TIME(6));
-- 7. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE CAST(tickets.callback_time AS TIME(6)) <= CAST(%s AS TIME(6));
-- 8. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time IS NULL;
-- 9. crm.tickets
SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time DESC, tickets.id ASC
 LIMIT %s;
