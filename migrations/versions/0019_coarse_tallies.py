"""Tallies for the whole house over years: prefectures by hour, and by month and lesson.

Revision: 0019, after 0018. A server of before it doesn't keep them: stop it first. From now on
the rules of counting have a number, and processes that know an older one count nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NOT_NEGATIVE = (
    "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0"
)
SUMS = "sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)"


# player_api.fold.FOLD_LOCK: no fold is under way while the tallies are filled.
FOLD_LOCK = 5201910


def upgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({FOLD_LOCK})")
    op.create_table(
        "counting_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_counting_rules")),
    )
    op.execute("INSERT INTO counting_rules VALUES (1)")
    op.create_table(
        "tally_prefecture_hour",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("prefecture_code", sa.String(length=4), nullable=False),
        *_figures(),
        sa.CheckConstraint(NOT_NEGATIVE, name=op.f("ck_tally_prefecture_hour_not_negative")),
        sa.PrimaryKeyConstraint(
            "day", "hour", "prefecture_code", name=op.f("pk_tally_prefecture_hour")
        ),
    )
    op.create_table(
        "tally_prefecture_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("prefecture_code", sa.String(length=4), nullable=False),
        *_figures(),
        sa.CheckConstraint(NOT_NEGATIVE, name=op.f("ck_tally_prefecture_month_not_negative")),
        sa.PrimaryKeyConstraint(
            "month",
            "lesson_id",
            "course_id",
            "prefecture_code",
            name=op.f("pk_tally_prefecture_month"),
        ),
    )
    # Of the finer tallies, which reach further back than the plays.
    op.execute(
        "INSERT INTO tally_prefecture_hour"
        f" SELECT day, hour, left(county_code, 4), {SUMS} FROM tally_hour GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO tally_prefecture_month"
        f" SELECT month, lesson_id, course_id, left(county_code, 4), {SUMS} FROM tally_month"
        " GROUP BY 1, 2, 3, 4"
    )


def _figures() -> list[sa.Column[int]]:
    return [
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("counting_rules")
    op.drop_table("tally_prefecture_month")
    op.drop_table("tally_prefecture_hour")
