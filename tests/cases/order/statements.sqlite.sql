-- 0. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) ASC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) DESC NULLS FIRST, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 2. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) ASC NULLS FIRST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) ASC NULLS FIRST, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 5. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) ASC NULLS LAST, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 6. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) DESC NULLS LAST, tickets.subject ASC, tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 7. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject ASC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 8. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_moment(tickets.opened_at) DESC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 9. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 10. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 11. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 12. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY gateway_time(tickets.callback_time) DESC NULLS FIRST, gateway_moment(tickets.opened_at) DESC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 13. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject DESC, tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 14. crm.tickets
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 15. sales.payments
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT payments.id AS c0, payments.method AS c1
FROM payments ORDER BY payments.method DESC, payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 16. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.id AS c0, customers.tier AS c1
FROM customers ORDER BY customers.tier ASC, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 17. crm.customers
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.name AS c0
FROM customers ORDER BY customers.name DESC, customers.id DESC
 LIMIT ? OFFSET ?) AS packed;
-- 18. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.total AS c0
FROM orders ORDER BY orders.total DESC, orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 19. sales.payments
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT payments.reference AS c0
FROM payments ORDER BY payments.reference DESC, payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 20. shop.products
SELECT products.weight_kg AS c0
FROM products ORDER BY products.weight_kg DESC NULLS LAST, products.id ASC
 LIMIT ? OFFSET ?;
-- 21. shop.products
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT products.released AS c0
FROM products ORDER BY gateway_day(products.released) DESC, products.id ASC
 LIMIT ? OFFSET ?) AS packed;
