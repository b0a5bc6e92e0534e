-- 0. shop.categories
SELECT categories.name AS c0, categories.parent_id AS c1, categories.id AS c2
FROM categories
WHERE categories.parent_id IS NULL ORDER BY categories.id ASC
 LIMIT ? OFFSET ?;
-- 1. shop.categories
SELECT categories.name AS c0, categories.id AS c1
FROM categories
WHERE categories.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 2. shop.categories
SELECT page.c0, page.c1, page.c2
FROM (SELECT categories.name AS c0, categories.id AS c1, categories.parent_id AS c2, row_number() OVER (PARTITION BY categories.parent_id ORDER BY categories.id ASC) AS gateway_place
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place;
-- 3. shop.categories
SELECT page.c0, page.c1
FROM (SELECT categories.name AS c0, categories.parent_id AS c1, row_number() OVER (PARTITION BY categories.parent_id ORDER BY categories.id ASC) AS gateway_place
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place;
-- 4. shop.categories
SELECT categories.name AS c0, categories.parent_id AS c1, categories.id AS c2
FROM categories
WHERE categories.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 5. shop.categories
SELECT categories.name AS c0, categories.parent_id AS c1, categories.id AS c2
FROM categories
WHERE categories.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 6. shop.categories
SELECT categories.name AS c0, categories.id AS c1
FROM categories
WHERE categories.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 7. shop.categories
SELECT categories.parent_id, count(*) AS count_1
FROM categories
WHERE categories.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY categories.parent_id;
