"""Ids of plays that were let go of and have no age.

Revision: 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reduced_play",
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("play_id", name=op.f("pk_reduced_play")),
    )


def downgrade() -> None:
    op.drop_table("reduced_play")
