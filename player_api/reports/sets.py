"""Sets of boxes made from plays, as rollups.py keeps them and recounts.py holds them to plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from psycopg import Connection
from pyroaring import BitMap
from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.reports.periods import MARK
from player_api.reports.queries import rows
from player_api.reports.reach import ALL_LESSONS, DIGITS, LESSON_DIGITS

# By region and lesson; ALL_LESSONS for all of them together.
Sets = dict[tuple[str, int], BitMap]

FORGET = text("DELETE FROM reach WHERE grain = :grain AND start = :start")
KEEP = "COPY reach (grain, start, region_code, lesson_id, boxes) FROM STDIN"


def leaves(session: Session, start: date, end: date) -> Sets:
    """The boxes of each county's lessons; a box above the counties is in its own region's."""
    found = rows(session, "reach_leaves", start=start, end=end)
    return {(row.region_code, row.lesson_id): BitMap(row.boxes) for row in found}


def sets_of_day(found: Sets, with_lessons: bool) -> Sets:
    """What is kept of a day with these leaves; with_lessons: and of its single lessons."""
    if not with_lessons:
        return _summed(found, DIGITS, ())
    return {**_summed(found, DIGITS, LESSON_DIGITS), (MARK, ALL_LESSONS): BitMap()}


def sets_of_month(found: Sets) -> Sets:
    """What is kept of a whole month with these leaves."""
    return {**_summed(found, DIGITS, DIGITS), (MARK, ALL_LESSONS): BitMap()}


def replace_sets(session: Session, grain: str, start: date, sets: Sets) -> None:
    """Keep these sets of the day or month, and no other."""
    session.execute(FORGET, {"grain": grain, "start": start})
    connection = cast("Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor().copy(KEEP) as copy:
        for row in _sorted_rows(grain, start, sets):
            copy.write_row(row)


def written(boxes: BitMap) -> bytes:
    """The set as the database has it."""
    boxes.run_optimize()
    return boxes.serialize()


def read_set(boxes: bytes | None) -> BitMap:
    """The set that the database has; one that can't be read has no box."""
    try:
        return BitMap.deserialize(boxes) if boxes else BitMap()
    except ValueError:
        return BitMap()


def _summed(found: Sets, digits: Sequence[int], lesson_digits: Sequence[int]) -> Sets:
    """Each region's set of all lessons, and of every lesson where the digits say so."""
    parts: dict[tuple[str, int], list[BitMap]] = defaultdict(list)
    for (code, lesson), boxes in found.items():
        for above in {code[:length] for length in digits if len(code) >= length}:
            parts[above, ALL_LESSONS].append(boxes)
            if len(above) in lesson_digits:
                parts[above, lesson].append(boxes)
    return {key: BitMap.union(*sets) for key, sets in parts.items()}


def _sorted_rows(grain: str, start: date, sets: Sets) -> Iterable[tuple[Any, ...]]:
    for (code, lesson), boxes in sorted(sets.items(), key=lambda one: one[0]):
        yield grain, start, code, lesson, written(boxes)
