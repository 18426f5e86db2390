"""The line under a month that is being frozen.

Revision: 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_cut",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_by", sa.String(), nullable=False),
        sa.Column("invalid_users", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_cut")),
    )


def downgrade() -> None:
    op.drop_table("month_cut")
