"""Which parts of a lesson its plays saw: a curve with a point for each step of the lesson.

A step counts as seen by a play that saw its middle. The ranges of a play never overlap, so it
counts at most once in each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy.orm import Session

from player_api.reports.definitions import RETENTION_STEP_MS
from player_api.reports.kept import require_plays
from player_api.reports.queries import rows


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
    require_plays(session, start)
    middles = middles_ms(duration_ms)
    found = rows(
        session,
        "retention",
        lesson_id=lesson_id,
        start=start,
        end=end,
        region=region,
        whole=len(middles) - 1,
        step_ms=RETENTION_STEP_MS,
        last_middle_ms=middles[-1],
    )
    plays = next((row.change for row in found if row.step is None), 0)
    changes = {row.step: row.change for row in found if row.step is not None}
    seen = accumulate(changes.get(number, 0) for number in range(len(middles)))
    bounds = [number * RETENTION_STEP_MS for number in range(len(middles))] + [duration_ms]
    return Retention(
        plays=plays,
        steps=[
            Step(start_ms=first, end_ms=past, plays=alive)
            for first, past, alive in zip(bounds[:-1], bounds[1:], seen, strict=True)
        ],
    )


def middles_ms(duration_ms: int) -> list[int]:
    """The middle of each step; the last step is what is left of the lesson."""
    whole = max(0, -(-duration_ms // RETENTION_STEP_MS) - 1)
    middles = [number * RETENTION_STEP_MS + RETENTION_STEP_MS // 2 for number in range(whole)]
    return [*middles, (whole * RETENTION_STEP_MS + duration_ms) // 2]
