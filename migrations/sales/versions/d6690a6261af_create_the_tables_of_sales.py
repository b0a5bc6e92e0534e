"""Create the tables of sales

Revision ID: d6690a6261af
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "d6690a6261af"
down_revision = None
branch_labels = None
depends_on = None

# Written out here and not imported from the models: a revision keeps building what it built on its day.
TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    create_orders()
    create_order_items()
    create_payments()


def downgrade() -> None:
    op.drop_table("payments")
    op.drop_table("order_items")
    op.drop_table("orders")


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the order within this database."),
        sa.Column(
            "customer_id",
            sa.Integer(),
            nullable=True,
            comment="Customer who ordered; null for an order placed as a guest.",
        ),
        sa.Column(
            "number", string(20), nullable=False, comment="Order number the customer sees, as SO-2024-000123."
        ),
        sa.Column("status", string(16), nullable=False, comment="How far the order has come."),
        sa.Column("placed_at", sa.DateTime(), nullable=False, comment="When the order was placed, UTC."),
        sa.Column(
            "total",
            sa.Numeric(12, 2),
            nullable=False,
            comment="Sum of quantity times unit price over the items, in the order's currency.",
        ),
        sa.Column(
            "currency", string(3), nullable=False, comment="Currency of every amount of the order, ISO 4217."
        ),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("number", name="uq_orders_number"),
        comment="What one customer, or a guest, ordered at one time.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"])


def create_order_items() -> None:
    op.create_table(
        "order_items",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the order line."),
        sa.Column("order_id", sa.Integer(), nullable=False, comment="Order the line belongs to."),
        sa.Column("product_id", sa.Integer(), nullable=False, comment="Product that was ordered."),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="Pieces ordered, at least one."),
        sa.Column(
            "unit_price",
            sa.Numeric(12, 2),
            nullable=False,
            comment="Price of one piece when it was ordered, in the order's currency.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_items"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_items_order_id"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_items_quantity_positive")),
        comment="One line of an order: a product, how many of it and at which price.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_order_items_order_id", "order_items", ["order_id"])
    op.create_index("ix_order_items_product_id", "order_items", ["product_id"])


def create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the payment."),
        sa.Column("order_id", sa.Integer(), nullable=False, comment="Order the payment is for."),
        sa.Column("method", string(16), nullable=False, comment="The way the money reached the shop."),
        sa.Column(
            "amount",
            sa.Numeric(12, 2),
            nullable=False,
            comment="Amount in the order's currency; negative when it was paid back.",
        ),
        sa.Column("paid_at", sa.DateTime(), nullable=False, comment="When the payment was booked, UTC."),
        sa.Column(
            "reference",
            sa.BigInteger(),
            nullable=False,
            comment="Transaction number of the payment provider, a 64-bit integer.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id"),
        comment="Money received for an order, or paid back.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_payments_order_id", "payments", ["order_id"])


def string(length: int) -> sa.String:
    """Text compared and sorted by code point on every database."""
    return (
        sa.String(length)
        .with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.String(length, collation="C"), "postgresql")
    )
