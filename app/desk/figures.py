"""Sums over tallies, and the plays below them; the statements are in sql/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.desk.asked import Asked

SQL = Path(__file__).parent / "sql"
# Codes have two digits for the province, four, six, and nine for a township.
DIGITS_BELOW = {0: 4, 2: 4, 4: 6, 6: 9, 9: 9}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """The figures of some plays."""

    plays: int = 0
    effective: int = 0
    completed: int = 0
    watch_ms: int = 0


def sums_of(rows: Iterable[Any]) -> Sums:
    """The total of rows that have figures."""
    found = list(rows)
    return Sums(
        plays=sum(row.plays for row in found),
        effective=sum(row.effective for row in found),
        completed=sum(row.completed for row in found),
        watch_ms=sum(row.watch_ms for row in found),
    )


def by_course(session: Session, asked: Asked) -> Sequence[Row[Any]]:
    """A row a course that was played."""
    return _rows(session, "by_course", asked)


def by_lesson(session: Session, asked: Asked, course_id: int) -> Sequence[Row[Any]]:
    """A row a lesson of the course that was played."""
    return _rows(session, "by_lesson", asked, course_id=course_id)


def by_day(
    session: Session, asked: Asked, course_id: int | None = None, lesson_id: int | None = None
) -> Sequence[Row[Any]]:
    """A row for every day of the period."""
    return _rows(session, "by_day", asked, course_id=course_id, lesson_id=lesson_id)


def by_region(session: Session, asked: Asked) -> Sequence[Row[Any]]:
    """A row a region directly below the one asked for."""
    digits = DIGITS_BELOW.get(len(asked.region), 9)
    return _rows(session, "by_region", asked, digits=digits)


def boxes(session: Session, asked: Asked, course_id: int | None = None) -> int:
    """How many boxes watched something that counts."""
    return int(_rows(session, "boxes", asked, course_id=course_id)[0][0])


def plays(
    session: Session, asked: Asked, lesson_id: int, *, limit: int | None = None, offset: int = 0
) -> Sequence[Row[Any]]:
    """The plays of a lesson, newest first."""
    return _rows(session, "plays", asked, lesson_id=lesson_id, limit=limit, offset=offset)


def plays_count(session: Session, asked: Asked, lesson_id: int) -> Row[Any]:
    """How many plays the lesson has on record, and the sums of those that count."""
    return _rows(session, "plays_count", asked, lesson_id=lesson_id)[0]


def _rows(session: Session, name: str, asked: Asked, **others: Any) -> Sequence[Row[Any]]:
    values = {"start": asked.start, "end": asked.end, "region": asked.region, **others}
    return session.connection().exec_driver_sql(_statement(name), values).all()


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
