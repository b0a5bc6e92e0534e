"""The sales source: orders, their lines, and the payments for them.

Customers live in `crm` and products in `shop`, so their keys are plain columns here.
"""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway.demo.columns import NAMING, Described, exact_string, label, money, utc_now
from gateway.mutation.decisions import decisions_table


class SalesBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class OrderStatus(enum.Enum):
    """How far an order has come."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class PaymentMethod(enum.Enum):
    """The way money reached the shop."""

    CARD = "card"
    BANK_TRANSFER = "bank transfer"
    WALLET = "wallet"
    INVOICE = "invoice"
    GIFT_CARD = "gift card"


class Order(Described, SalesBase):
    """What one customer, or a guest, ordered at one time."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the order within this database.")
    customer_id: Mapped[int | None] = mapped_column(
        index=True, comment="Customer who ordered; null for an order placed as a guest."
    )
    number: Mapped[str] = mapped_column(
        exact_string(20), unique=True, comment="Order number the customer sees, as SO-2024-000123."
    )
    status: Mapped[OrderStatus] = mapped_column(
        label(OrderStatus), default=OrderStatus.PENDING, comment="How far the order has come."
    )
    placed_at: Mapped[datetime] = mapped_column(
        sa.DateTime(), index=True, default=utc_now, comment="When the order was placed, UTC."
    )
    total: Mapped[Decimal] = mapped_column(
        money(), comment="Sum of quantity times unit price over the items, in the order's currency."
    )
    currency: Mapped[str] = mapped_column(
        exact_string(3), default="EUR", comment="Currency of every amount of the order, ISO 4217."
    )

    items: Mapped[list["OrderItem"]] = relationship(back_populates="order")
    payments: Mapped[list["Payment"]] = relationship(back_populates="order")


class OrderItem(Described, SalesBase):
    """One line of an order: a product, how many of it and at which price."""

    __tablename__ = "order_items"
    __checks__ = {"quantity_positive": "quantity > 0"}

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the order line.")
    order_id: Mapped[int] = mapped_column(
        sa.ForeignKey("orders.id"), index=True, comment="Order the line belongs to."
    )
    product_id: Mapped[int] = mapped_column(index=True, comment="Product that was ordered.")
    quantity: Mapped[int] = mapped_column(default=1, comment="Pieces ordered, at least one.")
    unit_price: Mapped[Decimal] = mapped_column(
        money(), comment="Price of one piece when it was ordered, in the order's currency."
    )

    order: Mapped[Order] = relationship(back_populates="items")


class Payment(Described, SalesBase):
    """Money received for an order, or paid back."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the payment.")
    order_id: Mapped[int] = mapped_column(
        sa.ForeignKey("orders.id"), index=True, comment="Order the payment is for."
    )
    method: Mapped[PaymentMethod] = mapped_column(
        label(PaymentMethod), comment="The way the money reached the shop."
    )
    amount: Mapped[Decimal] = mapped_column(
        money(), comment="Amount in the order's currency; negative when it was paid back."
    )
    paid_at: Mapped[datetime] = mapped_column(
        sa.DateTime(), default=utc_now, comment="When the payment was booked, UTC."
    )
    reference: Mapped[int] = mapped_column(
        sa.BigInteger(), comment="Transaction number of the payment provider, a 64-bit integer."
    )

    order: Mapped[Order] = relationship(back_populates="payments")


decisions_table(SalesBase.metadata, "sales")
