-- 0. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time ASC, tickets.id ASC
 LIMIT %s;
-- 1. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NOT NULL, tickets.callback_time DESC, tickets.id DESC
 LIMIT %s;
-- 2. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NOT NULL, tickets.callback_time ASC, tickets.id ASC
 LIMIT %s;
-- 3. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time DESC, tickets.id ASC
 LIMIT %s;
-- 4. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NOT NULL, tickets.callback_time ASC, tickets.id DESC
 LIMIT %s;
-- 5. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time ASC, tickets.id DESC
 LIMIT %s;
-- 6. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NULL, tickets.callback_time DESC, tickets.subject ASC, tickets.id DESC
 LIMIT %s;
-- 7. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject ASC, tickets.id ASC
 LIMIT %s;
-- 8. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.opened_at DESC, tickets.id ASC
 LIMIT %s;
-- 9. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT %s;
-- 10. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT %s;
-- 11. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT %s;
-- 12. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time IS NOT NULL, tickets.callback_time DESC, tickets.opened_at DESC, tickets.id ASC
 LIMIT %s;
-- 13. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject DESC, tickets.id ASC
 LIMIT %s;
-- 14. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id DESC
 LIMIT %s;
-- 15. sales.payments
SELECT payments.id AS c0, payments.method AS c1
FROM payments ORDER BY CAST(payments.method AS TEXT) COLLATE "C" DESC, payments.id ASC
 LIMIT %(p4)s::BIGINT;
-- 16. crm.customers
SELECT customers.id AS c0, customers.tier AS c1
FROM customers ORDER BY CONVERT(customers.tier USING utf8mb4) COLLATE utf8mb4_bin ASC, customers.id ASC
 LIMIT %s;
-- 17. crm.customers
SELECT customers.name AS c0
FROM customers ORDER BY customers.name DESC, customers.id DESC
 LIMIT %s;
-- 18. sales.orders
SELECT CAST(orders.total AS TEXT) AS c0
FROM orders ORDER BY orders.total DESC, orders.id ASC
 LIMIT %(p4)s::BIGINT;
-- 19. sales.payments
SELECT payments.reference AS c0
FROM payments ORDER BY payments.reference DESC, payments.id ASC
 LIMIT %(p4)s::BIGINT;
-- 20. shop.products
SELECT products.weight_kg AS c0
FROM products ORDER BY products.weight_kg DESC NULLS LAST, products.id ASC
 LIMIT ? OFFSET ?;
-- 21. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.released AS c0
FROM products ORDER BY gateway_day(products.released) DESC, products.id ASC
 LIMIT ? OFFSET ?) AS packed;
