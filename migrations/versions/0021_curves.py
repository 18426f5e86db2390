"""Curves of retention by month: quick over years, and there when plays were reduced.

Revision: 0021, after 0020. Months whose plays are there are rolled up again within the hour.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# A roll-up under way would set the marks again (player_api.reports.rollups.ROLLUP_LOCK).
ROLLUP_LOCK = 5201911
# Without its mark, a month is rolled up anew.
FORGET_MARKS = """
DELETE FROM reach
WHERE grain = 'month' AND region_code = '' AND lesson_id = 0
    AND start > coalesce((SELECT max(through) FROM reduction), '-infinity')
"""


def upgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({ROLLUP_LOCK})")
    op.create_table(
        "curve",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=4), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("seen", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint("plays >= 0 AND 0 <= ALL (seen)", name=op.f("ck_curve_not_negative")),
        sa.PrimaryKeyConstraint("month", "region_code", "lesson_id", name=op.f("pk_curve")),
    )
    op.execute(FORGET_MARKS)


def downgrade() -> None:
    op.drop_table("curve")
