"""Plays in fewer bytes: rows of their own, and a view that tells what they say.

Revision: 0020, after 0019. Plays are made anew from the old ones; while that goes on, and until
the server is renewed, its collector answers with errors, and boxes keep their events.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# player_api.fold.FOLD_LOCK: no fold is under way while plays are moved.
FOLD_LOCK = 5201910


class OneByte(UserDefinedType[str]):
    """PostgreSQL's type of one byte; a text of one letter takes two."""

    def get_col_spec(self, **_: Any) -> str:
        return '"char"'


# A region's number: its code with zeroes behind, and in the last two bits how long the code is; so
# the numbers of a region and all below it follow each other, and fit into four bytes. A beginning
# of a code that is no code itself has a number before all that begin with it.
# None of the functions is STRICT, which would keep them from becoming a part of the statement.
FUNCTIONS = (
    """
CREATE FUNCTION region_no_of(code text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((rpad(code, 9, '0')::int - 500000000) << 2)
    | CASE WHEN length(code) <= 2 THEN 0 WHEN length(code) <= 4 THEN 1
        WHEN length(code) <= 6 THEN 2 ELSE 3 END
""",
    """
CREATE FUNCTION last_region_no_in(code text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((rpad(code, 9, '9')::int - 500000000) << 2) | 3
""",
    """
CREATE FUNCTION region_code_of(region_no int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(
    lpad(((region_no >> 2) + 500000000)::text, 9, '0'), (ARRAY[2, 4, 6, 9])[(region_no & 3) + 1]
)
""",
    """
CREATE FUNCTION is_play(is_excluded boolean, distinct_ms int) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT is_excluded AND distinct_ms > 3000
""",
    """
CREATE FUNCTION is_effective(is_excluded boolean, distinct_ms int, duration_ms int)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT is_excluded AND distinct_ms > 3000 AND distinct_ms >= least(30000, duration_ms / 2)
""",
    """
CREATE FUNCTION is_complete(
    is_excluded boolean, distinct_ms int, duration_ms int, completion_percent smallint
)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT is_excluded AND distinct_ms > 3000
    AND distinct_ms::bigint * 100 >= duration_ms::bigint * completion_percent
""",
)
SIGNATURES = (
    "region_no_of(text)",
    "last_region_no_in(text)",
    "region_code_of(int)",
    "is_play(boolean, int)",
    "is_effective(boolean, int, int)",
    "is_complete(boolean, int, int, smallint)",
)
# player_api.events.LETTERS
STATE = """
CASE play_row.state_letter
    WHEN 'p' THEN 'playing' WHEN 'a' THEN 'paused' WHEN 'e' THEN 'ended' WHEN 'x' THEN 'stopped'
    WHEN 's' THEN 'starting' WHEN 'k' THEN 'seeking' WHEN 'r' THEN 'buffering'
    WHEN 'f' THEN 'failed' WHEN 'd' THEN 'preloading' ELSE 'unknown'
END
"""
# An index can only be of what never changes: so says the time zone.
LAST_AT = """
(
    (
        play_row.day::timestamp
        + (play_row.start_ms::bigint + play_row.lived_ms) * interval '1 millisecond'
    ) AT TIME ZONE 'UTC'
)
"""
VIEW = f"""
CREATE VIEW play AS
SELECT
    play_row.id,
    (play_row.day::timestamp + play_row.start_ms * interval '1 millisecond') AT TIME ZONE 'UTC'
        AS started_at,
    {LAST_AT} AS last_at,
    play_row.box_no, play_terms.course_id, play_terms.lesson_id, play_row.day, play_row.seq,
    play_terms.duration_ms, play_row.watch_ms, play_row.position_ms, play_row.distinct_ms,
    play_row.hour, play_terms.completion_percent, play_row.clock::text::smallint AS clock,
    play_row.people,
    play_row.is_excluded,
    is_play(play_row.is_excluded, play_row.distinct_ms) AS is_play,
    is_effective(play_row.is_excluded, play_row.distinct_ms, play_terms.duration_ms)
        AS is_effective,
    is_complete(
        play_row.is_excluded, play_row.distinct_ms, play_terms.duration_ms,
        play_terms.completion_percent
    ) AS is_complete,
    region_code_of(play_row.region_no) AS region_code,
    play_row.region_no,
    {STATE} AS state,
    play_row.watched
FROM play_row
JOIN play_terms ON play_terms.number = play_row.terms_no
"""
LETTER = """
CASE state
    WHEN 'playing' THEN 'p' WHEN 'paused' THEN 'a' WHEN 'ended' THEN 'e' WHEN 'stopped' THEN 'x'
    WHEN 'starting' THEN 's' WHEN 'seeking' THEN 'k' WHEN 'buffering' THEN 'r'
    WHEN 'failed' THEN 'f' WHEN 'preloading' THEN 'd' ELSE 'u'
END::"char"
"""
MIDNIGHT = "day::timestamp AT TIME ZONE 'UTC'"
MOVE_TERMS = """
INSERT INTO play_terms (lesson_id, course_id, duration_ms, completion_percent)
SELECT DISTINCT lesson_id, course_id, duration_ms, completion_percent FROM old_play
ORDER BY lesson_id, course_id, duration_ms, completion_percent
"""
MOVE_PLAYS = f"""
INSERT INTO play_row (id, day, start_ms, lived_ms, box_no, terms_no, region_no, seq, watch_ms,
    position_ms, hour, clock, people, is_excluded, state_letter, watched)
SELECT old.id, old.day, extract(epoch FROM old.started_at - {MIDNIGHT}) * 1000,
    least(2147483647, extract(epoch FROM old.last_at - old.started_at) * 1000),
    old.box_no, terms.number, region_no_of(old.region_code), old.seq, old.watch_ms,
    old.position_ms, old.hour, old.clock::text::"char", old.people, old.is_excluded, {LETTER},
    old.watched
FROM old_play AS old
JOIN play_terms AS terms USING (lesson_id, course_id, duration_ms, completion_percent)
ORDER BY old.id
"""
MOVE_BACK = """
INSERT INTO play (id, started_at, last_at, box_no, course_id, lesson_id, day, seq, duration_ms,
    watch_ms, position_ms, hour, completion_percent, clock, people, is_excluded, region_code, state,
    watched)
SELECT id, started_at, last_at, box_no, course_id, lesson_id, day, seq, duration_ms,
    watch_ms, position_ms, hour, completion_percent, clock, people, is_excluded, region_code, state,
    watched
FROM told_play ORDER BY id
"""
ODD_PLACES = """
SELECT count(*) FROM box FULL JOIN box_region ON box_region.box_no = box.number
WHERE length(coalesce(box.region_code, '52')) NOT IN (2, 4, 6, 9)
    OR length(coalesce(box_region.region_code, '52')) NOT IN (2, 4, 6, 9)
"""
CODE = "~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$'"
OLD_CODE = "~ '^[0-9]{2,9}$'"


def upgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({FOLD_LOCK})")
    odd = op.get_bind().execute(sa.text(ODD_PLACES)).scalar_one()
    if odd:
        raise ValueError(
            f"{odd} boxes are, or were, in places whose codes have not 2, 4, 6 or 9 digits:"
            " update box and box_region, and NONGKE_REGION, to codes of the table region."
        )
    for function in FUNCTIONS:
        op.execute(function)
    _constrain_codes(CODE)
    op.rename_table("play", "old_play")
    _create_terms()
    _create_rows()
    op.execute(MOVE_TERMS)
    op.execute(MOVE_PLAYS)
    op.drop_table("old_play")
    # Ids come in the order of time, so that few have to be put between others: no room is left.
    op.execute(
        "ALTER TABLE play_row ADD CONSTRAINT pk_play_row PRIMARY KEY (id) WITH (fillfactor = 100)"
    )
    op.create_index("ix_play_row_terms_no_day", "play_row", ["terms_no", "day"])
    op.create_index("ix_play_row_box_no", "play_row", ["box_no"])
    op.create_index("ix_play_row_region_no_day", "play_row", ["region_no", "day"])
    op.create_index("ix_play_row_day", "play_row", ["day"], postgresql_using="brin")
    op.execute(f"CREATE INDEX ix_play_row_last_at ON play_row USING brin ({LAST_AT})")
    op.execute(VIEW)
    op.execute("UPDATE counting_rules SET version = 2")


def _constrain_codes(form: str) -> None:
    for table, column, name in (
        ("box", "region_code", "ck_box_region_code"),
        ("box_region", "region_code", "ck_box_region_region_code"),
    ):
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, f"{column} {form}")


def _create_terms() -> None:
    op.create_table(
        "play_terms",
        sa.Column("number", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("completion_percent", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_play_terms_duration")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_play_terms")),
        sa.UniqueConstraint(
            "lesson_id",
            "course_id",
            "duration_ms",
            "completion_percent",
            name=op.f("uq_play_terms_lesson_id"),
        ),
    )


def _create_rows() -> None:
    op.create_table(
        "play_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("lived_ms", sa.Integer(), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("terms_no", sa.Integer(), nullable=False),
        sa.Column("region_no", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.Integer(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column(
            "distinct_ms",
            sa.Integer(),
            sa.Computed("multirange_length(watched)", persisted=True),
            nullable=False,
        ),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("people", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_excluded", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("clock", OneByte(), server_default="0", nullable=False),
        sa.Column("state_letter", OneByte(), nullable=False),
        sa.Column("watched", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.CheckConstraint(
            "lived_ms >= 0 AND watch_ms >= 0 AND position_ms >= 0", name=op.f("ck_play_row_lengths")
        ),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_play_row_hour")),
        sa.CheckConstraint("clock IN ('0', '1', '2')", name=op.f("ck_play_row_clock")),
    )


def downgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({FOLD_LOCK})")
    op.execute("UPDATE counting_rules SET version = 1")
    op.execute("ALTER VIEW play RENAME TO told_play")
    _create_old_plays()
    op.execute(MOVE_BACK)
    op.execute("DROP VIEW told_play")
    op.drop_table("play_row")
    op.drop_table("play_terms")
    op.create_index("ix_play_lesson_id_day", "play", ["lesson_id", "day"])
    op.create_index("ix_play_box_no", "play", ["box_no"])
    op.create_index(
        "ix_play_region_code_day",
        "play",
        ["region_code", "day"],
        postgresql_ops={"region_code": "text_pattern_ops"},
    )
    op.create_index("ix_play_day", "play", ["day"], postgresql_using="brin")
    op.create_index("ix_play_last_at", "play", ["last_at"], postgresql_using="brin")
    _constrain_codes(OLD_CODE)
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")


def _create_old_plays() -> None:
    counts = "NOT is_excluded AND multirange_length(watched) > 3000"
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
        sa.Column("people", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_excluded", sa.Boolean(), server_default="false", nullable=False),
        *(
            sa.Column(name, sa.Boolean(), sa.Computed(how, persisted=True), nullable=False)
            for name, how in (
                ("is_play", counts),
                (
                    "is_effective",
                    f"{counts} AND multirange_length(watched) >= least(30000, duration_ms / 2)",
                ),
                (
                    "is_complete",
                    f"{counts} AND multirange_length(watched)::bigint * 100"
                    " >= duration_ms::bigint * completion_percent",
                ),
            )
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
