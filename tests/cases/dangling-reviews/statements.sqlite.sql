-- 0. shop.reviews
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT reviews.id AS c0, reviews.customer_id AS c1, reviews.product_id AS c2, t1.sku AS c3, t1.id AS c4
FROM reviews LEFT OUTER JOIN products AS t1 ON t1.id = reviews.product_id
WHERE reviews.customer_id > ? ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS packed;
-- 2. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE reviews.customer_id > ?;
