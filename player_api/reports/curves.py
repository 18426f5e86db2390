"""Which steps of lessons their plays saw: counted from plays, and kept for whole months.

A step counts as seen by a play that saw its middle. The ranges of a play never overlap, so it
counts at most once in each step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.definitions import RETENTION_STEP_MS
from player_api.reports.periods import MARK
from player_api.reports.queries import rows

# Curves are kept for provinces and prefectures: a county's plays of a lesson are quickly read, and
# its curves would take ten times as much room.
DIGITS = (2, 4)

FORGET = text("DELETE FROM curve WHERE month = :month")
KEEP = text(
    "INSERT INTO curve (month, region_code, lesson_id, duration_ms, plays, seen)"
    " VALUES (:month, :region, :lesson, :duration_ms, :plays, :seen)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """How many plays there are, and how many saw each step of the lesson of this length."""

    duration_ms: int
    plays: int
    seen: list[int]


# By region and lesson.
Curves = dict[tuple[str, int], Curve]


def lengths(session: Session, lessons: Sequence[int] | None = None) -> dict[int, int]:
    """How long lessons are: their videos now, or as long as plays ever said. None for all."""
    found = rows(session, "lengths", lessons=lessons)
    return {row.lesson_id: row.duration_ms for row in found}


def middles_ms(duration_ms: int) -> list[int]:
    """The middle of each step; the last step is what is left of the lesson."""
    whole = max(0, -(-duration_ms // RETENTION_STEP_MS) - 1)
    middles = [number * RETENTION_STEP_MS + RETENTION_STEP_MS // 2 for number in range(whole)]
    return [*middles, (whole * RETENTION_STEP_MS + duration_ms) // 2]


def curves(
    session: Session,
    lessons: Mapping[int, int],
    *,
    start: date,
    end: date,
    region: str = "",
    digits: int = 0,
) -> Curves:
    """Counted from the plays from start to end, both included.

    lessons: each lesson's length in ms. digits: how far codes tell regions apart.
    """
    middles = {lesson: middles_ms(duration_ms) for lesson, duration_ms in lessons.items()}
    found = rows(
        session,
        "curves",
        lessons=list(middles),
        wholes=[len(one) - 1 for one in middles.values()],
        last_middles_ms=[one[-1] for one in middles.values()],
        start=start,
        end=end,
        region=region,
        digits=digits,
        step_ms=RETENTION_STEP_MS,
    )
    plays: dict[tuple[str, int], int] = {}
    changes: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for row in found:
        key = row.region_code, row.lesson_id
        if row.step is None:
            plays[key] = row.change
        else:
            changes[key][row.step] = row.change
    return {
        key: Curve(
            duration_ms=lessons[key[1]],
            plays=number,
            seen=list(
                accumulate(changes[key].get(step, 0) for step in range(len(middles[key[1]])))
            ),
        )
        for key, number in plays.items()
    }


def curves_of_month(session: Session, month: date, lessons: Mapping[int, int]) -> Curves:
    """What is kept of the month, counted from its plays."""
    leaves = curves(session, lessons, start=month, end=months.last_day(month), digits=max(DIGITS))
    parts: dict[tuple[str, int], list[Curve]] = defaultdict(list)
    for (code, lesson), curve in leaves.items():
        for above in {code[:digits] for digits in DIGITS}:
            parts[above, lesson].append(curve)
    return {key: summed(lessons[key[1]], found) for key, found in parts.items()}


def curve_of(row: Row[Any]) -> Curve:
    """The curve that a row of the table holds."""
    return Curve(duration_ms=row.duration_ms, plays=row.plays, seen=row.seen)


def kept_of_month(session: Session, month: date) -> Curves:
    """What is kept of the month."""
    found = rows(session, "curves_of_month", month=month)
    return {(row.region_code, row.lesson_id): curve_of(row) for row in found}


def keep(session: Session, month: date) -> None:
    """Make the month's curves anew, of lessons as long as they are now."""
    counted = curves_of_month(session, month, lengths(session))
    kept = {(MARK, 0): Curve(duration_ms=0, plays=0, seen=[]), **counted}
    session.execute(FORGET, {"month": month})
    session.execute(
        KEEP,
        [
            {"month": month, "region": code, "lesson": lesson, **asdict(kept[code, lesson])}
            for code, lesson in sorted(kept)
        ],
    )


def summed(duration_ms: int, found: Iterable[Curve]) -> Curve:
    """All of them together; each is of a lesson of this length."""
    same = list(found)
    nothing = [0] * len(middles_ms(duration_ms))
    return Curve(
        duration_ms=duration_ms,
        plays=sum(curve.plays for curve in same),
        seen=[sum(step) for step in zip(nothing, *(curve.seen for curve in same), strict=True)],
    )
