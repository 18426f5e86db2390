"""Reports by CMCD until their neighbours have come, and which searches were heard.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cmcd_session",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cmcd_session")),
        sa.UniqueConstraint(
            "box_no", "lesson_id", "sid", name=op.f("uq_cmcd_session_box_no_lesson_id_sid")
        ),
    )
    op.create_index(op.f("ix_cmcd_session_heard_at"), "cmcd_session", ["heard_at"])
    op.create_table(
        "cmcd_report",
        sa.Column("session_number", sa.BigInteger(), nullable=False),
        sa.Column("sn", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=True),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rate_changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_number"],
            ["cmcd_session.number"],
            name=op.f("fk_cmcd_report_session_number_cmcd_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_number", "sn", name=op.f("pk_cmcd_report")),
    )
    op.create_table(
        "heard_search",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_heard_search")),
    )
    op.create_index(op.f("ix_heard_search_heard_on"), "heard_search", ["heard_on"])


def downgrade() -> None:
    for table in ("heard_search", "cmcd_report", "cmcd_session"):
        op.drop_table(table)
