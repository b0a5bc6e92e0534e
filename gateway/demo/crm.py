"""The customer relations source: who buys, where they live and what they asked."""

import enum
from datetime import datetime, time
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway.demo.columns import NAMING, Described, exact_string, label, utc_now, uuid_key
from gateway.mutation.decisions import decisions_table


class CrmBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class Tier(enum.Enum):
    """The service level a customer pays for."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Customer(Described, CrmBase):
    """A person or company that has registered with the shop."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the customer.")
    name: Mapped[str] = mapped_column(exact_string(120), comment="Full name as the customer writes it.")
    email: Mapped[str] = mapped_column(
        exact_string(160), unique=True, comment="Address for signing in and for mail; one account each."
    )
    country: Mapped[str] = mapped_column(
        exact_string(2), index=True, comment="Country of residence, ISO 3166-1 alpha-2."
    )
    tier: Mapped[Tier] = mapped_column(
        label(Tier), default=Tier.FREE, comment="Service level the customer pays for."
    )
    created_at: Mapped[datetime] = mapped_column(
        sa.DateTime(), default=utc_now, comment="When the customer registered, UTC."
    )

    addresses: Mapped[list["Address"]] = relationship(back_populates="customer")
    tickets: Mapped[list["Ticket"]] = relationship(back_populates="customer")


class Address(Described, CrmBase):
    """A place a customer has goods or invoices sent to."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the address.")
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers.id"), index=True, comment="Customer the address belongs to."
    )
    line1: Mapped[str] = mapped_column(
        exact_string(160), comment="Street and house number, in the local order."
    )
    city: Mapped[str] = mapped_column(exact_string(80), comment="Town or city.")
    country: Mapped[str] = mapped_column(
        exact_string(2), comment="Country of the address, ISO 3166-1 alpha-2."
    )

    customer: Mapped[Customer] = relationship(back_populates="addresses")


class Ticket(Described, CrmBase):
    """A question or complaint a customer has sent to support."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the ticket.")
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers.id"), index=True, comment="Customer who opened the ticket."
    )
    subject: Mapped[str] = mapped_column(exact_string(160), comment="What it is about, in one line.")
    opened_at: Mapped[datetime] = mapped_column(
        sa.DateTime(), default=utc_now, comment="When the ticket was opened, UTC."
    )
    closed_at: Mapped[datetime | None] = mapped_column(
        sa.DateTime(), comment="When support closed the ticket, UTC; null while it is open."
    )
    callback_time: Mapped[time | None] = mapped_column(
        sa.Time(), comment="Time of day the customer asked to be called back at, local to the customer."
    )
    uuid: Mapped[UUID] = mapped_column(
        uuid_key(),
        unique=True,
        default=uuid4,
        comment="Identifier of the ticket outside this database, in mails and links.",
    )

    customer: Mapped[Customer] = relationship(back_populates="tickets")


decisions_table(CrmBase.metadata, "crm")
