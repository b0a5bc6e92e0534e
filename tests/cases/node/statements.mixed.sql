-- 0. sales.orders
SELECT orders.id AS c0, orders.number AS c1, orders.customer_id AS c2
FROM orders
WHERE orders.id = any(%(p0)s::INTEGER[]);
-- 1. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 2. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 3. crm.customers
SELECT customers.id AS c0, customers.name AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_p4]);
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
