"""Decide in shop what operations over several databases write

Revision ID: c7a4815e3b60
Revises: 2c58b6938b59
"""

import sqlalchemy as sa
from alembic import op

revision = "c7a4815e3b60"
down_revision = "2c58b6938b59"
branch_labels = None
depends_on = None

TABLE = "gateway_decisions_shop"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=f"pk_{TABLE}"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def downgrade() -> None:
    op.drop_table(TABLE)
