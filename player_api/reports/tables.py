"""Sums over plays, receipts for events, and statements.

Every tally is kept in the transaction of the plays that it sums; each answers other questions,
at a size far below that of the plays.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

NOT_NEGATIVE = (
    "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0"
)


class _Figures:
    """What every tally holds; of plays with at most 3 s seen nothing counts."""

    plays: Mapped[int]
    effective: Mapped[int]
    completed: Mapped[int]
    watch_ms: Mapped[int] = mapped_column(BigInteger)
    distinct_ms: Mapped[int] = mapped_column(BigInteger)


class TallyPlace(_Figures, Base):
    """All lessons together, by day and the plays' own region, mostly a township."""

    __tablename__ = "tally_place"
    __table_args__ = (CheckConstraint(NOT_NEGATIVE, name="not_negative"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)


class TallyHour(_Figures, Base):
    """All lessons together, by day, hour and county (or the shorter code of a box above it)."""

    __tablename__ = "tally_hour"
    __table_args__ = (CheckConstraint(NOT_NEGATIVE, name="not_negative"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    county_code: Mapped[str] = mapped_column(String(6), primary_key=True)


class TallyLesson(_Figures, Base):
    """By day, lesson and prefecture (or the code of the province)."""

    __tablename__ = "tally_lesson"
    __table_args__ = (
        CheckConstraint(NOT_NEGATIVE, name="not_negative"),
        Index("ix_tally_lesson_course_id_day", "course_id", "day"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(String(4), primary_key=True)


class TallyMonth(_Figures, Base):
    """By month, lesson and county: a county's courses over long periods.

    month: its first day.
    """

    __tablename__ = "tally_month"
    __table_args__ = (CheckConstraint(NOT_NEGATIVE, name="not_negative"),)

    county_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)


class TallyPrefectureHour(_Figures, Base):
    """All lessons together, by day, hour and prefecture (or the code of the province)."""

    __tablename__ = "tally_prefecture_hour"
    __table_args__ = (CheckConstraint(NOT_NEGATIVE, name="not_negative"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(String(4), primary_key=True)


class TallyPrefectureMonth(_Figures, Base):
    """By month, lesson and prefecture (or the code of the province): all courses over years."""

    __tablename__ = "tally_prefecture_month"
    __table_args__ = (CheckConstraint(NOT_NEGATIVE, name="not_negative"),)

    month: Mapped[date] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(String(4), primary_key=True)


class TallyGroup(Base):
    """Plays to a group of people, by day, the plays' own region and course.

    plays: those that count; people: how many were present at them together. The people are no part
    of any other figure: a play to a whole village is one play.
    """

    __tablename__ = "tally_group"
    __table_args__ = (CheckConstraint("plays >= 0 AND people >= 0", name="not_negative"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)
    plays: Mapped[int]
    people: Mapped[int] = mapped_column(BigInteger)


class Receipt(Base):
    """What became of the events that arrived on a day from boxes of a region; always balances.

    day: when they arrived. counted: folded into plays. unchanged: said nothing new.
    late: folded into plays of a month that was frozen already. invalid_user: folded, but the
    box is flagged on the play's day. refused: see refusal for the reasons.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint(
            "received = counted + unchanged + late + invalid_user + refused", name="balance"
        ),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    received: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    unchanged: Mapped[int] = mapped_column(BigInteger)
    late: Mapped[int] = mapped_column(BigInteger)
    invalid_user: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)


class Refusal(Base):
    """Why events of a receipt were refused: their number by code."""

    __tablename__ = "refusal"

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[int] = mapped_column(BigInteger)


class ChangedDay(Base):
    """Days whose plays changed; what is rolled up from a day is stale until both are equal."""

    __tablename__ = "changed_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger, server_default="1")
    rolled_up: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Reach(Base):
    """Which boxes watched something that counts: a set of box numbers (a Roaring bitmap).

    grain: ``day`` (lesson_id 0: all lessons) or ``month`` (its first day; 0 and every lesson).
    region_code: a province, prefecture or county; the set holds all boxes below it.
    """

    __tablename__ = "reach"
    __table_args__ = (CheckConstraint("grain IN ('day','month')", name="grain"),)

    grain: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    boxes: Mapped[bytes] = mapped_column(LargeBinary)


class Curve(Base):
    """How many plays of a month saw each step of a lesson, in a province or prefecture.

    month: its first day. duration_ms: the lesson's length, which the last step depends on. plays:
    all that count. A row of no region and no lesson marks a month that was rolled up.
    """

    __tablename__ = "curve"
    __table_args__ = (CheckConstraint("plays >= 0 AND 0 <= ALL (seen)", name="not_negative"),)

    month: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    duration_ms: Mapped[int]
    plays: Mapped[int]
    seen: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Peak(Base):
    """The most plays alive in one minute of a day, in a province, prefecture or county."""

    __tablename__ = "peak"

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    minute: Mapped[int] = mapped_column(SmallInteger)
    plays: Mapped[int]


class Statement(Base):
    """A frozen month; never changed. Each holds the hash of the one before.

    body: the canonical JSON that is hashed and signed (Ed25519 over sha256's bytes).
    """

    __tablename__ = "statement"

    month: Mapped[date] = mapped_column(primary_key=True)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    previous_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)


class MonthCut(Base):
    """The line under a month that is being frozen: what changes below it is late.

    It stands from a short moment in which nothing is folded until the statement is there, which
    is counted while events go on arriving. invalid_users: as the statement must have them.
    """

    __tablename__ = "month_cut"

    month: Mapped[date] = mapped_column(primary_key=True)
    cut_at: Mapped[datetime]
    cut_by: Mapped[str]
    invalid_users: Mapped[dict[str, Any]] = mapped_column(JSONB)


class FrozenPlay(Base):
    """What a play counted when a month was frozen, kept when it changes afterwards.

    frozen_through: the newest month frozen or cut at the time of the change; a play may have a
    row for each. A play that was not there yet has zeroes. So a statement can be made again from
    the plays: a play counts as its first row at or after the statement says, else as it is now.
    ``infinity``: as the play was when it was let go of itself, see Reduction.
    """

    __tablename__ = "frozen_play"

    play_id: Mapped[UUID] = mapped_column(primary_key=True)
    frozen_through: Mapped[date] = mapped_column(primary_key=True)
    day: Mapped[date]
    region_code: Mapped[str] = mapped_column(String(9))
    lesson_id: Mapped[int]
    course_id: Mapped[int]
    box_no: Mapped[int]
    plays: Mapped[int] = mapped_column(SmallInteger)
    effective: Mapped[int] = mapped_column(SmallInteger)
    completed: Mapped[int] = mapped_column(SmallInteger)
    watch_ms: Mapped[int]
    distinct_ms: Mapped[int]


class CountingRules(Base):
    """The one row says by which rules folds keep plays and tallies; see fold.RULES."""

    __tablename__ = "counting_rules"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Reduction(Base):
    """Plays of a month and of all before it are gone; tallies, reach and statements stay.

    through: the newest month without plays, by its first day. plays: how many went with it.
    """

    __tablename__ = "reduction"

    through: Mapped[date] = mapped_column(primary_key=True)
    reduced_at: Mapped[datetime]
    reduced_by: Mapped[str]
    plays: Mapped[int] = mapped_column(BigInteger)


class ReducedPlay(Base):
    """A play that was let go of; it must not begin again, by whatever clock its events come."""

    __tablename__ = "reduced_play"

    play_id: Mapped[UUID] = mapped_column(primary_key=True)


class SearchMiss(Base):
    """Words that households searched for and did not find, by day and county."""

    __tablename__ = "search_miss"

    day: Mapped[date] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    query: Mapped[str] = mapped_column(primary_key=True)
    searches: Mapped[int] = mapped_column(server_default=text("1"))


class Roster(Base):
    """Which boxes stood in a region at a moment: a set of box numbers (a Roaring bitmap).

    region_code: where the boxes are registered, mostly a township. All rows are of one moment.
    """

    __tablename__ = "roster"

    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    as_of: Mapped[datetime]
    boxes: Mapped[bytes] = mapped_column(LargeBinary)
