"""How many people were present at a play, and the sums of it.

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default is no rewrite of the table: plays of before have it from the catalogue.
    op.add_column(
        "play", sa.Column("people", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.create_table(
        "tally_group",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("plays >= 0 AND people >= 0", name=op.f("ck_tally_group_not_negative")),
        sa.PrimaryKeyConstraint("day", "region_code", "course_id", name=op.f("pk_tally_group")),
    )


def downgrade() -> None:
    op.drop_table("tally_group")
    op.drop_column("play", "people")
