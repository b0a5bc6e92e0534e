-- 0. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = ? ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 1. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 2. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 3. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 4. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE coalesce(orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 5. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 6. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE coalesce(reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 7. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = ? ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 8. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1);
-- 9. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != ? ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 10. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 11. shop.reviews
SELECT DISTINCT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND coalesce(reviews.rating >= ?, 0) = 0 ORDER BY reviews.customer_id
 LIMIT ? OFFSET ?;
-- 12. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0;
-- 13. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1;
-- 14. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) < ?) OR ? = 0 AND (count(*) < ?)) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 15. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1);
-- 16. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) = ?) OR ? = 0 AND (count(*) = ?)) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 17. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1);
-- 18. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) OR ? = 0 AND (count(*) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1))) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 19. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1);
-- 20. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.quantity > ?)) AND (SELECT count(*) AS count_2
FROM order_items AS t2
WHERE t2.order_id = orders.id) >= ?;
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
WHERE customers.id IS NOT NULL AND customers.country IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 23. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1))) AND orders.customer_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2);
-- 24. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 25. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) OR orders.status = ?;
-- 26. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = ?
 LIMIT ? OFFSET ?) AS packed;
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
WHERE t1.order_id = orders.id) = ?;
-- 29. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 30. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = ? AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 31. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country = ? AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 32. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL);
-- 33. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 34. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 35. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 36. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL);
-- 37. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 38. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 39. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 40. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE coalesce(orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL);
-- 41. shop.reviews
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT reviews.customer_id AS customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 42. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 43. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 44. shop.reviews
SELECT count(*) AS count_1
FROM reviews
WHERE coalesce(reviews.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 AND ((? IS NULL OR reviews.customer_id > ?) AND (? IS NULL OR reviews.customer_id <= ?) OR reviews.customer_id IS NULL AND ? IS NULL);
-- 45. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 46. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = ? AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 47. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status = ? AND (? IS NULL OR orders.customer_id > ?) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 48. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 49. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 50. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != ? AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 51. sales.orders
SELECT DISTINCT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.status != ? AND (? IS NULL OR orders.customer_id > ?) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 52. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 53. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
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
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 57. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL
 LIMIT ? OFFSET ?) AS packed;
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
WHERE coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1 AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 61. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 62. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) < ?) OR ? = 0 AND (count(*) < ?))
 LIMIT ? OFFSET ?) AS packed;
-- 63. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (? IS NULL OR orders.customer_id > ?) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) < ?) OR ? = 0 AND (count(*) < ?)) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 64. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1) AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 65. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 66. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) = ?) OR ? = 0 AND (count(*) = ?))
 LIMIT ? OFFSET ?) AS packed;
-- 67. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (? IS NULL OR orders.customer_id > ?) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) = ?) OR ? = 0 AND (count(*) = ?)) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 68. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1) AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 69. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT DISTINCT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 70. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)) OR ? = 0 AND (count(*) IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)))
 LIMIT ? OFFSET ?) AS packed;
-- 71. sales.orders
SELECT orders.customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (? IS NULL OR orders.customer_id > ?) GROUP BY orders.customer_id
HAVING (? = 1 AND NOT (count(*) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) OR ? = 0 AND (count(*) IN (SELECT anon_1.value
FROM json_each(?) AS anon_1))) ORDER BY orders.customer_id
 LIMIT ? OFFSET ?;
-- 72. crm.customers
SELECT count(*) AS count_1
FROM customers
WHERE (? = 1 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 0 OR ? = 0 AND coalesce(customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1), 0) = 1) AND ((? IS NULL OR customers.id > ?) AND (? IS NULL OR customers.id <= ?) OR customers.id IS NULL AND ? IS NULL);
-- 73. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)))
 LIMIT ? OFFSET ?) AS packed;
-- 74. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND customers.id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)
 LIMIT ? OFFSET ?) AS packed;
-- 75. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.country IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 76. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (EXISTS (SELECT 1
FROM order_items AS t1
WHERE t1.order_id = orders.id AND t1.product_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1))) AND orders.customer_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2) AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL);
-- 77. sales.orders
SELECT json_group_array(packed.customer_id) AS json_group_array_1
FROM (SELECT DISTINCT orders.customer_id AS customer_id
FROM orders
WHERE orders.customer_id IS NOT NULL AND 1 = 1
 LIMIT ? OFFSET ?) AS packed;
-- 78. crm.customers
SELECT json_group_array(packed.id) AS json_group_array_1
FROM (SELECT customers.id AS id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? AND customers.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)
 LIMIT ? OFFSET ?) AS packed;
-- 79. crm.customers
SELECT customers.id
FROM customers
WHERE customers.id IS NOT NULL AND customers.tier = ? AND (? IS NULL OR customers.id > ?) ORDER BY customers.id
 LIMIT ? OFFSET ?;
-- 80. sales.orders
SELECT count(*) AS count_1
FROM orders
WHERE (orders.customer_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) OR orders.status = ?) AND ((? IS NULL OR orders.customer_id > ?) AND (? IS NULL OR orders.customer_id <= ?) OR orders.customer_id IS NULL AND ? IS NULL);
