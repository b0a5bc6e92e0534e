"""The statements of the hand-written endpoints, built once: the fewest, and only columns that are shown."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ARRAY, BindParameter, Integer, String, bindparam, func, select, type_coerce

from bench.models import Category, Customer, Order, OrderItem, Product

KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
"""A list for MariaDB and SQLite."""
ARRAY_OF_KEYS = bindparam("keys", type_=ARRAY(Integer))
"""A list for PostgreSQL, whose statement text stays the same whatever its length."""

STATUS = type_coerce(Order.status, String)
TIER = type_coerce(Customer.tier, String)
"""As stored: making a member of an enum for each row, only to write its name, takes a third of Q3."""

ORDER_BY_ID = select(
    Order.id, Order.customer_id, Order.number, STATUS, Order.placed_at, Order.total, Order.currency
).where(Order.id == bindparam("key"))
CUSTOMER_BY_ID = select(Customer.id, Customer.name, Customer.email, Customer.country).where(
    Customer.id == bindparam("key")
)

NEWEST_ORDERS = (
    select(Order.id, Order.customer_id, Order.number, STATUS, Order.placed_at, Order.total)
    .order_by(Order.placed_at.desc())
    .limit(50)
)
ITEMS_OF_ORDERS = (
    select(OrderItem.order_id, OrderItem.id, OrderItem.product_id, OrderItem.quantity, OrderItem.unit_price)
    .where(OrderItem.order_id == func.any(ARRAY_OF_KEYS))
    .order_by(OrderItem.order_id, OrderItem.id)
)
CUSTOMERS = select(Customer.id, Customer.name, Customer.country).where(Customer.id.in_(KEYS))
PRODUCTS = (
    select(Product.id, Product.title, Product.price, Category.id, Category.name)
    .join(Category, Category.id == Product.category_id)
    .where(Product.id.in_(KEYS))
)

FIRST_ORDERS = (
    select(Order.id, Order.number, STATUS, Order.placed_at, Order.total, Order.currency)
    .order_by(Order.id)
    .limit(2_000)
)

CUSTOMERS_IN_GERMANY = select(Customer.id).where(Customer.country == "DE")
FIRST_ORDERS_OF_CUSTOMERS = (
    select(Order.id, Order.customer_id, Order.number, Order.placed_at, Order.total)
    .where(Order.customer_id == func.any(ARRAY_OF_KEYS))
    .order_by(Order.placed_at)
    .limit(50)
)

FIRST_CUSTOMERS = select(Customer.id, Customer.name).order_by(Customer.id).limit(200)
_EACH = func.unnest(ARRAY_OF_KEYS).table_valued("customer_id", name="each").render_derived()
_ITEM_COUNT = (
    select(func.count()).select_from(OrderItem).where(OrderItem.order_id == Order.id).scalar_subquery()
)
_LATEST = (
    select(Order.id, Order.placed_at, Order.total, _ITEM_COUNT.label("item_count"))
    .where(Order.customer_id == _EACH.c.customer_id)
    .order_by(Order.placed_at.desc())
    .limit(5)
    .lateral("latest")
)
LATEST_ORDERS = select(
    _EACH.c.customer_id, _LATEST.c.id, _LATEST.c.placed_at, _LATEST.c.total, _LATEST.c.item_count
).select_from(_EACH.join(_LATEST, sa.true()))

NEWEST_ORDERS_WHOLE = (
    select(
        Order.id,
        Order.customer_id,
        Order.number,
        STATUS,
        Order.placed_at,
        Order.total,
        Order.shipping,
        Order.currency,
    )
    .order_by(Order.placed_at.desc())
    .limit(50)
)
CUSTOMERS_WHOLE = select(
    Customer.id, Customer.name, Customer.email, Customer.country, TIER, Customer.created_at
).where(Customer.id.in_(KEYS))
PRODUCTS_WHOLE = (
    select(Product.id, Product.sku, Product.title, Product.price, Product.active, Category.id, Category.name)
    .join(Category, Category.id == Product.category_id)
    .where(Product.id.in_(KEYS))
)

PRODUCTS_OF_CATEGORY = (
    select(Product.id)
    .join(Category, Category.id == Product.category_id)
    .where(Category.name == bindparam("category"))
)
_HAVING = (
    select(Order.id, Order.placed_at, Order.total)
    .where(Order.customer_id == _EACH.c.customer_id)
    .where(
        sa.exists().where(
            OrderItem.order_id == Order.id,
            OrderItem.product_id == func.any(bindparam("products", type_=ARRAY(Integer))),
        )
    )
    .order_by(Order.placed_at)
    .limit(5)
    .lateral("having_product")
)
ORDERS_HAVING_PRODUCT = select(
    _EACH.c.customer_id, _HAVING.c.id, _HAVING.c.placed_at, _HAVING.c.total
).select_from(_EACH.join(_HAVING, sa.true()))

MANY_ORDERS = (
    select(
        Order.id,
        Order.customer_id,
        Order.number,
        STATUS,
        Order.placed_at,
        Order.total,
        Order.shipping,
        Order.currency,
    )
    .order_by(Order.id)
    .limit(10_000)
)
