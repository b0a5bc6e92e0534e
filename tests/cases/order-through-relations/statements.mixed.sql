-- First
-- 0. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 1. sales.orders
SELECT orders.id AS c0, orders.placed_at AS c1, ranks0.r1 AS s0
FROM orders LEFT OUTER JOIN unnest(%(ranks_of_0_0)s::INTEGER[], %(ranks_of_0_1)s::INTEGER[]) AS ranks0(r0, r1) ON orders.customer_id = ranks0.r0 ORDER BY ranks0.r1 DESC NULLS LAST, orders.placed_at ASC, orders.id ASC
 LIMIT %(p1)s::BIGINT;
-- 2. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.name AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 3. sales.orders
SELECT orders.id AS c0
FROM orders LEFT OUTER JOIN unnest(%(ranks_of_2_0)s::INTEGER[], %(ranks_of_2_1)s::INTEGER[]) AS ranks0(r0, r1) ON orders.customer_id = ranks0.r0 ORDER BY ranks0.r1 ASC NULLS FIRST, orders.id ASC
 LIMIT %(p3)s::BIGINT;
-- 4. sales.orders
SELECT "some".k0, "some".v, dense_rank() OVER (ORDER BY "some".v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS "some";
-- 5. crm.customers
SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN (SELECT DISTINCT anon_1.n AS n, anon_1.r0 AS r0, anon_1.r1 AS r1
FROM json_table(%s, '$[*]' COLUMNS (n FOR ORDINALITY, r0 INTEGER PATH '$[0]', r1 INTEGER PATH '$[1]')) AS anon_1) AS ranks0 ON customers.id = ranks0.r0 ORDER BY coalesce(ranks0.r1, 0) DESC, customers.name ASC, customers.id ASC
 LIMIT %s;
-- 6. sales.orders
SELECT "some".k0, "some".v, dense_rank() OVER (ORDER BY "some".v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS "some";
-- 7. crm.customers
SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN (SELECT DISTINCT anon_1.n AS n, anon_1.r0 AS r0, anon_1.r1 AS r1
FROM json_table(%s, '$[*]' COLUMNS (n FOR ORDINALITY, r0 INTEGER PATH '$[0]', r1 INTEGER PATH '$[1]')) AS anon_1) AS ranks0 ON customers.id = ranks0.r0 ORDER BY coalesce(ranks0.r1, 0) ASC, customers.id ASC
 LIMIT %s;
-- 8. sales.orders
SELECT "some".k0, "some".v, dense_rank() OVER (ORDER BY "some".v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, sum(orders.total) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS "some";
-- 9. crm.customers
SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN (SELECT DISTINCT anon_1.n AS n, anon_1.r0 AS r0, anon_1.r1 AS r1
FROM json_table(%s, '$[*]' COLUMNS (n FOR ORDINALITY, r0 INTEGER PATH '$[0]', r1 INTEGER PATH '$[1]')) AS anon_1) AS ranks0 ON customers.id = ranks0.r0 ORDER BY ranks0.r1 IS NULL, ranks0.r1 DESC, customers.id ASC
 LIMIT %s;
-- 10. sales.orders
SELECT orders.id AS c0
FROM orders ORDER BY (SELECT max(t1.unit_price) AS max_1
FROM order_items AS t1
WHERE t1.order_id = orders.id) DESC NULLS FIRST, orders.id DESC
 LIMIT %(p5)s::BIGINT;
-- 11. shop.products
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT products.id AS k0, t1.name AS v
FROM products LEFT OUTER JOIN categories AS t1 ON t1.id = products.category_id
WHERE products.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 12. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.email AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 13. sales.order_items
SELECT order_items.id AS c0
FROM order_items LEFT OUTER JOIN unnest(%(ranks_of_11_0)s::INTEGER[], %(ranks_of_11_1)s::INTEGER[]) AS ranks0(r0, r1) ON order_items.product_id = ranks0.r0 LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id LEFT OUTER JOIN unnest(%(ranks_of_12_0)s::INTEGER[], %(ranks_of_12_1)s::INTEGER[]) AS ranks1(r0, r1) ON t1.customer_id = ranks1.r0 ORDER BY ranks0.r1 ASC NULLS LAST, ranks1.r1 DESC NULLS LAST, order_items.id ASC
 LIMIT %(p4)s::BIGINT;
-- 14. crm.customers
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT %s) AS first;
-- 15. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS packed;
-- 16. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.name AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_15])) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 17. sales.orders
SELECT batch.c0, batch.c1, 1 AS tie
FROM (SELECT orders.id AS c0, orders.customer_id AS c1
FROM orders
 LIMIT %(chosen_size)s::BIGINT) AS batch;
-- 18. sales.orders
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT %(chosen_size)s::BIGINT) AS first;
-- 19. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT %s) AS packed;
-- 20. sales.orders
SELECT "some".k0, "some".v, dense_rank() OVER (ORDER BY "some".v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_19)s::INTEGER[]) GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS "some";
-- 21. crm.customers
SELECT batch.c0, 1 AS tie
FROM (SELECT customers.id AS c0
FROM customers
 LIMIT %s) AS batch;
-- 22. sales.orders
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, sum(orders.total) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT %(chosen_size)s::BIGINT) AS first;
-- 23. sales.order_items
SELECT coalesce(CAST(json_agg(packed.product_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT order_items.product_id AS product_id
FROM order_items
WHERE order_items.product_id IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS packed;
-- 24. shop.products
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT products.id AS k0, t1.name AS v
FROM products LEFT OUTER JOIN categories AS t1 ON t1.id = products.category_id
WHERE products.id IS NOT NULL AND products.id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 25. sales.order_items
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT t1.customer_id AS customer_id
FROM order_items LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id
WHERE t1.customer_id IS NOT NULL
 LIMIT %(p0)s::BIGINT) AS packed;
-- 26. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.email AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_25])) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 27. sales.order_items
SELECT batch.c0, batch.c1, batch.c2, 1 AS tie
FROM (SELECT order_items.id AS c0, order_items.product_id AS c1, t1.customer_id AS c2
FROM order_items LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id
 LIMIT %(chosen_size)s::BIGINT) AS batch;

-- Next
-- 0. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1, CASE WHEN (some.v > %s) THEN %s WHEN (some.v = %s) THEN %s ELSE %s END AS anon_2
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 1. sales.orders
SELECT orders.id AS c0
FROM orders LEFT OUTER JOIN unnest(%(ranks_of_0_0)s::INTEGER[], %(ranks_of_0_1)s::INTEGER[], %(ranks_of_0_2)s::INTEGER[]) AS ranks0(r0, r1, r2) ON orders.customer_id = ranks0.r0
WHERE ranks0.r2 < 0 OR ranks0.r1 IS NULL OR ranks0.r2 = 0 AND orders.placed_at > %(p2)s::TIMESTAMP WITHOUT TIME ZONE OR ranks0.r2 = 0 AND orders.placed_at = %(p2)s::TIMESTAMP WITHOUT TIME ZONE AND orders.id > %(p3)s::INTEGER ORDER BY ranks0.r1 DESC NULLS LAST, orders.placed_at ASC, orders.id ASC
 LIMIT %(p4)s::BIGINT;
-- 2. crm.customers
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1, CASE WHEN (first.v > %s) THEN %s WHEN (first.v = %s) THEN %s ELSE %s END AS anon_2
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL AND ranked.v <= %s ORDER BY ranked.v DESC
 LIMIT %s) AS first;
