-- 0. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s ORDER BY customers.id
 LIMIT %s;
-- 1. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= %(p2)s::TIMESTAMP WITHOUT TIME ZONE AND orders.customer_id = any(%(keys_of_0)s::INTEGER[])
 LIMIT %(p1)s::BIGINT) AS packed;
-- 2. crm.customers
SELECT some.k0, some.v, dense_rank() OVER (ORDER BY some.v) AS anon_1
FROM (SELECT ranked.k0 AS k0, ranked.v AS v
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_1])) AS ranked
WHERE ranked.v IS NOT NULL
 LIMIT %s) AS some;
-- 3. sales.orders
SELECT grouped.k0, grouped.k1, grouped.m0, grouped.m1
FROM (SELECT ranks0.r1 AS k0, CAST(date_trunc('quarter', CAST(orders.placed_at AS TIMESTAMP)) AS DATE) AS k1, count(*) AS m0, sum(orders.total) AS m1
FROM orders LEFT OUTER JOIN unnest(%(ranks_of_2_0)s::INTEGER[], %(ranks_of_2_1)s::INTEGER[]) AS ranks0(r0, r1) ON orders.customer_id = ranks0.r0
WHERE orders.placed_at >= %(p2)s::TIMESTAMP WITHOUT TIME ZONE AND orders.customer_id = any(%(keys_of_0)s::INTEGER[]) GROUP BY ranks0.r1, CAST(date_trunc('quarter', CAST(orders.placed_at AS TIMESTAMP)) AS DATE)
HAVING sum(orders.total) >= %(p3)s) AS grouped ORDER BY grouped.m1 DESC NULLS LAST, grouped.k0 ASC NULLS LAST, grouped.k1 ASC
 LIMIT %(p4)s::BIGINT;
-- 4. crm.customers
SELECT customers.name AS c0, customers.id AS c1
FROM customers ORDER BY customers.id ASC
 LIMIT %s;
-- 5. sales.orders
SELECT placed.j0, placed.k0, placed.m0
FROM (SELECT grouped.j0 AS j0, grouped.k0 AS k0, grouped.m0 AS m0, row_number() OVER (PARTITION BY grouped.j0 ORDER BY grouped.k0 ASC) AS gateway_place
FROM (SELECT orders.customer_id AS j0, CAST(orders.status AS TEXT) COLLATE "C" AS k0, count(*) AS m0
FROM orders
WHERE orders.customer_id = any(%(keys)s::INTEGER[]) GROUP BY orders.customer_id, CAST(orders.status AS TEXT) COLLATE "C") AS grouped) AS placed
WHERE placed.gateway_place <= %(p7)s::BIGINT ORDER BY placed.gateway_place
 LIMIT %(p8)s::BIGINT;
-- 6. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked INNER JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, CONVERT(min(CAST(CONVERT(known.v USING utf8mb4) AS BINARY)) USING utf8mb4) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v ORDER BY ranked.k0
 LIMIT %s;
-- 7. shop.reviews
WITH ranks_of_6 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.m0
FROM (SELECT ranks0.r1 AS k0, count(*) AS m0
FROM reviews LEFT OUTER JOIN ranks_of_6 AS ranks0 ON reviews.customer_id = ranks0.r0 GROUP BY ranks0.r1) AS grouped ORDER BY grouped.m0 DESC, grouped.k0 ASC NULLS LAST
 LIMIT ? OFFSET ?;
-- 8. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= %(p2)s::TIMESTAMP WITHOUT TIME ZONE
 LIMIT %(p1)s::BIGINT) AS packed;
-- 9. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND customers.id IN (__[POSTCOMPILE_keys_of_8])
 LIMIT %s) AS packed;
-- 10. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.placed_at >= %(p2)s::TIMESTAMP WITHOUT TIME ZONE
 LIMIT %(p1)s::BIGINT) AS packed;
-- 11. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND customers.id IN (__[POSTCOMPILE_keys_of_10])
 LIMIT %s) AS packed;
-- 12. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 13. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked INNER JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, CONVERT(min(CAST(CONVERT(known.v USING utf8mb4) AS BINARY)) USING utf8mb4) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v
WHERE %s IS NULL OR ranked.k0 > %s ORDER BY ranked.k0
 LIMIT %s;
-- 14. sales.orders
SELECT grouped.k0, grouped.k1, grouped.m0, grouped.m1
FROM (SELECT ranks0.r1 AS k0, CAST(date_trunc('quarter', CAST(orders.placed_at AS TIMESTAMP)) AS DATE) AS k1, count(*) AS m0, sum(orders.total) AS m1
FROM orders LEFT OUTER JOIN unnest(%(ranks_of_2_0)s::INTEGER[], %(ranks_of_2_1)s::INTEGER[]) AS ranks0(r0, r1) ON orders.customer_id = ranks0.r0
WHERE orders.placed_at >= %(p2)s::TIMESTAMP WITHOUT TIME ZONE AND orders.customer_id = any(%(keys_of_0)s::INTEGER[]) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL) GROUP BY ranks0.r1, CAST(date_trunc('quarter', CAST(orders.placed_at AS TIMESTAMP)) AS DATE)) AS grouped
 LIMIT %(p8)s::BIGINT;
-- 15. crm.customers
SELECT ranked.k0, placed.shown, placed.place
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS ranked INNER JOIN (SELECT equal.v AS v, equal.shown AS shown, row_number() OVER (ORDER BY equal.v) AS place
FROM (SELECT known.v AS v, CONVERT(min(CAST(CONVERT(known.v USING utf8mb4) AS BINARY)) USING utf8mb4) AS shown
FROM (SELECT customers.id AS k0, customers.country AS v
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IS NOT NULL) AS known GROUP BY known.v) AS equal) AS placed ON ranked.v = placed.v
WHERE %s IS NULL OR ranked.k0 > %s ORDER BY ranked.k0
 LIMIT %s;
-- 16. shop.reviews
WITH ranks_of_6 AS MATERIALIZED
(SELECT CAST(json_extract(anon_1.value, '$[0]') AS INTEGER) AS r0, CAST(json_extract(anon_1.value, '$[1]') AS INTEGER) AS r1
FROM json_each(?) AS anon_1 GROUP BY CAST(json_extract(anon_1.value, '$[0]') AS INTEGER), CAST(json_extract(anon_1.value, '$[1]') AS INTEGER))
 SELECT grouped.k0, grouped.m0
FROM (SELECT ranks0.r1 AS k0, count(*) AS m0
FROM reviews LEFT OUTER JOIN ranks_of_6 AS ranks0 ON reviews.customer_id = ranks0.r0
WHERE (? IS NULL OR reviews.customer_id > ?) AND (? IS NULL OR reviews.customer_id <= ?) OR reviews.customer_id IS NULL AND ? IS NULL GROUP BY ranks0.r1) AS grouped
 LIMIT ? OFFSET ?;
