-- Two
-- 0. crm.customers
SELECT count(*) AS count_1
FROM customers;
