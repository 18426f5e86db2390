"""What a household set on its box.

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "box_settings",
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_box_settings_box_id_box")),
        sa.PrimaryKeyConstraint("box_id", name=op.f("pk_box_settings")),
    )


def downgrade() -> None:
    op.drop_table("box_settings")
