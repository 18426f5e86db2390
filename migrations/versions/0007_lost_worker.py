"""Workers that died over a job, so that one job can't take them down for ever.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lost_worker",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "lost_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["video.id"],
            name=op.f("fk_lost_worker_video_id_video"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_id", "run", "step", "attempt", name=op.f("pk_lost_worker")),
    )


def downgrade() -> None:
    op.drop_table("lost_worker")
