"""Which parts of a lesson its plays saw: a curve with a point for each step of the lesson.

Whole months are rolled up (curves.py), and outlive their plays; other days, months that changed
since, and counties are read from plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.curves import DIGITS, Curve, curve_of, curves, summed
from player_api.reports.definitions import RETENTION_STEP_MS
from player_api.reports.kept import require_plays
from player_api.reports.periods import MARK, every_day, months_and_days, runs
from player_api.reports.queries import rows
from player_api.reports.reach import PROVINCES

MARKED = text("SELECT month FROM curve WHERE region_code = :mark AND month = ANY(:months)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Part of a lesson, and how many plays saw it."""

    start_ms: int
    end_ms: int
    plays: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """All plays that count, and the steps of the lesson in their order."""

    plays: int
    steps: Sequence[Step]


def retention(
    session: Session,
    lesson_id: int,
    duration_ms: int,
    *,
    start: date,
    end: date,
    region: str = "",
) -> Retention:
    """The curve of the lesson's plays from start to end, both included. Raises PlaysReduced."""
    found = _kept(session, lesson_id, duration_ms, start, end, region)
    in_months = {day for month in found for day in months.days_of(month)}
    parts = [curve for month in found.values() for curve in month]
    for days in runs(day for day in every_day(start, end) if day not in in_months):
        require_plays(session, days.start, "更早的留存曲线只有整月的，到市州一级。")
        counted = curves(
            session, {lesson_id: duration_ms}, start=days.start, end=days.end, region=region
        )
        parts += counted.values()
    curve = summed(duration_ms, parts)
    bounds = [number * RETENTION_STEP_MS for number in range(len(curve.seen))] + [duration_ms]
    return Retention(
        plays=curve.plays,
        steps=[
            Step(start_ms=first, end_ms=past, plays=alive)
            for first, past, alive in zip(bounds[:-1], bounds[1:], curve.seen, strict=True)
        ],
    )


def _kept(
    session: Session, lesson_id: int, duration_ms: int, start: date, end: date, region: str
) -> dict[date, list[Curve]]:
    """The curves of each month that stands, if they are of the lesson at this length."""
    if region and len(region) not in DIGITS:
        return {}
    whole = list(months_and_days(session, start, end).months)
    marked = session.scalars(MARKED, {"mark": MARK, "months": whole})
    found: dict[date, list[Curve]] = {month: [] for month in marked}
    regions = [region] if region else PROVINCES
    for row in rows(
        session, "curves_kept", months=list(found), regions=regions, lesson_id=lesson_id
    ):
        found[row.month].append(curve_of(row))
    return {
        month: same
        for month, same in found.items()
        if all(curve.duration_ms == duration_ms for curve in same)
    }
