"""The sums over plays: kept in the plays' transactions, and proved by a recount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

WITHDRAW = (Path(__file__).parent / "tally_withdraw.sql").read_text()
RECOUNT = (Path(__file__).parent / "recount.sql").read_text()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a tally holds; of plays with less than 3 s seen nothing counts."""

    plays: int
    effective: int
    completed: int
    watch_ms: int
    distinct_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one play counted under one key."""

    day: date
    region_code: str
    lesson_id: int
    course_id: int
    figures: Figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A tally that is not the sum over its plays. There must be none."""

    day: date
    region_code: str
    lesson_id: int
    course_id: int
    tallied: Figures
    counted: Figures


def withdraw(session: Session, shares: Sequence[Share]) -> None:
    """Take plays' shares out of the tallies of days that they have left."""
    if not shares:
        return
    keys = ("day", "region_code", "lesson_id", "course_id")
    columns = {key: [getattr(share, key) for share in shares] for key in keys}
    figures = [asdict(share.figures) for share in shares]
    columns |= {name: [row[name] for row in figures] for name in figures[0]}
    session.connection().exec_driver_sql(WITHDRAW, columns)


def recount(session: Session) -> list[Difference]:
    """Compute every tally anew from plays; give those that differ (must be none)."""
    return [
        Difference(
            day=row.day,
            region_code=row.region_code,
            lesson_id=row.lesson_id,
            course_id=row.course_id,
            tallied=_figures(row.tallied),
            counted=_figures(row.counted),
        )
        for row in session.execute(text(RECOUNT.replace("::", "\\:\\:")))
    ]


def _figures(numbers: Sequence[int]) -> Figures:
    plays, effective, completed, watch_ms, distinct_ms = numbers
    return Figures(
        plays=plays,
        effective=effective,
        completed=completed,
        watch_ms=watch_ms,
        distinct_ms=distinct_ms,
    )
