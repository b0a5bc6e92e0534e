-- 0. sales.orders
SELECT orders.id AS c0, orders.number AS c1, orders.customer_id AS c2
FROM orders
WHERE orders.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 1. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 2. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 3. crm.customers
SELECT customers.id AS c0, customers.name AS c1
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 4. shop.products
SELECT products.id AS c0, products.title AS c1, products.category_id AS c2, t1.name AS c3, t1.id AS c4
FROM products LEFT OUTER JOIN categories AS t1 ON t1.id = products.category_id
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 5. shop.reviews
SELECT reviews.id AS c0
FROM reviews
WHERE reviews.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 6. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
