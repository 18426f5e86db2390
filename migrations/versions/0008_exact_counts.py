"""Plays by box numbers, tallies for each kind of question, receipts, flags and statements.

Revision: 0008, after 0007. Plays and tallies are made anew from the old plays; while that goes
on, the previous release's collector answers with errors, and boxes keep their events.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The hour by the default calendar: the days of plays so far were counted by it.
ZONE = "Asia/Shanghai"
MOVE_PLAYS = f"""
INSERT INTO play (id, started_at, last_at, box_no, course_id, lesson_id, day, seq, duration_ms,
    watch_ms, position_ms, hour, completion_percent, region_code, state, watched)
SELECT old.id, old.started_at, old.last_at, box.number, old.course_id, old.lesson_id, old.day,
    old.seq, old.duration_ms, old.watch_ms, old.position_ms,
    extract(hour FROM old.started_at AT TIME ZONE '{ZONE}'), old.completion_percent,
    old.region_code, old.state, old.watched
FROM old_play AS old JOIN box ON box.id = old.box_id
ORDER BY old.id
"""
FIGURES = """
count(*) AS plays,
count(*) FILTER (WHERE is_effective) AS effective,
count(*) FILTER (WHERE is_complete) AS completed,
sum(watch_ms) AS watch_ms,
sum(distinct_ms) AS distinct_ms
FROM play WHERE is_play GROUP BY
"""
TALLIES = {
    "tally_place": "day, region_code",
    "tally_hour": "day, hour, left(region_code, 6)",
    "tally_lesson": "day, lesson_id, course_id, left(region_code, 4)",
    "tally_month": "left(region_code, 6), date_trunc('month', day)::date, lesson_id, course_id",
}


def upgrade() -> None:
    op.add_column("account", sa.Column("region_code", sa.String(), nullable=True))
    op.add_column(
        "box", sa.Column("number", sa.Integer(), sa.Identity(always=False), nullable=False)
    )
    op.create_unique_constraint(op.f("uq_box_number"), "box", ["number"])
    op.create_table(
        "changed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("changes", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("rolled_up", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_changed_day")),
    )
    op.create_table(
        "frozen_play",
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("frozen_through", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("plays", sa.SmallInteger(), nullable=False),
        sa.Column("effective", sa.SmallInteger(), nullable=False),
        sa.Column("completed", sa.SmallInteger(), nullable=False),
        sa.Column("watch_ms", sa.Integer(), nullable=False),
        sa.Column("distinct_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("play_id", "frozen_through", name=op.f("pk_frozen_play")),
    )
    op.create_table(
        "peak",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "region_code", name=op.f("pk_peak")),
    )
    op.create_table(
        "reach",
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("grain IN ('day','month')", name=op.f("ck_reach_grain")),
        sa.PrimaryKeyConstraint(
            "grain", "start", "region_code", "lesson_id", name=op.f("pk_reach")
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("invalid_user", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "received = counted + unchanged + late + invalid_user + refused",
            name=op.f("ck_receipt_balance"),
        ),
        sa.PrimaryKeyConstraint("day", "region_code", name=op.f("pk_receipt")),
    )
    op.create_table(
        "refusal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "region_code", "code", name=op.f("pk_refusal")),
    )
    op.create_table(
        "search_miss",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("searches", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("day", "county_code", "query", name=op.f("pk_search_miss")),
    )
    op.create_table(
        "statement",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_statement")),
        sa.UniqueConstraint("previous_sha256", name=op.f("uq_statement_previous_sha256")),
        sa.UniqueConstraint("sha256", name=op.f("uq_statement_sha256")),
    )
    op.create_table(
        "tally_hour",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0",
            name=op.f("ck_tally_hour_not_negative"),
        ),
        sa.PrimaryKeyConstraint("day", "hour", "county_code", name=op.f("pk_tally_hour")),
    )
    op.create_table(
        "tally_lesson",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("prefecture_code", sa.String(length=4), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0",
            name=op.f("ck_tally_lesson_not_negative"),
        ),
        sa.PrimaryKeyConstraint(
            "day", "lesson_id", "course_id", "prefecture_code", name=op.f("pk_tally_lesson")
        ),
    )
    op.create_index(
        "ix_tally_lesson_course_id_day", "tally_lesson", ["course_id", "day"], unique=False
    )
    op.create_table(
        "tally_month",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0",
            name=op.f("ck_tally_month_not_negative"),
        ),
        sa.PrimaryKeyConstraint(
            "county_code", "month", "lesson_id", "course_id", name=op.f("pk_tally_month")
        ),
    )
    op.create_table(
        "tally_place",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0",
            name=op.f("ck_tally_place_not_negative"),
        ),
        sa.PrimaryKeyConstraint("day", "region_code", name=op.f("pk_tally_place")),
    )
    op.create_table(
        "box_flag",
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actions", sa.BigInteger(), nullable=False),
        sa.Column(
            "flagged_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["box_no"], ["box.number"], name=op.f("fk_box_flag_box_no_box")),
        sa.PrimaryKeyConstraint("box_no", "day", name=op.f("pk_box_flag")),
    )
    op.create_table(
        "box_region",
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column(
            "valid_from", sa.DateTime(timezone=True), server_default="-infinity", nullable=False
        ),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(["box_no"], ["box.number"], name=op.f("fk_box_region_box_no_box")),
        sa.PrimaryKeyConstraint("box_no", "valid_from", name=op.f("pk_box_region")),
    )
    op.execute("INSERT INTO box_region (box_no, region_code) SELECT number, region_code FROM box")
    _make_plays_anew()
    for table, keys in TALLIES.items():
        op.execute(f"INSERT INTO {table} SELECT {keys}, {FIGURES} {keys}")
    op.execute("INSERT INTO changed_day (day) SELECT DISTINCT day FROM play")
    op.drop_table("tally")


def _make_plays_anew() -> None:
    op.rename_table("play", "old_play")
    op.execute("ALTER TABLE old_play RENAME CONSTRAINT pk_play TO pk_old_play")
    op.create_table(
        "play",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.Integer(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column(
            "distinct_ms",
            sa.Integer(),
            sa.Computed("multirange_length(watched)", persisted=True),
            nullable=False,
        ),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("completion_percent", sa.SmallInteger(), nullable=False),
        sa.Column("clock", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_excluded", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "is_play",
            sa.Boolean(),
            sa.Computed("NOT is_excluded AND multirange_length(watched) > 3000", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "is_effective",
            sa.Boolean(),
            sa.Computed(
                "NOT is_excluded AND multirange_length(watched) > 3000 AND multirange_length(watched) >= least(30000, duration_ms / 2)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_complete",
            sa.Boolean(),
            sa.Computed(
                "NOT is_excluded AND multirange_length(watched) > 3000 AND multirange_length(watched)::bigint * 100 >= duration_ms::bigint * completion_percent",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("watched", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.CheckConstraint(
            "duration_ms > 0 AND watch_ms >= 0 AND position_ms >= 0", name=op.f("ck_play_lengths")
        ),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_play_hour")),
        sa.CheckConstraint("clock BETWEEN 0 AND 2", name=op.f("ck_play_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_play")),
    )
    op.execute(MOVE_PLAYS)
    op.drop_table("old_play")
    op.create_index("ix_play_lesson_id_day", "play", ["lesson_id", "day"])
    op.create_index("ix_play_box_no_day", "play", ["box_no", "day"])
    op.create_index(
        "ix_play_region_code_day",
        "play",
        ["region_code", "day"],
        postgresql_ops={"region_code": "text_pattern_ops"},
    )
    op.create_index("ix_play_day", "play", ["day"], postgresql_using="brin")
    op.create_index("ix_play_last_at", "play", ["last_at"], postgresql_using="brin")
