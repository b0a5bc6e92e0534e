-- 0. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.country = ? ORDER BY customers.name DESC, customers.id ASC
 LIMIT ? OFFSET ?;
-- 1. sales.orders
SELECT orders.number AS c0
FROM orders
WHERE orders.status = ? ORDER BY orders.id ASC
 LIMIT ? OFFSET ?;
-- 2. shop.tags
SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?;
-- 3. shop.tags
SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?;
-- 4. shop.tags
SELECT tags.name AS c0
FROM tags
WHERE tags.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tags.id ASC
 LIMIT ? OFFSET ?;
