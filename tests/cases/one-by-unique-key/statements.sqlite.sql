-- 0. crm.customers
SELECT customers.id AS c0, customers.email AS c1
FROM customers
WHERE customers.email = ?;
-- 1. crm.customers
SELECT customers.id AS c0, customers.email AS c1
FROM customers
WHERE customers.id = ?;
-- 2. sales.orders
SELECT orders.id AS c0, orders.number AS c1
FROM orders
WHERE orders.number = ?;
-- 3. shop.products
SELECT products.id AS c0, products.title AS c1
FROM products
WHERE products.sku = ?;
-- 4. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.name = ?;
-- 5. crm.tickets
SELECT tickets.id AS c0, tickets.uuid AS c1
FROM tickets
WHERE tickets.uuid = ?;
-- 6. shop.categories
SELECT categories.name AS c0
FROM categories
WHERE categories.id = ?;
-- 7. crm.customers
SELECT customers.id AS c0
FROM customers
WHERE customers.email = ?;
-- 8. shop.tags
SELECT tags.id AS c0
FROM tags
WHERE tags.name = ?;
