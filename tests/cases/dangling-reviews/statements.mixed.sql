-- 0. shop.reviews
SELECT reviews.id AS c0, reviews.customer_id AS c1, reviews.product_id AS c2
FROM reviews
WHERE reviews.customer_id > ? ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?;
-- 1. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys]);
-- 2. shop.products
SELECT products.sku AS c0, products.id AS c1
FROM products
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 3. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE reviews.customer_id > ?;
