-- 0. shop.products
SELECT products.id AS c0, products.sku AS c1, products.title AS c2, products.price AS c3, products.active AS c4, products.weight_kg AS c5, products.attributes AS c6, products.category_id AS c7, products.released AS c8, products.thumbnail AS c9
FROM products
WHERE products.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY products.id ASC
 LIMIT ? OFFSET ?;
-- 1. crm.tickets
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4, packed.c5)) AS json_group_array_1
FROM (SELECT tickets.id AS c0, tickets.subject AS c1, tickets.opened_at AS c2, tickets.closed_at AS c3, tickets.callback_time AS c4, tickets.uuid AS c5
FROM tickets
WHERE tickets.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY tickets.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. sales.payments
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4)) AS json_group_array_1
FROM (SELECT payments.id AS c0, payments.method AS c1, payments.amount AS c2, payments.paid_at AS c3, payments.reference AS c4
FROM payments ORDER BY payments.reference DESC, payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 3. sales.payments
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2, packed.c3, packed.c4, packed.c5)) AS json_group_array_1
FROM (SELECT payments.amount AS c0, payments.order_id AS c1, t1.status AS c2, t1.total AS c3, t1.placed_at AS c4, t1.id AS c5
FROM payments LEFT OUTER JOIN orders AS t1 ON t1.id = payments.order_id
WHERE payments.amount <= ? + 1e-2 AND gateway_decimal(payments.amount, 2) < ? ORDER BY payments.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.tier AS c1
FROM customers ORDER BY customers.name DESC, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 5. shop.reviews
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT reviews.body AS c0
FROM reviews
WHERE reviews.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY reviews.id ASC
 LIMIT ? OFFSET ?) AS packed;
