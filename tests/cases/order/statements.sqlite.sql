-- 0. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time ASC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 1. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time DESC NULLS FIRST, tickets.id DESC
 LIMIT ? OFFSET ?;
-- 2. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time ASC NULLS FIRST, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 3. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time DESC NULLS LAST, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 4. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time ASC NULLS FIRST, tickets.id DESC
 LIMIT ? OFFSET ?;
-- 5. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time ASC NULLS LAST, tickets.id DESC
 LIMIT ? OFFSET ?;
-- 6. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time DESC NULLS LAST, tickets.subject ASC, tickets.id DESC
 LIMIT ? OFFSET ?;
-- 7. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject ASC, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 8. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.opened_at DESC, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 9. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?;
-- 10. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?;
-- 11. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?;
-- 12. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.callback_time DESC NULLS FIRST, tickets.opened_at DESC, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 13. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.subject DESC, tickets.id ASC
 LIMIT ? OFFSET ?;
-- 14. crm.tickets
SELECT tickets.id AS c0
FROM tickets ORDER BY tickets.id DESC
 LIMIT ? OFFSET ?;
-- 15. sales.payments
SELECT payments.id AS c0, payments.method AS c1
FROM payments ORDER BY payments.method DESC, payments.id ASC
 LIMIT ? OFFSET ?;
-- 16. crm.customers
SELECT customers.id AS c0, customers.tier AS c1
FROM customers ORDER BY customers.tier ASC, customers.id ASC
 LIMIT ? OFFSET ?;
-- 17. crm.customers
SELECT customers.name AS c0
FROM customers ORDER BY customers.name DESC, customers.id DESC
 LIMIT ? OFFSET ?;
-- 18. sales.orders
SELECT orders.total AS c0
FROM orders ORDER BY orders.total DESC, orders.id ASC
 LIMIT ? OFFSET ?;
-- 19. sales.payments
SELECT payments.reference AS c0
FROM payments ORDER BY payments.reference DESC, payments.id ASC
 LIMIT ? OFFSET ?;
-- 20. shop.products
SELECT products.weight_kg AS c0
FROM products ORDER BY products.weight_kg DESC NULLS LAST, products.id ASC
 LIMIT ? OFFSET ?;
-- 21. shop.products
SELECT products.released AS c0
FROM products ORDER BY products.released DESC, products.id ASC
 LIMIT ? OFFSET ?;
