-- CountsAreCheap
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?;
-- 1. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id;
