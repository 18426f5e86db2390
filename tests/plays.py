"""Plays as the fold leaves them, put into the database by a statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

# The row of a play that began under these terms; what is not said is as in a household.
ADD_PLAY = text("""
WITH terms AS (
    INSERT INTO play_terms AS there (lesson_id, course_id, duration_ms, completion_percent)
    VALUES (:lesson, :course, :duration_ms, 90)
    ON CONFLICT (lesson_id, course_id, duration_ms, completion_percent)
        DO UPDATE SET lesson_id = there.lesson_id
    RETURNING number
)
INSERT INTO play_row (id, box_no, terms_no, region_no, day, hour, start_ms, lived_ms, seq, watched,
    watch_ms, position_ms, state_letter, is_excluded, people)
SELECT :id, :box, number, region_no_of(:region), :day, :hour, :start_ms, :lived_ms, 1,
    CAST(:watched AS int4multirange), :watch_ms, 0, 'e', :excluded, :people
FROM terms
""")
# Plays that are alive now, for five minutes already; which ones is to be said.
MAKE_ALIVE = (
    "UPDATE play_row SET lived_ms = 300000,"
    " day = CAST(now() - interval '5 min' + interval '8 hours' AS date),"
    " start_ms = extract(epoch FROM now() - interval '5 min' -"
    "  CAST(CAST(now() - interval '5 min' + interval '8 hours' AS date) AS timestamp)"
    "  AT TIME ZONE 'UTC') * 1000"
)


def row_of(
    *,
    play: UUID,
    box: int,
    course: int,
    lesson: int,
    region: str,
    at: datetime,
    watched: str,
    watch_ms: int,
    day: date | None = None,
    alive_s: float = 0,
    duration_ms: int = 60_000,
    excluded: bool = False,
    people: int = 0,
) -> dict[str, Any]:
    """The values of ADD_PLAY. at: with the zone of the house's calendar."""
    day = day or at.date()
    return {
        "id": play,
        "box": box,
        "course": course,
        "lesson": lesson,
        "region": region,
        "day": day,
        "hour": at.hour,
        "start_ms": start_ms(day, at),
        "lived_ms": round(alive_s * 1000),
        "watched": watched,
        "watch_ms": watch_ms,
        "duration_ms": duration_ms,
        "excluded": excluded,
        "people": people,
    }


def start_ms(day: date, at: datetime) -> int:
    """When a play began, since the midnight of its day in UTC."""
    midnight = (day - date(1970, 1, 1)).days * 86_400_000
    return round(at.timestamp() * 1000) - midnight
