-- 0. crm.customers
SELECT customers.id AS c0, customers.name AS c1, customers.country AS c2
FROM customers
WHERE customers.id = %s;
-- 1. shop.products
SELECT products.sku AS c0, products.title AS c1
FROM products
WHERE products.id = ?;
-- 2. crm.customers
SELECT customers.name AS c0
FROM customers
WHERE customers.id = %s;
