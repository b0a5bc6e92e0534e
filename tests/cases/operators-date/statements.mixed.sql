-- 0. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT products.id AS c0, products.released AS c1
FROM products
WHERE products.released >= ? AND products.released <= ? AND gateway_day(products.released) = ? ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_day(products.released) != ?;
-- 2. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.id AS c0
FROM products
WHERE gateway_day(products.released) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. shop.products
SELECT count(*) AS count_1
FROM products
WHERE (gateway_day(products.released) NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 4. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.released >= ? AND gateway_day(products.released) > ?;
-- 5. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.released >= ? AND gateway_day(products.released) >= ?;
-- 6. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.released <= ? AND gateway_day(products.released) < ?;
-- 7. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.released <= ? AND gateway_day(products.released) <= ?;
-- 8. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.released IS NULL;
