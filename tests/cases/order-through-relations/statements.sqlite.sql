-- First
-- 0. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 1. sales.orders
WITH ranks_of_0 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0, packed.c1, packed.s0)) AS json_group_array_1
FROM (SELECT orders.id AS c0, orders.placed_at AS c1, ranks0.r1 AS s0
FROM orders LEFT OUTER JOIN ranks_of_0 AS ranks0 ON orders.customer_id = ranks0.r0 ORDER BY ranks0.r1 DESC NULLS LAST, gateway_moment(orders.placed_at) ASC, orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.name AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 3. sales.orders
WITH ranks_of_2 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.id AS c0
FROM orders LEFT OUTER JOIN ranks_of_2 AS ranks0 ON orders.customer_id = ranks0.r0 ORDER BY ranks0.r1 ASC NULLS FIRST, orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 4. sales.orders
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 5. crm.customers
WITH ranks_of_4 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN ranks_of_4 AS ranks0 ON customers.id = ranks0.r0 ORDER BY coalesce(ranks0.r1, 0) DESC, customers.name ASC, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 6. sales.orders
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 7. crm.customers
WITH ranks_of_6 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN ranks_of_6 AS ranks0 ON customers.id = ranks0.r0 ORDER BY coalesce(ranks0.r1, 0) ASC, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 8. sales.orders
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, sum(CAST(round(orders.total * 100) AS BIGINT)) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 9. crm.customers
WITH ranks_of_8 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT customers.id AS c0
FROM customers LEFT OUTER JOIN ranks_of_8 AS ranks0 ON customers.id = ranks0.r0 ORDER BY ranks0.r1 DESC NULLS LAST, customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 10. sales.orders
SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.id AS c0
FROM orders ORDER BY (SELECT max(t1.unit_price) AS max_1
FROM order_items AS t1
WHERE t1.order_id = orders.id) DESC NULLS FIRST, orders.id DESC
 LIMIT ? OFFSET ?) AS packed;
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
 LIMIT ? OFFSET ?) AS some;
-- 13. sales.order_items
WITH ranks_of_11 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER)),
ranks_of_12 AS MATERIALIZED
(SELECT CAST(json_extract(anon_2.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_2.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_2 GROUP BY CAST(json_extract(anon_2.value, '$[0]') AS INTEGER), CAST(json_extract(anon_2.value, '$[1]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT order_items.id AS c0
FROM order_items LEFT OUTER JOIN ranks_of_11 AS ranks0 ON order_items.product_id = ranks0.r0 LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id LEFT OUTER JOIN ranks_of_12 AS ranks1 ON t1.customer_id = ranks1.r0 ORDER BY ranks0.r1 ASC NULLS LAST, ranks1.r1 DESC NULLS LAST, order_items.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 14. crm.customers
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT ? OFFSET ?) AS first;
-- 15. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL
 LIMIT ? OFFSET ?) AS packed;
-- 16. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.name AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 17. sales.orders
SELECT batch.c0, batch.c1, 1 AS tie
FROM (SELECT orders.id AS c0, orders.customer_id AS c1
FROM orders
 LIMIT ? OFFSET ?) AS batch;
-- 18. sales.orders
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT ? OFFSET ?) AS first;
-- 19. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT ? OFFSET ?) AS packed;
-- 20. sales.orders
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, count(*) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2) GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 21. crm.customers
SELECT batch.c0, 1 AS tie
FROM (SELECT customers.id AS c0
FROM customers
 LIMIT ? OFFSET ?) AS batch;
-- 22. sales.orders
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT orders.customer_id AS k0, sum(CAST(round(orders.total * 100) AS BIGINT)) AS v
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id) AS ranked
WHERE ranked.v IS NOT NULL ORDER BY ranked.v DESC
 LIMIT ? OFFSET ?) AS first;
-- 23. sales.order_items
SELECT json_group_array(packed.product_id) AS json_group_array_1
FROM (SELECT DISTINCT order_items.product_id AS product_id
FROM order_items
WHERE order_items.product_id IS NOT NULL
 LIMIT ? OFFSET ?) AS packed;
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
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT t1.customer_id AS customer_id
FROM order_items LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id
WHERE t1.customer_id IS NOT NULL
 LIMIT ? OFFSET ?) AS packed;
-- 26. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.email AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 27. sales.order_items
SELECT batch.c0, batch.c1, batch.c2, 1 AS tie
FROM (SELECT order_items.id AS c0, order_items.product_id AS c1, t1.customer_id AS c2
FROM order_items LEFT OUTER JOIN orders AS t1 ON t1.id = order_items.order_id
 LIMIT ? OFFSET ?) AS batch;

-- Next
-- 0. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1, CASE WHEN (some.v > ?) THEN ? WHEN (some.v = ?) THEN ? ELSE ? END AS anon_2
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 1. sales.orders
WITH ranks_of_0 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1, CAST(json_extract(anon_1.value, '$[2]') AS INTEGER) AS r2
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER), CAST(json_extract(anon_1.value, '$[2]') AS INTEGER))
 SELECT json_group_array(json_array(packed.c0)) AS json_group_array_1
FROM (SELECT orders.id AS c0
FROM orders LEFT OUTER JOIN ranks_of_0 AS ranks0 ON orders.customer_id = ranks0.r0
WHERE ranks0.r2 < 0 OR ranks0.r1 IS NULL OR ranks0.r2 = 0 AND gateway_moment(orders.placed_at) > ? OR ranks0.r2 = 0 AND gateway_moment(orders.placed_at) = ? AND orders.id > ? ORDER BY ranks0.r1 DESC NULLS LAST, gateway_moment(orders.placed_at) ASC, orders.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 2. crm.customers
SELECT first.k0, first.v, dense_rank() OVER (ORDER BY first.v) AS anon_1, CASE WHEN (first.v > ?) THEN ? WHEN (first.v = ?) THEN ? ELSE ? END AS anon_2
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL) AS ranked
WHERE ranked.v IS NOT NULL AND ranked.v <= ? ORDER BY ranked.v DESC
 LIMIT ? OFFSET ?) AS first;
