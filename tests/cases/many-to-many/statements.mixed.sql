-- 0. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT products.sku AS c0, products.id AS c1, (SELECT count(*) AS count_1
FROM product_tags AS t2 JOIN tags AS t1 ON t2.tag_id = t1.id
WHERE t2.product_id = products.id) AS c2
FROM products ORDER BY products.sku DESC, products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. shop.tags
SELECT json_group_array(json_array(packed.c0, packed.n0)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.n0 AS n0
FROM (SELECT tags.name AS c0, product_tags.product_id AS n0, row_number() OVER (PARTITION BY product_tags.product_id ORDER BY tags.name DESC, tags.id ASC) AS gateway_place
FROM product_tags JOIN tags ON product_tags.tag_id = tags.id
WHERE product_tags.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. shop.tags
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT tags.name AS c0, tags.id AS c1, (SELECT count(*) AS count_1
FROM product_tags AS t2 JOIN products AS t1 ON t2.product_id = t1.id
WHERE t2.tag_id = tags.id AND gateway_truth(t1.active) = ?) AS c2
FROM tags
WHERE tags.name IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.n0)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, page.n0 AS n0
FROM (SELECT products.id AS c0, products.sku AS c1, product_tags.tag_id AS n0, row_number() OVER (PARTITION BY product_tags.tag_id ORDER BY products.id ASC) AS gateway_place
FROM product_tags JOIN products ON product_tags.product_id = products.id
WHERE product_tags.tag_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND gateway_truth(products.active) = ?) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 4. shop.tags
SELECT json_group_array(json_array(packed.c0, packed.n0)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.n0 AS n0
FROM (SELECT tags.name AS c0, product_tags.product_id AS n0, row_number() OVER (PARTITION BY product_tags.product_id ORDER BY tags.id ASC) AS gateway_place
FROM product_tags JOIN tags ON product_tags.tag_id = tags.id
WHERE product_tags.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
