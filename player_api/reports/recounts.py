"""What is rolled up, held to the plays and made anew: sets of boxes, curves, and peaks.

Only what readers trust is compared: days that did not change since they were rolled up, a peak if
the day before stands as well, a month if all its days do. The others are read from plays until
the next roll-up. Where plays were let go there is nothing to count.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from pyroaring import BitMap
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.settings import Settings
from player_api.fold import REDUCE_LOCK
from player_api.reports import curves, months, peaks
from player_api.reports.kept import kept_from
from player_api.reports.periods import (
    A_DAY,
    FRESH_DAYS,
    lesson_days,
    rolled_up_months,
    runs,
)
from player_api.reports.queries import binary_rows, rows
from player_api.reports.rollups import LOCK, ROLLUP_LOCK
from player_api.reports.sets import (
    Sets,
    leaves,
    read_set,
    replace_sets,
    sets_of_day,
    sets_of_month,
    written,
)
from player_api.reports.tallies import Difference, Recounted

NOTHING = BitMap()
# How many rows there are, and what of them is not so.
Compared = tuple[int, list[Difference]]


def recount_rolled_up(session: Session, settings: Settings) -> Iterator[Recounted]:
    """Count sets of boxes, curves and peaks anew, month by month of what stands."""
    fresh = set(session.scalars(FRESH_DAYS, {"start": kept_from(session), "end": date.max}))
    with_peak = [day for day in fresh if day - A_DAY in fresh]
    yield _recounted("reach", _compare_sets(session, fresh))
    yield _recounted("curve", _compare_curves(session, fresh))
    yield _recounted("peak", _compare_peaks(session, with_peak, settings))


def mend_rolled_up(session: Session, settings: Settings, wrong: Iterable[Difference]) -> None:
    """Make the days and months of these differences anew from their plays.

    Events may be folded meanwhile: their days are stale then, and the roll-up's next.
    """
    # Plays must not go between the question whether they are there and the counting.
    session.execute(select(func.pg_advisory_xact_lock_shared(REDUCE_LOCK)))
    session.execute(LOCK, {"number": ROLLUP_LOCK})
    kept = kept_from(session)
    keys = defaultdict(list)
    for one in wrong:
        keys[one.table].append(one.key)
    for grain, start in sorted({(key["grain"], key["start"]) for key in keys["reach"]}):
        if start >= kept:
            replace_sets(session, grain, start, _counted_sets(session, grain, start))
    for month in sorted({key["month"] for key in keys["curve"]}):
        if month >= kept:
            curves.keep(session, month)
    # Of the first day, plays of the evening before would be missing.
    for days in runs({key["day"] for key in keys["peak"] if key["day"] > kept}):
        peaks.keep(session, days, settings)


def _recounted(table: str, compared: Iterator[Compared]) -> Recounted:
    began_at = time.monotonic()
    found = list(compared)
    return Recounted(
        table=table,
        rows=sum(rows for rows, _ in found),
        differences=[one for _, differences in found for one in differences],
        took_s=time.monotonic() - began_at,
    )


def _compare_sets(session: Session, fresh: Iterable[date]) -> Iterator[Compared]:
    """The sets of each day, and of a month that stands: it has the boxes of its days."""
    for month, days in groupby(sorted(fresh), months.month_of):
        of_month: dict[tuple[str, int], BitMap] = defaultdict(BitMap)
        of_month_days = list(days)
        with_lessons = lesson_days(session, of_month_days)
        for day in of_month_days:
            found = leaves(session, day, day)
            for key, boxes in found.items():
                of_month[key] |= boxes
            yield _compare(session, "day", day, sets_of_day(found, day in with_lessons))
        if _stands(session, month, of_month_days):
            yield _compare(session, "month", month, sets_of_month(of_month))


def _stands(session: Session, month: date, fresh: list[date]) -> bool:
    """Whether readers trust what is kept of the whole month; fresh: its days that stand."""
    return fresh == months.days_of(month) and bool(rolled_up_months(session, month, month))


def _compare(session: Session, grain: str, start: date, counted: Sets) -> Compared:
    found = binary_rows(session, "reach_kept", grain=grain, start=start)
    kept = {(row.region_code, row.lesson_id): row.boxes for row in found}
    differences = []
    for code, lesson in sorted(kept.keys() | counted.keys()):
        in_table, boxes = kept.get((code, lesson)), counted.get((code, lesson), NOTHING)
        # The same set is nearly always the same bytes.
        if in_table != written(boxes) and (before := read_set(in_table)) != boxes:
            key = {"grain": grain, "start": start, "region_code": code, "lesson_id": lesson}
            differences.append(_set_differs(key, before, boxes))
    return len(kept), differences


def _set_differs(key: dict[str, Any], kept: BitMap, counted: BitMap) -> Difference:
    """Of each side: how many boxes, and how many of them the other lacks."""
    return Difference(
        table="reach",
        key=key,
        tallied=(len(kept), len(kept - counted)),
        counted=(len(counted), len(counted - kept)),
    )


def _counted_sets(session: Session, grain: str, start: date) -> Sets:
    if grain == "month":
        return sets_of_month(leaves(session, start, months.last_day(start)))
    return sets_of_day(leaves(session, start, start), bool(lesson_days(session, [start])))


def _compare_curves(session: Session, fresh: Iterable[date]) -> Iterator[Compared]:
    """The curves of the months that stand, each of its lesson as long as it was then."""
    now = curves.lengths(session)
    for month, days in groupby(sorted(fresh), months.month_of):
        if not _stands(session, month, list(days)):
            continue
        kept = curves.kept_of_month(session, month)
        then = {lesson: curve.duration_ms for (_, lesson), curve in kept.items()}
        counted = curves.curves_of_month(session, month, {**now, **then})
        yield (
            len(kept),
            [
                Difference(
                    table="curve",
                    key={"month": month, "region_code": code, "lesson_id": lesson},
                    tallied=_points(kept.get((code, lesson))),
                    counted=_points(counted.get((code, lesson))),
                )
                for code, lesson in sorted(kept.keys() | counted.keys())
                if kept.get((code, lesson)) != counted.get((code, lesson))
            ],
        )


def _points(curve: curves.Curve | None) -> tuple[int, ...]:
    """All plays, and those that saw each step."""
    return (curve.plays, *curve.seen) if curve else (0,)


def _compare_peaks(
    session: Session, days: Iterable[date], settings: Settings
) -> Iterator[Compared]:
    """The peaks of the days: how many plays, and in which minute."""
    for _, of_month in groupby(sorted(days), months.month_of):
        for stretch in runs(of_month):
            found = rows(session, "peaks_kept", start=stretch.start, end=stretch.end)
            kept = _by_place(found)
            counted = _by_place(peaks.of_every_region(session, stretch, settings))
            yield (
                len(kept),
                [
                    Difference(
                        table="peak",
                        key={"day": key[0], "region_code": key[1]},
                        tallied=kept.get(key, (0, 0)),
                        counted=counted.get(key, (0, 0)),
                    )
                    for key in sorted(kept.keys() | counted.keys())
                    if kept.get(key) != counted.get(key)
                ],
            )


def _by_place(found: Iterable[Any]) -> dict[tuple[date, str], tuple[int, int]]:
    return {(row.day, row.code): (row.plays, row.minute) for row in found}
