"""How many different boxes watched: exact for any days, any region, any lessons.

A box that watched on many days counts once, so days can't be summed; sets of box numbers can be
joined. The sets of a day and of a whole month are rolled up (rollups.py); days that changed since
are read from the plays themselves, so an answer never waits for the roll-up and is never stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from pyroaring import BitMap
from sqlalchemy import Row
from sqlalchemy.orm import Session

from player_api.reports.kept import require_plays
from player_api.reports.periods import Days, Parts, lesson_days, months_and_days
from player_api.reports.queries import binary_rows, rows

# Sets are kept for the whole house, prefectures and counties; townships are read from plays.
DIGITS = (2, 4, 6)
# A day's sets of single lessons are kept down to prefectures: in a county a lesson has hardly
# more than one box a day, and its plays are as quickly read.
LESSON_DIGITS = (2, 4)
# Older ones go: of a month's part long ago a course has few plays, and they would take as much
# room as all else together. The longest of the desk's usual periods has 90 days.
LESSON_DAYS = 100
ALL_LESSONS = 0
# Everywhere is the sum of what has two digits: one province, or several.
PROVINCES = [f"{number:02d}" for number in range(100)]

Key = TypeVar("Key", bound=Hashable)


def unique_boxes(
    session: Session,
    *,
    start: date,
    end: date,
    region: str = "",
    lessons: Sequence[int] | None = None,
) -> int:
    """How many boxes watched something that counts from start to end, both included.

    region: an official code of any level, empty for everywhere. lessons: None for all. Raises
    PlaysReduced where only plays could tell, and they are gone.
    """
    if lessons is None:
        return len(heard_boxes(session, start=start, end=end, region=region))
    return len(
        _joined(
            boxes_by_lesson(session, start=start, end=end, region=region, lessons=lessons).values()
        )
    )


def unique_boxes_by(
    session: Session,
    groups: Mapping[Key, Iterable[int]],
    *,
    start: date,
    end: date,
    region: str = "",
) -> dict[Key, int]:
    """How many boxes watched each group of lessons: a course, a category, a tag."""
    sets = boxes_by_lesson(session, start=start, end=end, region=region)
    return {
        key: len(_joined(sets[lesson] for lesson in lessons if lesson in sets))
        for key, lessons in groups.items()
    }


def unique_boxes_by_course(
    session: Session, *, start: date, end: date, region: str = ""
) -> dict[int, int]:
    """How many boxes watched each course; a course that nobody watched is not there."""
    sets = boxes_by_lesson(session, start=start, end=end, region=region)
    courses: dict[int, list[BitMap]] = defaultdict(list)
    for row in rows(session, "course_of_lesson", lessons=list(sets)):
        courses[row.course_id].append(sets[row.lesson_id])
    return {course: len(_joined(found)) for course, found in courses.items()}


def heard_boxes(session: Session, *, start: date, end: date, region: str = "") -> BitMap:
    """The boxes that watched anything that counts."""
    parts = _parts(session, start, end, region, one_by_one=False)
    kept = _kept(session, parts, region, lessons=[ALL_LESSONS], one_by_one=False)
    found = [BitMap.deserialize(row.boxes) for row in kept]
    for days in parts.from_plays:
        rows = _plays(session, days, region, lessons=None, one_by_one=False)
        found += [BitMap(row.boxes) for row in rows if row.boxes]
    return _joined(found)


def boxes_by_lesson(
    session: Session,
    *,
    start: date,
    end: date,
    region: str = "",
    lessons: Sequence[int] | None = None,
) -> dict[int, BitMap]:
    """The boxes that watched each lesson; lessons: None for every one that was watched."""
    # A tuple would be a row to the database, not an array.
    lessons = None if lessons is None else list(lessons)
    parts = _parts(session, start, end, region, one_by_one=True)
    sets: dict[int, list[BitMap]] = defaultdict(list)
    for row in _kept(session, parts, region, lessons=lessons, one_by_one=True):
        sets[row.lesson_id].append(BitMap.deserialize(row.boxes))
    for days in parts.from_plays:
        for row in _plays(session, days, region, lessons=lessons, one_by_one=True):
            sets[row.lesson_id].append(BitMap(row.boxes))
    return {lesson: _joined(found) for lesson, found in sets.items()}


def _parts(session: Session, start: date, end: date, region: str, *, one_by_one: bool) -> Parts:
    """Which months and days have sets for this region, and which must be read from plays."""
    if region and len(region) not in DIGITS:
        return Parts(months=[], days=[], from_plays=[Days(start=start, end=end)])
    parts = months_and_days(session, start, end)
    if not one_by_one:
        return parts
    in_county = region and len(region) not in LESSON_DIGITS
    return parts.with_days(() if in_county else lesson_days(session, parts.days))


def _kept(
    session: Session,
    parts: Parts,
    region: str,
    *,
    lessons: Sequence[int] | None,
    one_by_one: bool,
) -> Sequence[Any]:
    if not parts.months and not parts.days:
        return []
    return binary_rows(
        session,
        "reach_sets",
        months=parts.months,
        days=parts.days,
        regions=[region] if region else PROVINCES,
        lessons=lessons,
        one_by_one=one_by_one,
    )


def _plays(
    session: Session,
    days: Days,
    region: str,
    *,
    lessons: Sequence[int] | None,
    one_by_one: bool,
) -> Sequence[Row[Any]]:
    require_plays(session, days.start)
    name = "reach_plays_by_lesson" if one_by_one else "reach_plays"
    return rows(session, name, start=days.start, end=days.end, region=region, lessons=lessons)


def _joined(sets: Iterable[BitMap]) -> BitMap:
    found = list(sets)
    return BitMap.union(*found) if found else BitMap()
