"""Regions, boxes and plays: who watched what, where and when. Sums: reports/tables.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.db import Base

# The form of a region's code.
CODE = "~ '^[0-9]{2,9}$'"
# The form of the code that a box may have.
BOX_CODE = "~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$'"


class OneByte(UserDefinedType[str]):
    """PostgreSQL's type of one byte; a text of one letter takes two."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return '"char"'


class Region(Base):
    """A place by its official code; a child's code starts with its parent's."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(
            "level = CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'prefecture'"
            " WHEN 6 THEN 'county' WHEN 9 THEN 'township' END",
            name="level",
        ),
        CheckConstraint(f"code {CODE}", name="code"),
        CheckConstraint("code LIKE parent_code || '_%'", name="parent"),
        CheckConstraint("valid_to > valid_from", name="validity"),
    )

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    valid_from: Mapped[date] = mapped_column(server_default="1949-10-01")
    # The first day on which there is no such place any more.
    valid_to: Mapped[date | None]


class Box(Base):
    """A set-top box: a household or a village hall, never a person."""

    __tablename__ = "box"
    __table_args__ = (
        CheckConstraint(f"region_code {BOX_CODE}", name="region_code"),
        # Which boxes came or went since a roster was made (reports/coverage.py).
        Index("ix_box_registered_at", "registered_at", postgresql_using="brin"),
        Index("ix_box_revoked_at", "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    # Plays name their box by this: a quarter of the bytes of its id.
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    # Where it is now; box_region knows since when, and where it was before.
    region_code: Mapped[str] = mapped_column(String(9))
    model: Mapped[str] = mapped_column(server_default="")
    engine: Mapped[str] = mapped_column(server_default="")
    card_number: Mapped[str | None] = mapped_column(unique=True)
    token_version: Mapped[int] = mapped_column(server_default="1")
    registered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    revoked_at: Mapped[datetime | None]


class BoxRegion(Base):
    """Where a box stood from a moment on: a move leaves the plays before it where they were."""

    __tablename__ = "box_region"
    __table_args__ = (
        CheckConstraint(f"region_code {BOX_CODE}", name="region_code"),
        Index(
            "ix_box_region_valid_from",
            "valid_from",
            postgresql_where=text("valid_from > '-infinity'"),
        ),
    )

    box_no: Mapped[int] = mapped_column(ForeignKey("box.number"), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True, server_default="-infinity")
    region_code: Mapped[str] = mapped_column(String(9))


class Provision(Base):
    """A smart card that the operator gave out, and where its box stands.

    retired_at: taken off the list; a box with the card can't introduce itself where boxes must
    be listed.
    """

    __tablename__ = "provision"
    __table_args__ = (CheckConstraint("length(card_number) BETWEEN 1 AND 64", name="card_number"),)

    card_number: Mapped[str] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    model: Mapped[str] = mapped_column(server_default="")
    listed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    retired_at: Mapped[datetime | None]


class BoxFlag(Base):
    """An invalid user by the standard: nothing that the box played on that day counts.

    lifted_at: an operator found that it was a household after all; the day counts again.
    """

    __tablename__ = "box_flag"

    box_no: Mapped[int] = mapped_column(ForeignKey("box.number"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]
    actions: Mapped[int] = mapped_column(BigInteger)
    flagged_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]


class BoxSettings(Base):
    """What a household set on its box; what it did not set is not there."""

    __tablename__ = "box_settings"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("box.id"), primary_key=True)
    chosen: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Favourite(Base):
    """A course that a box marked."""

    __tablename__ = "favourite"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("box.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    marked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PlayTerms(Base):
    """What a lesson was when plays of it began: many plays name it by its number."""

    __tablename__ = "play_terms"
    __table_args__ = (
        CheckConstraint("duration_ms > 0", name="duration"),
        UniqueConstraint(
            "lesson_id",
            "course_id",
            "duration_ms",
            "completion_percent",
            name="uq_play_terms_lesson_id",
        ),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int]
    course_id: Mapped[int]
    duration_ms: Mapped[int]
    completion_percent: Mapped[int] = mapped_column(SmallInteger)


class PlayRow(Base):
    """A play in as few bytes as it takes; ``Play`` says what it means.

    start_ms: since the midnight of ``day`` in UTC. lived_ms: from the first event to the last.
    region_no: the region's code as a number, see region_no_of. state_letter: of events.LETTERS.
    The columns stand in the order of their alignment, the widest first: it saves bytes.
    """

    __tablename__ = "play_row"
    __table_args__ = (
        CheckConstraint("lived_ms >= 0 AND watch_ms >= 0 AND position_ms >= 0", name="lengths"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("clock IN ('0', '1', '2')", name="clock"),
        # Keys that many plays share: the index keeps each once, and an update of a play that
        # leaves them alone touches no index.
        Index("ix_play_row_terms_no_day", "terms_no", "day"),
        # No day here: a box plays on many days, and each pair would need an entry of its own.
        Index("ix_play_row_box_no", "box_no"),
        Index("ix_play_row_region_no_day", "region_no", "day"),
        Index("ix_play_row_day", "day", postgresql_using="brin"),
        # And ix_play_row_last_at, of the view's last_at: migration 0020.
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    start_ms: Mapped[int]
    lived_ms: Mapped[int]
    box_no: Mapped[int]
    terms_no: Mapped[int]
    region_no: Mapped[int]
    seq: Mapped[int]
    watch_ms: Mapped[int]
    position_ms: Mapped[int]
    distinct_ms: Mapped[int] = mapped_column(Computed("multirange_length(watched)", persisted=True))
    hour: Mapped[int] = mapped_column(SmallInteger)
    people: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    is_excluded: Mapped[bool] = mapped_column(server_default="false")
    clock: Mapped[str] = mapped_column(OneByte, server_default="0")
    state_letter: Mapped[str] = mapped_column(OneByte)
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE)


class Play(Base):
    """One play: the union of all its events, in whatever order and how often they came. A view.

    watched: the parts of the lesson seen, in ms. is_play, is_effective, is_complete: the
    definitions of what counts; the tallies are their sums. day, hour: by the calendar of the
    settings. clock: how far the box's clock was believed, 0 good, 1 corrected, 2 poor. people:
    present in front of the box of a village hall, as the group said; 0 in a household.
    is_excluded: by a flag of its box on its day; never deleted, and counts again when the flag is
    lifted.
    """

    __tablename__ = "play"
    __table_args__ = {"info": {"is_view": True}}  # noqa: RUF012 (SQLAlchemy's form)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    box_no: Mapped[int]
    course_id: Mapped[int]
    lesson_id: Mapped[int]
    day: Mapped[date]
    seq: Mapped[int]
    duration_ms: Mapped[int]
    watch_ms: Mapped[int]
    position_ms: Mapped[int]
    distinct_ms: Mapped[int]
    hour: Mapped[int]
    completion_percent: Mapped[int]
    clock: Mapped[int]
    people: Mapped[int]
    is_excluded: Mapped[bool]
    is_play: Mapped[bool]
    is_effective: Mapped[bool]
    is_complete: Mapped[bool]
    region_code: Mapped[str]
    region_no: Mapped[int]
    state: Mapped[str]
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE)
