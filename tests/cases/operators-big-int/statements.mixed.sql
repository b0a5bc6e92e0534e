-- 0. sales.payments
SELECT payments.id AS c0, payments.reference AS c1
FROM payments
WHERE payments.reference = %(p0)s::BIGINT ORDER BY payments.id ASC
 LIMIT %(p1)s::BIGINT;
-- 1. sales.payments
SELECT payments.id AS c0
FROM payments
WHERE payments.reference = %(p2)s::BIGINT ORDER BY payments.id ASC
 LIMIT %(p1)s::BIGINT;
-- 2. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference = %(p3)s::BIGINT;
-- 3. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference != %(p0)s::BIGINT;
-- 4. sales.payments
SELECT payments.reference AS c0
FROM payments
WHERE payments.reference = any(%(p4)s::BIGINT[]) ORDER BY payments.id ASC
 LIMIT %(p1)s::BIGINT;
-- 5. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE NOT (payments.reference = any(%(p4)s::BIGINT[]));
-- 6. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference > %(p0)s::BIGINT;
-- 7. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference >= %(p0)s::BIGINT;
-- 8. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference < %(p5)s::BIGINT;
-- 9. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference <= %(p6)s::BIGINT;
-- 10. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference IS NULL;
-- 11. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.reference <= %(p7)s::BIGINT;
