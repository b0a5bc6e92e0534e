"""Decide in sales what operations over several databases write

Revision ID: 9e63d20b58fc
Revises: d6690a6261af
"""

import sqlalchemy as sa
from alembic import op

revision = "9e63d20b58fc"
down_revision = "d6690a6261af"
branch_labels = None
depends_on = None

TABLE = "gateway_decisions_sales"


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
