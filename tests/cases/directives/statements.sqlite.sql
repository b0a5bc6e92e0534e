-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3)) AS json_group_array_1
FROM (SELECT customers.id AS c0, customers.name AS c1, customers.tier AS c2, customers.created_at AS c3
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.id AS c0
FROM products ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
