-- 0. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s ORDER BY customers.id
 LIMIT %s;
-- 1. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_0)s::INTEGER[]);
-- 2. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL ORDER BY customers.id
 LIMIT %s;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_2)s::INTEGER[]);
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT coalesce(orders.customer_id = any(%(keys_of_2)s::INTEGER[]), false);
-- 5. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL ORDER BY customers.id
 LIMIT %s;
-- 6. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE coalesce(reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 7. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = %(p2)s ORDER BY orders.customer_id
 LIMIT %(p1)s::BIGINT;
-- 8. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys_of_7]);
-- 9. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != %(p3)s ORDER BY orders.customer_id
 LIMIT %(p1)s::BIGINT;
-- 10. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_9]), false) = 0;
-- 11. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 ORDER BY reviews.customer_id
 LIMIT ? OFFSET ?;
-- 12. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_11]), false) = 0;
-- 13. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_11]), false) = 1;
-- 14. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (%(p6)s AND NOT (count(*) < %(p5)s::BIGINT) OR NOT %(p6)s AND (count(*) < %(p5)s::BIGINT)) ORDER BY orders.customer_id
 LIMIT %(p1)s::BIGINT;
-- 15. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 1);
-- 16. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (%(p8)s AND NOT (count(*) = %(p7)s::BIGINT) OR NOT %(p8)s AND (count(*) = %(p7)s::BIGINT)) ORDER BY orders.customer_id
 LIMIT %(p1)s::BIGINT;
-- 17. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 1);
-- 18. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (%(p10)s AND NOT (count(*) = any(%(p9)s::INTEGER[])) OR NOT %(p10)s AND (count(*) = any(%(p9)s::INTEGER[]))) ORDER BY orders.customer_id
 LIMIT %(p1)s::BIGINT;
-- 19. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_18]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_18]), false) = 1);
-- 20. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.quantity > %(p11)s::INTEGER)) AND (SELECT count(*) AS count_2
FROM order_items AS t2
WHERE t2.order_id = orders.id) >= %(p12)s::BIGINT;
-- 21. shop.products
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT products.id AS id
FROM products
WHERE products.id IS NOT NULL AND (EXISTS (SELECT 1
FROM categories AS t1
WHERE t1.id = products.category_id AND (EXISTS (SELECT 1
FROM categories AS t2
WHERE t2.id = t1.parent_id AND gateway_like(t2.name, ?) = 1))))
 LIMIT ? OFFSET ?) AS packed;
-- 22. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (__[POSTCOMPILE_p14]) ORDER BY customers.id
 LIMIT %s;
-- 23. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id = any(%(keys_of_21)s::INTEGER[]))) AND orders.customer_id = any(%(keys_of_22)s::INTEGER[]);
-- 24. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s ORDER BY customers.id
 LIMIT %s;
-- 25. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_24)s::INTEGER[]) OR orders.status = %(p16)s;
-- 26. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s
 LIMIT %s) AS packed;
-- 27. shop.products
SELECT count(*) AS count_1
FROM products
WHERE (SELECT count(*) AS count_2
FROM product_tags AS t2 JOIN tags AS t1 ON t2.tag_id = t1.id
WHERE t2.product_id = products.id) >= ? AND (EXISTS (SELECT 1
FROM reviews AS t3
WHERE t3.product_id = products.id AND t3.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)));
-- 28. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (SELECT count(*) AS count_2
FROM payments AS t1
WHERE t1.order_id = orders.id) = %(p18)s::BIGINT;
-- 29. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::BIGINT) AS packed;
-- 30. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s AND customers.id IN (__[POSTCOMPILE_keys_of_29])
 LIMIT %s) AS packed;
-- 31. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 32. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_0)s::INTEGER[]) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL);
-- 33. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::BIGINT) AS packed;
-- 34. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_33])
 LIMIT %s) AS packed;
-- 35. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 36. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_2)s::INTEGER[]) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL);
-- 37. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::BIGINT) AS packed;
-- 38. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_37])
 LIMIT %s) AS packed;
-- 39. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 40. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE NOT coalesce(orders.customer_id = any(%(keys_of_2)s::INTEGER[]), false) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL);
-- 41. shop.reviews
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT reviews.customer_id AS customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 42. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_41])
 LIMIT %s) AS packed;
-- 43. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 44. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE coalesce(reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 AND ((? IS NULL OR reviews.customer_id > ?) AND (? IS NULL OR reviews.customer_id <= ?) OR reviews.customer_id IS NULL AND ? IS NULL);
-- 45. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 46. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = %(p2)s AND orders.customer_id = any(%(keys_of_45)s::INTEGER[])
 LIMIT %(p1)s::BIGINT) AS packed;
