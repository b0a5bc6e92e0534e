-- 0. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country = %s;
-- 1. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country = %s;
-- 2. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country != %s;
-- 3. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country IN (__[POSTCOMPILE_p2]);
-- 4. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (customers.country NOT IN (__[POSTCOMPILE_p3]));
-- 5. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.name > %s;
-- 6. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country >= %s;
-- 7. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.name < %s;
-- 8. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country <= %s;
-- 9. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.name IS NULL;
-- 10. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.name IS NOT NULL;
-- 11. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 12. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(gateway_lower(products.title), gateway_lower(?)) = 1;
-- 13. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 14. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 15. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(gateway_lower(products.title), gateway_lower(?)) = 1;
-- 16. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 17. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(gateway_lower(products.title), gateway_lower(?)) = 1;
-- 18. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 19. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(gateway_lower(products.title), gateway_lower(?)) = 1;
-- 20. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.subject LIKE %s = 1;
-- 21. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.subject LIKE %s = 1;
-- 22. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.email LIKE %s = 1;
-- 23. shop.products
SELECT count(*) AS count_1
FROM products
WHERE gateway_like(products.title, ?) = 1;
-- 24. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.subject LIKE %s = 1;
-- 25. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE REPLACE(LOWER(/*!80000 REPLACE(REPLACE( */ CONVERT(tickets.subject USING utf8mb4) /*!80000 , 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ') COLLATE utf8mb4_0900_as_cs *//*M!101001 COLLATE utf8mb4_uca1400_as_ci */), 'ς', 'σ') COLLATE utf8mb4_bin LIKE REPLACE(LOWER(/*!80000 REPLACE(REPLACE( */ CONVERT(%s USING utf8mb4) /*!80000 , 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ') COLLATE utf8mb4_0900_as_cs *//*M!101001 COLLATE utf8mb4_uca1400_as_ci */), 'ς', 'σ') COLLATE utf8mb4_bin = 1;
-- 26. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.subject LIKE %s = 1;
-- 27. crm.tickets
SELECT count(*) AS count_1
FROM tickets
WHERE tickets.subject LIKE %s = 1;
-- 28. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.title AS c0
FROM products
WHERE gateway_like(products.title, ?) = 1 ORDER BY products.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 29. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.country != %s AND customers.country >= %s AND customers.country < %s;
