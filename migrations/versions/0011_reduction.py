"""Which months' plays were reduced to their tallies.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reduction",
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("reduced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reduced_by", sa.String(), nullable=False),
        sa.Column("plays", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("through", name=op.f("pk_reduction")),
    )


def downgrade() -> None:
    op.drop_table("reduction")
