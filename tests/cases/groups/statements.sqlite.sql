-- 0. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 1. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ? AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 2. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT ? OFFSET ?) AS some;
-- 3. sales.orders
WITH ranks_of_2 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.k1, grouped.m0, grouped.m1
FROM (SELECT ranks0.r1 AS k0, (substr(gateway_moment(orders.placed_at), 1, 4) || CASE WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '04' THEN '-01-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '07' THEN '-04-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '10' THEN '-07-01' ELSE '-10-01' END) AS k1, count(*) AS m0, sum(CAST(round(orders.total * 100) AS BIGINT)) AS m1
FROM orders LEFT OUTER JOIN ranks_of_2 AS ranks0 ON orders.customer_id = ranks0.r0
WHERE orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ? AND orders.customer_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2) GROUP BY ranks0.r1, (substr(gateway_moment(orders.placed_at), 1, 4) || CASE WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '04' THEN '-01-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '07' THEN '-04-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '10' THEN '-07-01' ELSE '-10-01' END)
HAVING sum(CAST(round(orders.total * 100) AS BIGINT)) >= ?) AS grouped ORDER BY grouped.m1 DESC NULLS LAST, grouped.k0 ASC NULLS LAST, grouped.k1 ASC
 LIMIT ? OFFSET ?;
-- 4. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.name AS c0, customers.id AS c1
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 5. sales.orders
SELECT placed.j0, placed.k0, placed.m0
FROM (SELECT grouped.j0 AS j0, grouped.k0 AS k0, grouped.m0 AS m0, row_number() OVER (PARTITION BY grouped.j0 ORDER BY grouped.k0 ASC) AS gateway_place
FROM (SELECT orders.customer_id AS j0, orders.status AS k0, count(*) AS m0
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id, orders.status) AS grouped) AS placed
WHERE placed.gateway_place <= ? ORDER BY placed.gateway_place
 LIMIT ? OFFSET ?;
-- 6. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, min(known.v COLLATE BINARY) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v ORDER BY ranked.k0
 LIMIT ? OFFSET ?;
-- 7. shop.reviews
WITH ranks_of_6 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.m0
FROM (SELECT ranks0.r1 AS k0, count(*) AS m0
FROM reviews LEFT OUTER JOIN ranks_of_6 AS ranks0 ON reviews.customer_id = ranks0.r0 GROUP BY ranks0.r1) AS grouped ORDER BY grouped.m0 DESC, grouped.k0 ASC NULLS LAST
 LIMIT ? OFFSET ?;
-- 8. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ?
 LIMIT ? OFFSET ?) AS packed;
-- 9. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 10. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ?
 LIMIT ? OFFSET ?) AS packed;
-- 11. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 12. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 13. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, min(known.v COLLATE BINARY) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v
WHERE ? IS NULL OR ranked.k0 > ? ORDER BY ranked.k0
 LIMIT ? OFFSET ?;
-- 14. sales.orders
WITH ranks_of_2 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.k1, grouped.m0, grouped.m1
FROM (SELECT ranks0.r1 AS k0, (substr(gateway_moment(orders.placed_at), 1, 4) || CASE WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '04' THEN '-01-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '07' THEN '-04-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '10' THEN '-07-01' ELSE '-10-01' END) AS k1, count(*) AS m0, sum(CAST(round(orders.total * 100) AS BIGINT)) AS m1
FROM orders LEFT OUTER JOIN ranks_of_2 AS ranks0 ON orders.customer_id = ranks0.r0
WHERE orders.placed_at >= ? AND gateway_moment(orders.placed_at) >= ? AND orders.customer_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2) AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL) GROUP BY ranks0.r1, (substr(gateway_moment(orders.placed_at), 1, 4) || CASE WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '04' THEN '-01-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '07' THEN '-04-01' WHEN substr(gateway_moment(orders.placed_at), 6, 2) < '10' THEN '-07-01' ELSE '-10-01' END)) AS grouped
 LIMIT ? OFFSET ?;
-- 15. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, min(known.v COLLATE BINARY) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v
WHERE ? IS NULL OR ranked.k0 > ? ORDER BY ranked.k0
 LIMIT ? OFFSET ?;
-- 16. shop.reviews
WITH ranks_of_6 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.m0
FROM (SELECT ranks0.r1 AS k0, count(*) AS m0
FROM reviews LEFT OUTER JOIN ranks_of_6 AS ranks0 ON reviews.customer_id = ranks0.r0
WHERE (? IS NULL OR reviews.customer_id > ?) AND (? IS NULL OR reviews.customer_id <= ?) OR reviews.customer_id IS NULL AND ? IS NULL GROUP BY ranks0.r1) AS grouped
 LIMIT ? OFFSET ?;
