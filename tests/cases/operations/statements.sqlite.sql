-- Tags
-- 0. shop.tags
SELECT tags.name AS c0
FROM tags ORDER BY tags.id ASC
 LIMIT ? OFFSET ?;

-- Customers
-- 0. crm.customers
SELECT customers.name AS c0
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?;
