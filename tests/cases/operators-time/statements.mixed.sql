-- 0. crm.tickets
SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets
WHERE tickets.callback_time = %s ORDER BY tickets.id ASC
 LIMIT %s;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time != %s;
-- 2. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time IN (__[POSTCOMPILE_p2]);
-- 3. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE (tickets.callback_time NOT IN (__[POSTCOMPILE_p3]));
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time > %s;
-- 5. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time >= %s;
-- 6. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time < %s;
-- 7. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time <= %s;
-- 8. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.callback_time IS NULL;
-- 9. crm.tickets
SELECT tickets.id AS c0, tickets.callback_time AS c1
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time DESC, tickets.id ASC
 LIMIT %s;
