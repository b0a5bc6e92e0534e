"""Decide in crm what operations over several databases write

Revision ID: 4b1f0c9a7d21
Revises: bd56c8262fa5
"""

import sqlalchemy as sa
from alembic import op

revision = "4b1f0c9a7d21"
down_revision = "bd56c8262fa5"
branch_labels = None
depends_on = None

TABLE = "gateway_decisions_crm"


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
