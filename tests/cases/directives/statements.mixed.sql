-- 0. crm.customers
SELECT customers.id AS c0, customers.name AS c1, customers.tier AS c2, CAST(customers.created_at AS CHAR) AS c3
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 1. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.id AS c0
FROM products ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
