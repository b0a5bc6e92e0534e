-- 0. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.id = ?;
-- 1. shop.reviews
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT reviews.id AS c0, reviews.rating AS c1, reviews.customer_id AS c2
FROM reviews
WHERE reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND reviews.rating >= ? ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. shop.reviews
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT reviews.rating AS c0
FROM reviews
WHERE NOT (reviews.rating >= ?) AND reviews.rating > ? AND reviews.rating < ? ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE NOT (reviews.rating >= ?) AND reviews.rating > ? AND reviews.rating < ?;
-- 4. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE (reviews.product_id = ? OR reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AND reviews.rating IN (SELECT anon_2.value
FROM json_each(?) AS anon_2);
-- 5. shop.tags
SELECT count(*) AS count_1
FROM tags
WHERE tags.name = ?;
-- 6. shop.products
SELECT products.sku AS c0
FROM products
WHERE products.id = ?;
