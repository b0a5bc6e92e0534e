-- 0. sales.payments
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT payments.id AS c0, payments.reference AS c1
FROM payments
WHERE payments.reference = ? ORDER BY payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.payments
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT payments.id AS c0
FROM payments
WHERE payments.reference = ? ORDER BY payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference = ?;
-- 3. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference != ?;
-- 4. sales.payments
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT payments.reference AS c0
FROM payments
WHERE payments.reference IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 5. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE (payments.reference NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 6. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference > ?;
-- 7. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference >= ?;
-- 8. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference < ?;
-- 9. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference <= ?;
-- 10. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference IS NULL;
-- 11. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference <= ?;
