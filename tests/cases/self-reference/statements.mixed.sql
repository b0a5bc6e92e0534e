-- 0. shop.categories
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT categories.name AS c0, categories.parent_id AS c1, t1.name AS c2, t1.id AS c3, categories.id AS c4
FROM categories LEFT OUTER JOIN categories AS t1 ON t1.id = categories.parent_id
WHERE categories.parent_id IS NULL ORDER BY categories.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. shop.categories
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, (SELECT count(*) AS count_1
FROM categories AS t1
WHERE t1.parent_id = page.c1) AS c2, page.c2 AS c3
FROM (SELECT categories.name AS c0, categories.id AS c1, categories.parent_id AS c2, row_number() OVER (PARTITION BY categories.parent_id ORDER BY categories.id ASC) AS gateway_place
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. shop.categories
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4, packed.c5, packed.c6, packed.c7, packed.c8, packed.c9)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, t1.name AS c2, t1.parent_id AS c3, t2.name AS c4, t2.parent_id AS c5, t3.name AS c6, t3.id AS c7, t2.id AS c8, t1.id AS c9
FROM (SELECT categories.name AS c0, categories.parent_id AS c1, row_number() OVER (PARTITION BY categories.parent_id ORDER BY categories.id ASC) AS gateway_place
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page LEFT OUTER JOIN categories AS t1 ON t1.id = page.c1 LEFT OUTER JOIN categories AS t2 ON t2.id = t1.parent_id LEFT OUTER JOIN categories AS t3 ON t3.id = t2.parent_id
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
