-- 0. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s
 LIMIT %s;
-- 1. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_0)s::INTEGER[]);
-- 2. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL
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
WHERE customers.id IS NOT NULL
 LIMIT %s;
-- 6. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE coalesce(reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 7. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = %(p2)s
 LIMIT %(p1)s::INTEGER;
-- 8. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.id IN (__[POSTCOMPILE_keys_of_7]);
-- 9. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != %(p3)s
 LIMIT %(p1)s::INTEGER;
-- 10. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (__[POSTCOMPILE_keys_of_9]), false) = 0;
-- 11. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0
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
HAVING (%(p6)s AND NOT (count(*) < %(p5)s::BIGINT) OR NOT %(p6)s AND (count(*) < %(p5)s::BIGINT))
 LIMIT %(p1)s::INTEGER;
-- 15. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_14]), false) = 1);
-- 16. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (%(p8)s AND NOT (count(*) = %(p7)s::BIGINT) OR NOT %(p8)s AND (count(*) = %(p7)s::BIGINT))
 LIMIT %(p1)s::INTEGER;
-- 17. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (%s = 1 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 0 OR %s = 0 AND coalesce(customers.id IN (__[POSTCOMPILE_keys_of_16]), false) = 1);
-- 18. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (%(p10)s AND NOT (count(*) = any(%(p9)s::INTEGER[])) OR NOT %(p10)s AND (count(*) = any(%(p9)s::INTEGER[])))
 LIMIT %(p1)s::INTEGER;
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
SELECT products.id
FROM products
WHERE products.id IS NOT NULL AND (EXISTS (SELECT 1
FROM categories AS t1
WHERE t1.id = products.category_id AND (EXISTS (SELECT 1
FROM categories AS t2
WHERE t2.id = t1.parent_id AND gateway_like(t2.name, ?) = 1))))
 LIMIT ? OFFSET ?;
-- 22. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (__[POSTCOMPILE_p14])
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
WHERE customers.id IS NOT NULL AND customers.tier = %s
 LIMIT %s;
-- 25. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id = any(%(keys_of_24)s::INTEGER[]) OR orders.status = %(p16)s;
-- 26. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s
 LIMIT %s;
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
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::INTEGER;
-- 29. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = %s AND customers.id IN (__[POSTCOMPILE_keys_of_28])
 LIMIT %s;
-- 30. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND true
 LIMIT %(p1)s::INTEGER;
-- 31. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_30])
 LIMIT %s;
-- 32. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL
 LIMIT %(p1)s::INTEGER;
-- 33. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_32])
 LIMIT %s;
-- 34. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL
 LIMIT ? OFFSET ?;
-- 35. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (__[POSTCOMPILE_keys_of_34])
 LIMIT %s;
-- 36. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s;
-- 37. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = %(p2)s AND orders.customer_id = any(%(keys_of_36)s::INTEGER[])
 LIMIT %(p1)s::INTEGER;
-- 38. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT %s;
-- 39. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != %(p3)s AND orders.customer_id = any(%(keys_of_38)s::INTEGER[])
 LIMIT %(p1)s::INTEGER;
-- 40. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT %s;
-- 41. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?;
-- 42. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT %s;
-- 43. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 AND reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?;
-- 44. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s;
-- 45. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_44)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p6)s AND NOT (count(*) < %(p5)s::BIGINT) OR NOT %(p6)s AND (count(*) < %(p5)s::BIGINT))
 LIMIT %(p1)s::INTEGER;
-- 46. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s;
-- 47. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_46)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p8)s AND NOT (count(*) = %(p7)s::BIGINT) OR NOT %(p8)s AND (count(*) = %(p7)s::BIGINT))
 LIMIT %(p1)s::INTEGER;
-- 48. crm.customers
SELECT DISTINCT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND true = 1
 LIMIT %s;
-- 49. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id = any(%(keys_of_48)s::INTEGER[]) GROUP BY orders.customer_id
HAVING (%(p10)s AND NOT (count(*) = any(%(p9)s::INTEGER[])) OR NOT %(p10)s AND (count(*) = any(%(p9)s::INTEGER[])))
 LIMIT %(p1)s::INTEGER;
-- 50. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id = any(%(keys_of_21)s::INTEGER[]))) AND true
 LIMIT %(p1)s::INTEGER;
-- 51. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (__[POSTCOMPILE_p14]) AND customers.id IN (__[POSTCOMPILE_keys_of_50])
 LIMIT %s;
-- 52. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (true OR orders.status = %(p16)s)
 LIMIT %(p1)s::INTEGER;
-- 53. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = %s AND customers.id IN (__[POSTCOMPILE_keys_of_52])
 LIMIT %s;
