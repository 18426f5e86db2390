"""Regions, boxes, plays and tallies: who watched what, where and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Region(Base):
    """A place by its official code; a child's code starts with its parent's."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("level IN ('province','prefecture','county','township')", name="level"),
    )

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    valid_from: Mapped[date] = mapped_column(server_default="1949-10-01")
    valid_to: Mapped[date | None]


class Box(Base):
    """A set-top box: a household or a village hall, never a person."""

    __tablename__ = "box"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    region_code: Mapped[str] = mapped_column(String(9))
    model: Mapped[str] = mapped_column(server_default="")
    engine: Mapped[str] = mapped_column(server_default="")
    card_number: Mapped[str | None] = mapped_column(unique=True)
    token_version: Mapped[int] = mapped_column(server_default="1")
    registered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    revoked_at: Mapped[datetime | None]


class Favourite(Base):
    """A course that a box marked."""

    __tablename__ = "favourite"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("box.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    marked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Play(Base):
    """One play: the union of all its events, in whatever order and how often they came.

    watched: the parts of the lesson seen, in ms. The generated columns are the definitions of
    what counts; the tallies are their sums.
    """

    __tablename__ = "play"
    __table_args__ = (
        CheckConstraint("duration_ms > 0 AND watch_ms >= 0 AND position_ms >= 0", name="lengths"),
        Index("ix_play_day_lesson_id", "day", "lesson_id"),
        Index("ix_play_box_id_last_at", "box_id", "last_at"),
        Index("ix_play_lesson_id_started_at", "lesson_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    box_id: Mapped[UUID]
    course_id: Mapped[int]
    lesson_id: Mapped[int]
    region_code: Mapped[str] = mapped_column(String(9))
    day: Mapped[date]
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    seq: Mapped[int]
    duration_ms: Mapped[int]
    completion_percent: Mapped[int] = mapped_column(SmallInteger)
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE)
    watch_ms: Mapped[int]
    position_ms: Mapped[int]
    state: Mapped[str]
    distinct_ms: Mapped[int] = mapped_column(Computed("multirange_length(watched)", persisted=True))
    is_play: Mapped[bool] = mapped_column(
        Computed("multirange_length(watched) > 3000", persisted=True)
    )
    is_effective: Mapped[bool] = mapped_column(
        Computed(
            "multirange_length(watched) > 3000"
            " AND multirange_length(watched) >= least(30000, duration_ms / 2)",
            persisted=True,
        )
    )
    is_complete: Mapped[bool] = mapped_column(
        Computed(
            "multirange_length(watched) > 3000"
            " AND multirange_length(watched)::bigint * 100"
            " >= duration_ms::bigint * completion_percent",
            persisted=True,
        )
    )


class Tally(Base):
    """Sums over the plays of one day, region and lesson, kept in the plays' transactions."""

    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0"
            " AND watch_ms >= 0 AND distinct_ms >= 0",
            name="not_negative",
        ),
        Index("ix_tally_course_id_day", "course_id", "day"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)
    plays: Mapped[int]
    effective: Mapped[int]
    completed: Mapped[int]
    watch_ms: Mapped[int] = mapped_column(BigInteger)
    distinct_ms: Mapped[int] = mapped_column(BigInteger)