-- 47. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = %(p2)s AND (%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) ORDER BY orders.customer_id
 LIMIT %(chosen_size)s::BIGINT;
-- 48. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys_of_7]) AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 49. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 50. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != %(p3)s AND orders.customer_id = any(%(keys_of_49)s::INTEGER[])
 LIMIT %(p1)s::BIGINT) AS packed;
-- 51. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != %(p3)s AND (%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) ORDER BY orders.customer_id
 LIMIT %(chosen_size)s::BIGINT;
-- 52. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_9]), false) = 0 AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 53. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 54. shop.reviews
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT reviews.customer_id AS customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 55. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND (? IS NULL OR reviews.customer_id > ?) ORDER BY reviews.customer_id
 LIMIT ? OFFSET ?;
-- 56. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_11]), false) = 0 AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 57. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT %s) AS packed;
-- 58. shop.reviews
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT reviews.customer_id AS customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 59. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND (? IS NULL OR reviews.customer_id > ?) ORDER BY reviews.customer_id
 LIMIT ? OFFSET ?;
-- 60. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_11]), false) = 1 AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 61. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 62. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_61)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p6)s AND NOT (count(*) < %(p5)s::BIGINT) OR NOT %(p6)s AND (count(*) < %(p5)s::BIGINT))
 LIMIT %(p1)s::BIGINT) AS packed;
-- 63. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) GROUP BY orders.customer_id
HAVING (%(p6)s AND NOT (count(*) < %(p5)s::BIGINT) OR NOT %(p6)s AND (count(*) < %(p5)s::BIGINT)) ORDER BY orders.customer_id
 LIMIT %(chosen_size)s::BIGINT;
-- 64. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 1) AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 65. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 66. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_65)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p8)s AND NOT (count(*) = %(p7)s::BIGINT) OR NOT %(p8)s AND (count(*) = %(p7)s::BIGINT))
 LIMIT %(p1)s::BIGINT) AS packed;
-- 67. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) GROUP BY orders.customer_id
HAVING (%(p8)s AND NOT (count(*) = %(p7)s::BIGINT) OR NOT %(p8)s AND (count(*) = %(p7)s::BIGINT)) ORDER BY orders.customer_id
 LIMIT %(chosen_size)s::BIGINT;
-- 68. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 1) AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 69. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s) AS packed;
-- 70. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_69)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p10)s AND NOT (count(*) = any(%(p9)s::INTEGER[])) OR NOT %(p10)s AND (count(*) = any(%(p9)s::INTEGER[])))
 LIMIT %(p1)s::BIGINT) AS packed;
-- 71. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) GROUP BY orders.customer_id
HAVING (%(p10)s AND NOT (count(*) = any(%(p9)s::INTEGER[])) OR NOT %(p10)s AND (count(*) = any(%(p9)s::INTEGER[]))) ORDER BY orders.customer_id
 LIMIT %(chosen_size)s::BIGINT;
-- 72. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_18]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_18]), false) = 1) AND ((%s IS NULL OR customers.id > %s) AND (%s IS NULL OR customers.id <= %s) OR customers.id IS NULL AND %s IS NULL);
-- 73. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id = any(%(keys_of_21)s::INTEGER[])))
 LIMIT %(p1)s::BIGINT) AS packed;
-- 74. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (__[POSTCOMPILE_p14]) AND customers.id IN (__[POSTCOMPILE_keys_of_73])
 LIMIT %s) AS packed;
-- 75. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (__[POSTCOMPILE_p14]) AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 76. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id = any(%(keys_of_21)s::INTEGER[]))) AND orders.customer_id = any(%(keys_of_22)s::INTEGER[]) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL);
-- 77. sales.orders
SELECT coalesce(CAST(json_agg(packed.customer_id) AS TEXT), '[]') AS coalesce_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::BIGINT) AS packed;
-- 78. crm.customers
SELECT concat('[', coalesce(group_concat(packed.id, ',' SEPARATOR ''), ''), count(*), ']') AS concat_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND customers.id IN (__[POSTCOMPILE_keys_of_77])
 LIMIT %s) AS packed;
-- 79. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND (%s IS NULL OR customers.id > %s) ORDER BY customers.id
 LIMIT %s;
-- 80. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id = any(%(keys_of_24)s::INTEGER[]) OR orders.status = %(p16)s) AND ((%(chosen_after)s::BIGINT IS NULL OR orders.customer_id > %(chosen_after)s::BIGINT) AND (%(chosen_until)s::BIGINT IS NULL OR orders.customer_id <= %(chosen_until)s::BIGINT) OR orders.customer_id IS NULL AND %(chosen_until)s::BIGINT IS NULL);
