"""Sums by a key, from whatever tally has them; the statements are in sql/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.desk.asked import Asked
from app.desk.sources import DIGITS_BELOW, Key, Piece, Source, pieces_of
from app.desk.subjects import Subject
from player_api.reports.kept import require_plays

SQL = Path(__file__).parent / "sql"
# What cells are summed by, and of which columns it is made; a month's cell has its first day.
KEYS: Mapping[Key, tuple[str, str]] = {
    "total": ("0", "day"),
    "course": ("course_id", "course_id"),
    "lesson": ("lesson_id", "lesson_id"),
    "region": ("left(region_code, %(digits)s::int)", "region_code"),
    "day": ("day", "day"),
    "week": ("date_trunc('week', day::timestamp)::date", "day"),
    "month": ("date_trunc('month', day::timestamp)::date", "day"),
    "hour": ("hour", "hour"),
    "weekhour": ("extract(isodow FROM day)::int * 100 + hour", "day, hour"),
}
# Of what is kept for counties and for prefectures: the statement, the tally and its place.
PLACES: Mapping[Source, tuple[str, str, str]] = {
    "hour": ("hour", "tally_hour", "county_code"),
    "month": ("month", "tally_month", "county_code"),
    "prefecture_hour": ("hour", "tally_prefecture_hour", "prefecture_code"),
    "prefecture_month": ("month", "tally_prefecture_month", "prefecture_code"),
}
# Of the tallies, courses say it; of the plays, the lessons, for those have the index.
ONLY_COURSES = "AND {table}.course_id = ANY(%(courses)s)"
ONLY_LESSONS = "AND {table}.lesson_id = ANY(%(lessons)s)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The figures of some plays."""

    plays: int = 0
    effective: int = 0
    completed: int = 0
    watch_ms: int = 0
    distinct_ms: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            plays=self.plays + other.plays,
            effective=self.effective + other.effective,
            completed=self.completed + other.completed,
            watch_ms=self.watch_ms + other.watch_ms,
            distinct_ms=self.distinct_ms + other.distinct_ms,
        )


NOTHING = Sums()


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """The figures of some plays now, and of those of another time.

    compared: of now, what is set against ``before``: while a period still runs, the part of it
    that is over.
    """

    now: Sums = NOTHING
    compared: Sums = NOTHING
    before: Sums = NOTHING

    def __add__(self, other: Times) -> Times:
        return Times(
            now=self.now + other.now,
            compared=self.compared + other.compared,
            before=self.before + other.before,
        )


NEVER = Times()


def total_of(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    return sum(sums, NOTHING)


def together(times: Iterable[Times]) -> Times:
    """The same of several times."""
    return sum(times, NEVER)


def sums_by(session: Session, asked: Asked, subject: Subject, key: Key) -> dict[Any, Sums]:
    """The sums of the question by the key; where nothing was played there is no entry.

    Raises PlaysReduced where no tally has them, and the plays of so long ago are gone.
    """
    pieces = pieces_of(asked, key, is_everything=subject.is_everything)
    for piece in pieces:
        if piece.source == "play":
            require_plays(session, piece.start)
    if not pieces:
        return {}
    return _sums(session, asked, subject, key, pieces, "", {})


def sums_of_plays(
    session: Session, asked: Asked, subject: Subject, further: str, values: Mapping[str, Any]
) -> Sums:
    """The sums of those plays of the question that fulfil further conditions."""
    pieces = [Piece(source="play", start=asked.start, end=asked.end)]
    return total_of(_sums(session, asked, subject, "total", pieces, further, values).values())


def _sums(
    session: Session,
    asked: Asked,
    subject: Subject,
    key: Key,
    pieces: Sequence[Piece],
    further: str,
    further_values: Mapping[str, Any],
) -> dict[Any, Sums]:
    statement = _statement("sums").format(
        key=KEYS[key][0],
        columns=KEYS[key][1],
        cells=" UNION ALL ".join(
            _cells(piece, number, subject, further) for number, piece in enumerate(pieces)
        ),
    )
    values = {**region_values(asked, subject), **_days(pieces), **further_values}
    values["digits"] = DIGITS_BELOW[len(asked.region)]
    rows = session.connection().exec_driver_sql(statement, values)
    return {
        row[0]: Sums(
            plays=row[1], effective=row[2], completed=row[3], watch_ms=row[4], distinct_ms=row[5]
        )
        for row in rows
    }


def total(session: Session, asked: Asked, subject: Subject) -> Sums:
    """The sums of the whole question."""
    return total_of(sums_by(session, asked, subject, "total").values())


def region_values(asked: Asked, subject: Subject) -> dict[str, Any]:
    """What every statement is told: codes from low to high are the region and all below it."""
    return {
        "low": asked.region,
        "high": asked.region + "9" * 9,
        "courses": list(subject.courses or ()),
        "lessons": list(subject.lessons or ()),
    }


def plays_statement(subject: Subject, further: str = "") -> str:
    """The plays of a question, as they are on record."""
    return _statement("plays").format(only=_only("play", subject) + further)


def _cells(piece: Piece, number: int, subject: Subject, further: str) -> str:
    table = "play" if piece.source == "play" else "tally"
    statement, tally, place = PLACES.get(piece.source, (piece.source, "", ""))
    cells = _statement(statement).replace("{only}", _only(table, subject) + further)
    cells = cells.replace("{table}", tally).replace("{place}", place)
    # Each piece has days of its own.
    for name in ("start", "end", "hours"):
        cells = cells.replace(f"%({name})s", f"%({name}_{number})s")
    return cells


def _only(table: str, subject: Subject) -> str:
    if subject.is_everything:
        return ""
    if table == "play":
        return ONLY_LESSONS.format(table=table)
    only = ONLY_COURSES.format(table=table)
    return f"{only} {ONLY_LESSONS.format(table=table)}" if subject.kind == "lesson" else only


def _days(pieces: Sequence[Piece]) -> dict[str, Any]:
    return {
        **{f"start_{number}": piece.start for number, piece in enumerate(pieces)},
        **{f"end_{number}": piece.end for number, piece in enumerate(pieces)},
        **{f"hours_{number}": piece.hours for number, piece in enumerate(pieces)},
    }


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
