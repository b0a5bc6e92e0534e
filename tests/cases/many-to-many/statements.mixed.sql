-- 0. shop.products
SELECT products.sku AS c0, products.id AS c1
FROM products ORDER BY products.sku DESC, products.id ASC
 LIMIT ? OFFSET ?;
-- 1. shop.tags
SELECT page.c0, page.n0
FROM (SELECT tags.name AS c0, product_tags.product_id AS n0, row_number() OVER (PARTITION BY product_tags.product_id ORDER BY tags.name DESC, tags.id ASC) AS gateway_place
FROM product_tags JOIN tags ON product_tags.tag_id = tags.id
WHERE product_tags.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place;
-- 2. shop.tags
SELECT product_tags.product_id, count(*) AS count_1
FROM product_tags JOIN tags ON product_tags.tag_id = tags.id
WHERE product_tags.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY product_tags.product_id;
-- 3. shop.tags
SELECT tags.name AS c0, tags.id AS c1
FROM tags
WHERE tags.name IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?;
-- 4. shop.products
SELECT page.c0, page.c1, page.n0
FROM (SELECT products.id AS c0, products.sku AS c1, product_tags.tag_id AS n0, row_number() OVER (PARTITION BY product_tags.tag_id ORDER BY products.id ASC) AS gateway_place
FROM product_tags JOIN products ON product_tags.product_id = products.id
WHERE product_tags.tag_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND products.active = ?) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place;
-- 5. shop.tags
SELECT page.c0, page.n0
FROM (SELECT tags.name AS c0, product_tags.product_id AS n0, row_number() OVER (PARTITION BY product_tags.product_id ORDER BY tags.id ASC) AS gateway_place
FROM product_tags JOIN tags ON product_tags.tag_id = tags.id
WHERE product_tags.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place;
-- 6. shop.products
SELECT product_tags.tag_id, count(*) AS count_1
FROM product_tags JOIN products ON product_tags.product_id = products.id
WHERE product_tags.tag_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND products.active = ? GROUP BY product_tags.tag_id;
