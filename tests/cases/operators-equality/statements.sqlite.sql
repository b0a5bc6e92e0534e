-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets
WHERE tickets.uuid = ? ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.uuid != ?;
-- 2. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets
WHERE tickets.uuid IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE (tickets.uuid NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 4. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.uuid IS NULL;
-- 5. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.uuid AS c0
FROM tickets ORDER BY tickets.uuid DESC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 6. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_truth(products.active) = ?;
-- 7. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_truth(products.active) != ?;
-- 8. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_truth(products.active) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 9. shop.products
SELECT count(*) AS count_1
FROM products
WHERE (gateway_truth(products.active) NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 10. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.active IS NOT NULL;
-- 11. shop.products
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT products.id AS c0, products.active AS c1
FROM products ORDER BY gateway_truth(products.active) ASC, products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 12. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status = ?;
-- 13. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status != ?;
-- 14. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE payments.method IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 15. sales.payments
SELECT count(*) AS count_1
FROM payments
WHERE (payments.method NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1));
-- 16. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.status IS NULL;
-- 17. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.tier IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 18. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.attributes IS NULL OR trim(CAST(products.attributes AS TEXT)) = 'null';
-- 19. shop.products
SELECT count(*) AS count_1
FROM products
WHERE NOT (products.attributes IS NULL OR trim(CAST(products.attributes AS TEXT)) = 'null');
-- 20. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.thumbnail IS NULL;
-- 21. shop.products
SELECT count(*) AS count_1
FROM products
WHERE products.thumbnail IS NOT NULL;
