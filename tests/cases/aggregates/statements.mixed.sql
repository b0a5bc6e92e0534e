-- 0. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s
 LIMIT %s) AS packed;
-- 1. sales.orders
SELECT count(*) AS count_1, sum(orders.total) AS sum_1, sum(orders.total) AS sum_2, count(orders.total) AS count_2, sum(orders.customer_id) AS sum_3, count(orders.customer_id) AS count_3, min(orders.total) AS min_1, min(orders.placed_at) AS min_2, min(orders.number) AS min_3, max(orders.total) AS max_1, max(orders.placed_at) AS max_2, count(DISTINCT orders.customer_id) AS count_4, count(DISTINCT orders.currency) AS count_5, count(DISTINCT CAST(orders.status AS TEXT) COLLATE "C") AS count_6
FROM orders
WHERE orders.customer_id = any(%(keys_of_0)s::INTEGER[]);
-- 2. sales.payments
SELECT count(*) AS count_1, sum(payments.amount) AS sum_1, sum(payments.reference) AS sum_2, sum(payments.amount) AS sum_3, count(payments.amount) AS count_2, min(payments.paid_at) AS min_1, count(DISTINCT CAST(payments.method AS TEXT) COLLATE "C") AS count_3
FROM payments
WHERE payments.id < %(p2)s::INTEGER;
-- 3. sales.payments
SELECT sum(payments.reference) AS sum_1, sum(payments.amount) AS sum_2, sum(payments.reference) AS sum_3, count(payments.reference) AS count_1, max(payments.reference) AS max_1
FROM payments;
-- 4. shop.products
SELECT count(*) AS count_1, sum(CAST(round(products.price * 100) AS BIGINT)) AS sum_1, count(products.price) AS count_2, max(gateway_day(products.released)) AS max_1, max(products.title) AS max_2
FROM products;
-- 5. crm.customers
SELECT customers.id AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 6. sales.orders
SELECT orders.customer_id, count(*) AS count_1, sum(orders.total) AS sum_1, max(orders.placed_at) AS max_1
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) AND orders.status != %(p4)s GROUP BY orders.customer_id;
-- 7. shop.reviews
SELECT reviews.customer_id, sum(reviews.rating) AS sum_1, count(reviews.rating) AS count_1
FROM reviews
WHERE reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY reviews.customer_id;
-- 8. crm.addresses
SELECT addresses.customer_id, count(*) AS count_1
FROM addresses
WHERE addresses.customer_id IN (__[POSTCOMPILE_keys]) GROUP BY addresses.customer_id;
-- 9. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::BIGINT) AS packed;
-- 10. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s AND customers.id IN (__[POSTCOMPILE_keys_of_9])
 LIMIT %s) AS packed;
