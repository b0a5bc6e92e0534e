"""Create the tables of shop

Revision ID: 2c58b6938b59
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "2c58b6938b59"
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
    create_categories()
    create_products()
    create_tags()
    create_product_tags()
    create_reviews()


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("product_tags")
    op.drop_table("tags")
    op.drop_table("products")
    op.drop_table("categories")


def create_categories() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the category."),
        sa.Column("name", string(80), nullable=False, comment="Name shown in the shop's navigation."),
        sa.Column("parent_id", sa.Integer(), nullable=True, comment="Category above; null at the top level."),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name="fk_categories_parent_id"),
        comment="A shelf of the shop; shelves nest up to three levels deep.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_categories_parent_id", "categories", ["parent_id"])


def create_products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the product."),
        sa.Column("sku", string(20), nullable=False, comment="Stock keeping unit on the label."),
        sa.Column("title", string(160), nullable=False, comment="Name of the product as the shop shows it."),
        sa.Column(
            "price", sa.Numeric(12, 2), nullable=False, comment="List price of one piece in euros, with tax."
        ),
        sa.Column(
            "active", sa.Boolean(), nullable=False, comment="Whether the product can be ordered today."
        ),
        sa.Column(
            "weight_kg",
            sa.Double(),
            nullable=True,
            comment="Weight with packaging in kilograms; null if it was never weighed.",
        ),
        sa.Column(
            "attributes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
            comment="Properties that differ from product to product: colour, size, labels.",
        ),
        sa.Column("category_id", sa.Integer(), nullable=False, comment="Category the product is listed in."),
        sa.Column(
            "released",
            sa.Date(),
            nullable=False,
            comment="First day of sale; in the future for announced products.",
        ),
        sa.Column(
            "thumbnail",
            sa.LargeBinary(),
            nullable=True,
            comment="Placeholder picture as a GIF file, while the real one loads.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_products_category_id"),
        sa.UniqueConstraint("sku", name="uq_products_sku"),
        comment="Something the shop sells, has sold or is about to sell.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_products_category_id", "products", ["category_id"])


def create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the tag."),
        sa.Column("name", string(40), nullable=False, comment="The word itself, in lower case."),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("name", name="uq_tags_name"),
        comment="A word that products of any category can share.",
        **TABLE_OPTIONS,
    )


def create_product_tags() -> None:
    op.create_table(
        "product_tags",
        sa.Column("product_id", sa.Integer(), nullable=False, comment="Product with the tag."),
        sa.Column("tag_id", sa.Integer(), nullable=False, comment="Tag of the product."),
        sa.PrimaryKeyConstraint("product_id", "tag_id", name="pk_product_tags"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_product_tags_product_id"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_product_tags_tag_id"),
        comment="Which product carries which tag.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_product_tags_tag_id", "product_tags", ["tag_id"])


def create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the review."),
        sa.Column("product_id", sa.Integer(), nullable=False, comment="Product the review is about."),
        sa.Column(
            "customer_id",
            sa.Integer(),
            nullable=False,
            comment="Customer who wrote it; may have left the customer database since.",
        ),
        sa.Column("rating", sa.Integer(), nullable=False, comment="Stars from 1, the worst, to 5, the best."),
        sa.Column("body", text(), nullable=False, comment="Text of the review, in the customer's language."),
        sa.Column("created_at", sa.DateTime(), nullable=False, comment="When the review was written, UTC."),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_reviews_product_id"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_reviews_rating_range")),
        comment="What a customer thinks of a product.",
        **TABLE_OPTIONS,
    )
    op.create_index("ix_reviews_product_id", "reviews", ["product_id"])
    op.create_index("ix_reviews_customer_id", "reviews", ["customer_id"])


def string(length: int) -> sa.String:
    """Text compared and sorted by code point on every database."""
    return (
        sa.String(length)
        .with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.String(length, collation="C"), "postgresql")
    )


def text() -> sa.Text:
    """Like `string`, without a declared length."""
    return (
        sa.Text()
        .with_variant(mysql.TEXT(collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.Text(collation="C"), "postgresql")
    )
