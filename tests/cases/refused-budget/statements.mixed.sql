-- CountsAreCheap
-- 0. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) GROUP BY orders.customer_id;
