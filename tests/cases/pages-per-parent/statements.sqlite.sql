-- 0. crm.customers
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT customers.id AS c0, (SELECT count(*) AS count_1
FROM addresses AS t1
WHERE t1.customer_id = customers.id) AS c1
FROM customers ORDER BY customers.id ASC
 LIMIT ? OFFSET ?) AS packed;
-- 1. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 2. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.placed_at AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY gateway_moment(orders.placed_at) DESC, orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 3. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.total AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.total DESC, orders.id DESC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 4. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.id AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 5. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id;
-- 6. sales.orders
SELECT json_group_array(json_array(packed.c0, packed.c1)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1
FROM (SELECT orders.total AS c0, orders.customer_id AS c1, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.id ASC) AS gateway_place
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) > ?) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
-- 7. sales.orders
SELECT orders.customer_id, count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND orders.total >= ? - 1e-2 AND gateway_decimal(orders.total, 2) > ? GROUP BY orders.customer_id;
-- 8. crm.addresses
SELECT json_group_array(json_array(packed.c0, packed.c1, packed.c2)) AS json_group_array_1
FROM (SELECT page.c0 AS c0, page.c1 AS c1, page.c2 AS c2
FROM (SELECT addresses.id AS c0, addresses.city AS c1, addresses.customer_id AS c2, row_number() OVER (PARTITION BY addresses.customer_id ORDER BY addresses.id ASC) AS gateway_place
FROM addresses
WHERE addresses.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) AS page
WHERE page.gateway_place <= ? ORDER BY page.gateway_place) AS packed;
