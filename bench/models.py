"""The tables of the workload: customers in one database, their orders in another, the products in a third."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Link
from gateway.demo.columns import NAMING, TABLE_OPTIONS, exact_string, exact_text, label, money


class CrmBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class SalesBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class ShopBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class Tier(enum.Enum):
    """The service level of a customer."""

    FREE = "FREE"
    PRO = "PRO"
    ENTERPRISE = "ENTERPRISE"


class OrderStatus(enum.Enum):
    """How far an order has come."""

    PENDING = "PENDING"
    PAID = "PAID"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


class Customer(CrmBase):
    __tablename__ = "customers"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(exact_string(120))
    email: Mapped[str] = mapped_column(exact_string(160), unique=True)
    country: Mapped[str] = mapped_column(exact_string(2), index=True)
    tier: Mapped[Tier] = mapped_column(label(Tier))
    created_at: Mapped[datetime] = mapped_column(sa.DateTime())

    addresses: Mapped[list["Address"]] = relationship(back_populates="customer")


class Address(CrmBase):
    __tablename__ = "addresses"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    line1: Mapped[str] = mapped_column(exact_string(160))
    city: Mapped[str] = mapped_column(exact_string(80))
    country: Mapped[str] = mapped_column(exact_string(2))

    customer: Mapped[Customer] = relationship(back_populates="addresses")


class Order(SalesBase):
    __tablename__ = "orders"
    __table_args__ = (
        sa.Index("ix_orders_placed_at_id", "placed_at", "id"),
        sa.Index("ix_orders_customer_id_placed_at_id", "customer_id", "placed_at", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    number: Mapped[str] = mapped_column(exact_string(20), unique=True)
    status: Mapped[OrderStatus] = mapped_column(label(OrderStatus))
    placed_at: Mapped[datetime] = mapped_column(sa.DateTime())
    total: Mapped[Decimal] = mapped_column(money())
    shipping: Mapped[Decimal] = mapped_column(money())
    currency: Mapped[str] = mapped_column(exact_string(3))

    items: Mapped[list["OrderItem"]] = relationship(back_populates="order")


class OrderItem(SalesBase):
    __tablename__ = "order_items"
    __table_args__ = (
        sa.Index("ix_order_items_order_id_id", "order_id", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(index=True)
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(money())

    order: Mapped[Order] = relationship(back_populates="items")


class Category(ShopBase):
    __tablename__ = "categories"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(exact_string(80), unique=True)

    products: Mapped[list["Product"]] = relationship(back_populates="category")


class Product(ShopBase):
    __tablename__ = "products"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(exact_string(20), unique=True)
    title: Mapped[str] = mapped_column(exact_string(160))
    price: Mapped[Decimal] = mapped_column(money())
    active: Mapped[bool]
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"), index=True)

    category: Mapped[Category] = relationship(back_populates="products")
    reviews: Mapped[list["Review"]] = relationship(back_populates="product")


class Review(ShopBase):
    __tablename__ = "reviews"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    customer_id: Mapped[int] = mapped_column(index=True)
    rating: Mapped[int]
    body: Mapped[str] = mapped_column(exact_text())
    created_at: Mapped[datetime] = mapped_column(sa.DateTime())

    product: Mapped[Product] = relationship(back_populates="reviews")


MODELS: dict[str, type[DeclarativeBase]] = {"crm": CrmBase, "sales": SalesBase, "shop": ShopBase}

LINKS = (
    Link("sales.orders.customer_id", "crm.customers.id", name="customer", back="orders"),
    Link("sales.order_items.product_id", "shop.products.id", name="product", back="orderItems"),
    Link("shop.reviews.customer_id", "crm.customers.id", name="customer", back="reviews"),
)
