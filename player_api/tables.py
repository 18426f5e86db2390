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
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

# The form of a region's code.
CODE = "~ '^[0-9]{2,9}$'"


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
        CheckConstraint(f"region_code {CODE}", name="region_code"),
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
        CheckConstraint(f"region_code {CODE}", name="region_code"),
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


class Play(Base):
    """One play: the union of all its events, in whatever order and how often they came.

    watched: the parts of the lesson seen, in ms. The generated columns are the definitions of
    what counts; the tallies are their sums. day, hour: by the calendar of the settings.
    clock: how far the box's clock was believed, 0 good, 1 corrected, 2 poor. The columns stand in
    the order of their alignment, the widest first: it saves bytes in every row.
    """

    __tablename__ = "play"
    __table_args__ = (
        CheckConstraint("duration_ms > 0 AND watch_ms >= 0 AND position_ms >= 0", name="lengths"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("clock BETWEEN 0 AND 2", name="clock"),
        # Keys that many plays share: the index keeps each once, and an update of a play that
        # leaves them alone touches no index.
        Index("ix_play_lesson_id_day", "lesson_id", "day"),
        # No day here: a box plays on many days, and each pair would need an entry of its own.
        Index("ix_play_box_no", "box_no"),
        Index(
            "ix_play_region_code_day",
            "region_code",
            "day",
            postgresql_ops={"region_code": "text_pattern_ops"},
        ),
        Index("ix_play_day", "day", postgresql_using="brin"),
        Index("ix_play_last_at", "last_at", postgresql_using="brin"),
    )

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
    distinct_ms: Mapped[int] = mapped_column(Computed("multirange_length(watched)", persisted=True))
    hour: Mapped[int] = mapped_column(SmallInteger)
    completion_percent: Mapped[int] = mapped_column(SmallInteger)
    clock: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # Present in front of the box of a village hall, as the group said; 0 in a household.
    people: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # By a flag of its box on its day; never deleted, and counts again when the flag is lifted.
    is_excluded: Mapped[bool] = mapped_column(server_default="false")
    is_play: Mapped[bool] = mapped_column(
        Computed("NOT is_excluded AND multirange_length(watched) > 3000", persisted=True)
    )
    is_effective: Mapped[bool] = mapped_column(
        Computed(
            "NOT is_excluded AND multirange_length(watched) > 3000"
            " AND multirange_length(watched) >= least(30000, duration_ms / 2)",
            persisted=True,
        )
    )
    is_complete: Mapped[bool] = mapped_column(
        Computed(
            "NOT is_excluded AND multirange_length(watched) > 3000"
            " AND multirange_length(watched)::bigint * 100"
            " >= duration_ms::bigint * completion_percent",
            persisted=True,
        )
    )
    region_code: Mapped[str] = mapped_column(String(9))
    state: Mapped[str]
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE)
