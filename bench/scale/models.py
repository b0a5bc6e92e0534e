"""The tables of the scale cases: customers in MariaDB, orders and items in PostgreSQL, products in SQLite."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Link
from gateway.demo.columns import NAMING, TABLE_OPTIONS, exact_string, label, money


class CrmBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class SalesBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class ShopBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class OrderStatus(enum.Enum):
    """How far an order has come."""

    PAID = "PAID"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"


class Customer(CrmBase):
    __tablename__ = "customers"
    __table_args__ = (sa.Index("ix_customers_name_id", "name", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(exact_string(80))
    country: Mapped[str] = mapped_column(exact_string(2), index=True)


class Order(SalesBase):
    """`customer_id` is null for guests, and some lead to customers who are gone."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.Index("ix_orders_placed_at_id", "placed_at", "id"),
        sa.Index("ix_orders_customer_id_placed_at_id", "customer_id", "placed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int | None]
    status: Mapped[OrderStatus] = mapped_column(label(OrderStatus))
    placed_at: Mapped[datetime] = mapped_column(sa.DateTime())
    total: Mapped[Decimal] = mapped_column(money())

    items: Mapped[list["OrderItem"]] = relationship(back_populates="order")


class OrderItem(SalesBase):
    __tablename__ = "order_items"
    __table_args__ = (sa.Index("ix_order_items_order_id_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(index=True)
    quantity: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="items")


class Product(ShopBase):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(exact_string(80))
    category: Mapped[str] = mapped_column(exact_string(40), index=True)


MODELS: dict[str, type[DeclarativeBase]] = {"crm": CrmBase, "sales": SalesBase, "shop": ShopBase}

LINKS = (
    Link("sales.orders.customer_id", "crm.customers.id", name="customer", back="orders"),
    Link("sales.order_items.product_id", "shop.products.id", name="product", back="orderItems"),
)
