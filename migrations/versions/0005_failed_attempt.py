"""Jobs that failed once, and the disk space that work was let in for or waits for.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failed_attempt",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("worker_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column(
            "failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["video.id"],
            name=op.f("fk_failed_attempt_video_id_video"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_id", "run", "step", name=op.f("pk_failed_attempt")),
    )
    op.add_column("video", sa.Column("needs_bytes", sa.BigInteger(), nullable=True))
    op.add_column(
        "video", sa.Column("waiting", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
