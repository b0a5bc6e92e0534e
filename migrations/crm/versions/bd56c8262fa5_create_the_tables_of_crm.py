"""Create the tables of crm

Revision ID: bd56c8262fa5
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "bd56c8262fa5"
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
    create_customers()
    create_addresses()
    create_tickets()


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("addresses")
    op.drop_table("customers")


def create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the customer."),
        sa.Column("name", string(120), nullable=False, comment="Full name as the customer writes it."),
        sa.Column(
            "email",
            string(160),
            nullable=False,
            comment="Address for signing in and for mail; one account each.",
        ),
        sa.Column("country", string(2), nullable=False, comment="Country of residence, ISO 3166-1 alpha-2."),
        sa.Column("tier", string(16), nullable=False, comment="Service level the customer pays for."),
        sa.Column("created_at", sa.DateTime(), nullable=False, comment="When the customer registered, UTC."),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("email", name="uq_customers_email"),
        comment="A person or company that has registered with the shop.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_customers_country", "customers", ["country"])


def create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the address."),
        sa.Column("customer_id", sa.Integer(), nullable=False, comment="Customer the address belongs to."),
        sa.Column(
            "line1", string(160), nullable=False, comment="Street and house number, in the local order."
        ),
        sa.Column("city", string(80), nullable=False, comment="Town or city."),
        sa.Column(
            "country", string(2), nullable=False, comment="Country of the address, ISO 3166-1 alpha-2."
        ),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_addresses_customer_id"),
        comment="A place a customer has goods or invoices sent to.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_addresses_customer_id", "addresses", ["customer_id"])


def create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the ticket."),
        sa.Column("customer_id", sa.Integer(), nullable=False, comment="Customer who opened the ticket."),
        sa.Column("subject", string(160), nullable=False, comment="What it is about, in one line."),
        sa.Column("opened_at", sa.DateTime(), nullable=False, comment="When the ticket was opened, UTC."),
        sa.Column(
            "closed_at",
            sa.DateTime(),
            nullable=True,
            comment="When support closed the ticket, UTC; null while it is open.",
        ),
        sa.Column(
            "callback_time",
            sa.Time(),
            nullable=True,
            comment="Time of day the customer asked to be called back at, local to the customer.",
        ),
        sa.Column(
            "uuid",
            sa.Uuid().with_variant(sa.Uuid(native_uuid=False), "mysql", "mariadb"),
            nullable=False,
            comment="Identifier of the ticket outside this database, in mails and links.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tickets_customer_id"),
        sa.UniqueConstraint("uuid", name="uq_tickets_uuid"),
        comment="A question or complaint a customer has sent to support.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_tickets_customer_id", "tickets", ["customer_id"])


def string(length: int) -> sa.String:
    """Text compared and sorted by code point on every database."""
    return (
        sa.String(length)
        .with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.String(length, collation="C"), "postgresql")
    )
