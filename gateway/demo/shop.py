"""The shop source: the catalogue of products and what customers say about them.

Customers live in `crm`, so a review's customer is a plain column here.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway.demo.columns import (
    NAMING,
    TABLE_OPTIONS,
    Described,
    document,
    exact_string,
    exact_text,
    money,
    utc_now,
)
from gateway.mutation.decisions import decisions_table


class ShopBase(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


product_tags = sa.Table(
    "product_tags",
    ShopBase.metadata,
    sa.Column("product_id", sa.ForeignKey("products.id"), primary_key=True, comment="Product with the tag."),
    sa.Column(
        "tag_id", sa.ForeignKey("tags.id"), primary_key=True, index=True, comment="Tag of the product."
    ),
    comment="Which product carries which tag.",
    **TABLE_OPTIONS,
)


class Category(Described, ShopBase):
    """A shelf of the shop; shelves nest up to three levels deep."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the category.")
    name: Mapped[str] = mapped_column(exact_string(80), comment="Name shown in the shop's navigation.")
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("categories.id"), index=True, comment="Category above; null at the top level."
    )

    parent: Mapped["Category | None"] = relationship(back_populates="children", remote_side="Category.id")
    children: Mapped[list["Category"]] = relationship(back_populates="parent")
    products: Mapped[list["Product"]] = relationship(back_populates="category")


class Product(Described, ShopBase):
    """Something the shop sells, has sold or is about to sell."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the product.")
    sku: Mapped[str] = mapped_column(
        exact_string(20), unique=True, comment="Stock keeping unit on the label."
    )
    title: Mapped[str] = mapped_column(exact_string(160), comment="Name of the product as the shop shows it.")
    price: Mapped[Decimal] = mapped_column(money(), comment="List price of one piece in euros, with tax.")
    active: Mapped[bool] = mapped_column(
        sa.Boolean(), default=True, comment="Whether the product can be ordered today."
    )
    weight_kg: Mapped[float | None] = mapped_column(
        sa.Double(), comment="Weight with packaging in kilograms; null if it was never weighed."
    )
    attributes: Mapped[Any | None] = mapped_column(
        document(), comment="Properties that differ from product to product: colour, size, labels."
    )
    category_id: Mapped[int] = mapped_column(
        sa.ForeignKey("categories.id"), index=True, comment="Category the product is listed in."
    )
    released: Mapped[date] = mapped_column(
        sa.Date(), comment="First day of sale; in the future for announced products."
    )
    thumbnail: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary(), comment="Placeholder picture as a GIF file, while the real one loads."
    )

    category: Mapped[Category] = relationship(back_populates="products")
    tags: Mapped[list["Tag"]] = relationship(secondary=product_tags, back_populates="products")
    reviews: Mapped[list["Review"]] = relationship(back_populates="product")


class Tag(Described, ShopBase):
    """A word that products of any category can share."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the tag.")
    name: Mapped[str] = mapped_column(
        exact_string(40), unique=True, comment="The word itself, in lower case."
    )

    products: Mapped[list[Product]] = relationship(secondary=product_tags, back_populates="tags")


class Review(Described, ShopBase):
    """What a customer thinks of a product."""

    __tablename__ = "reviews"
    __checks__ = {"rating_range": "rating BETWEEN 1 AND 5"}

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the review.")
    product_id: Mapped[int] = mapped_column(
        sa.ForeignKey("products.id"), index=True, comment="Product the review is about."
    )
    customer_id: Mapped[int] = mapped_column(
        index=True, comment="Customer who wrote it; may have left the customer database since."
    )
    rating: Mapped[int] = mapped_column(
        comment="Stars from 1, the worst, to 5, the best.",
    )
    body: Mapped[str] = mapped_column(exact_text(), comment="Text of the review, in the customer's language.")
    created_at: Mapped[datetime] = mapped_column(
        sa.DateTime(), default=utc_now, comment="When the review was written, UTC."
    )

    product: Mapped[Product] = relationship(back_populates="reviews")


decisions_table(ShopBase.metadata, "shop")
