-- 0. shop.products
SELECT products.id AS c0, products.weight_kg AS c1
FROM products
WHERE products.weight_kg = ? ORDER BY products.id ASC
 LIMIT ? OFFSET ?;
-- 1. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg != ?;
-- 2. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.id AS c0
FROM products
WHERE products.weight_kg IN (__[POSTCOMPILE_p2]) ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. shop.products
SELECT count(*) AS count_1
FROM products
WHERE (products.weight_kg NOT IN (__[POSTCOMPILE_p3]));
-- 4. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg > ?;
-- 5. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg >= ?;
-- 6. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg < ?;
-- 7. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg <= ?;
-- 8. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg IS NULL;
-- 9. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.weight_kg IS NOT NULL;
