-- First
-- 0. shop.products
SELECT products.id AS c0, products.weight_kg AS c1, products.price AS c2
FROM products ORDER BY products.weight_kg ASC NULLS FIRST, products.price DESC, products.id ASC
 LIMIT ? OFFSET ?;

-- Second
-- 0. shop.products
SELECT products.id AS c0, products.weight_kg AS c1, products.price AS c2
FROM products
WHERE products.weight_kg IS NOT NULL OR products.weight_kg IS NULL AND products.price < ? OR products.weight_kg IS NULL AND products.price = ? AND products.id > ? ORDER BY products.weight_kg ASC NULLS FIRST, products.price DESC, products.id ASC
 LIMIT ? OFFSET ?;

-- Third
-- 0. shop.products
SELECT products.id AS c0, products.weight_kg AS c1, products.price AS c2
FROM products
WHERE products.weight_kg IS NOT NULL OR products.weight_kg IS NULL AND products.price < ? OR products.weight_kg IS NULL AND products.price = ? AND products.id > ? ORDER BY products.weight_kg ASC NULLS FIRST, products.price DESC, products.id ASC
 LIMIT ? OFFSET ?;

-- BackFromThird
-- 0. shop.products
SELECT products.id AS c0, products.weight_kg AS c1, products.price AS c2
FROM products
WHERE products.weight_kg IS NULL AND products.price > ? OR products.weight_kg IS NULL AND products.price = ? AND products.id < ? ORDER BY products.weight_kg DESC NULLS LAST, products.price ASC, products.id DESC
 LIMIT ? OFFSET ?;
