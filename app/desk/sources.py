"""Which tally answers which question, for which days: pure decisions, tested as a table.

Everything together      down to prefectures        tally_prefecture_hour
                         by day, week, township     tally_place
                         by month, county, total    tally_month for whole months, else tally_place
                         by hour                    tally_hour
All courses, in a prefecture or the whole           tally_prefecture_month for whole
                                                    months, else tally_lesson
A few courses, in a prefecture or the whole         tally_lesson
Lessons, in a county                                tally_month for whole months, else the plays
What no tally has (a township's lessons, hours of a course)           the plays, by their index
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from app.desk.asked import Asked

Key = Literal["total", "course", "lesson", "region", "day", "week", "month", "hour", "weekhour"]
# Of those by month the days are first days of months.
ByMonth = Literal["month", "prefecture_month"]
ByHour = Literal["hour", "prefecture_hour"]
Source = Literal["place", "lesson", "play", ByMonth, ByHour]

# Codes have two digits for the province, four, six, and nine for a township.
DIGITS_BELOW = {0: 4, 2: 4, 4: 6, 6: 9, 9: 9}
COUNTY_DIGITS = 6
PREFECTURE_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some days of the period, from one table; of ``ByMonth`` they are first days of months."""

    source: Source
    start: date
    end: date
    # Of ``ByHour`` alone: those before this one.
    hours: int = 24


def pieces_of(asked: Asked, key: Key, *, is_everything: bool) -> Sequence[Piece]:
    """The pieces that together hold every play of the question once.

    A question that ends within a day must be one that ``has_hours``.
    """
    digits = _finest_digits(asked, key)
    by_hour: ByHour = "prefecture_hour" if digits <= PREFECTURE_DIGITS else "hour"
    if asked.hours is not None:
        whole_days = replace(asked, end=asked.end - timedelta(days=1), hours=None)
        last = Piece(source=by_hour, start=asked.end, end=asked.end, hours=asked.hours)
        return [*pieces_of(whole_days, key, is_everything=is_everything), last]
    if asked.start > asked.end:
        return []
    if key in ("hour", "weekhour"):
        has_tally = has_hours(asked, key, is_everything=is_everything)
        return [_whole(asked, by_hour if has_tally else "play")]
    if is_everything and key not in ("course", "lesson"):
        if digits <= PREFECTURE_DIGITS:
            return [_whole(asked, by_hour)]
        if key in ("total", "month", "region") and digits <= COUNTY_DIGITS:
            return _by_months(asked, "month", "place")
        return [_whole(asked, "place")]
    if digits > COUNTY_DIGITS:
        return [_whole(asked, "play")]
    if digits > PREFECTURE_DIGITS:
        by_days = key in ("day", "week")
        return [_whole(asked, "play")] if by_days else _by_months(asked, "month", "play")
    # A few courses are found by their index; all of them have fewer rows a month than by day.
    if key in ("day", "week") or not is_everything:
        return [_whole(asked, "lesson")]
    return _by_months(asked, "prefecture_month", "lesson")


def has_hours(asked: Asked, key: Key, *, is_everything: bool) -> bool:
    """Whether a tally can tell a part of a day."""
    of_lessons = not is_everything or key in ("course", "lesson")
    return not of_lessons and _finest_digits(asked, key) <= COUNTY_DIGITS


def whole_months(start: date, end: date) -> tuple[date, date] | None:
    """The first days of the first and the last month that lie in the period whole."""
    first = start if start.day == 1 else _next_month(start)
    after = _next_month(end) if (end + timedelta(days=1)).day == 1 else end.replace(day=1)
    last = (after - timedelta(days=1)).replace(day=1)
    return (first, last) if first <= last else None


def _by_months(asked: Asked, source: ByMonth, else_source: Source) -> list[Piece]:
    months = whole_months(asked.start, asked.end)
    if months is None:
        return [_whole(asked, else_source)]
    first, last = months
    before = Piece(source=else_source, start=asked.start, end=first - timedelta(days=1))
    after = Piece(source=else_source, start=_next_month(last), end=asked.end)
    found = [before, Piece(source=source, start=first, end=last), after]
    return [piece for piece in found if piece.start <= piece.end]


def _whole(asked: Asked, source: Source) -> Piece:
    return Piece(source=source, start=asked.start, end=asked.end)


def _finest_digits(asked: Asked, key: Key) -> int:
    """How long the codes are that must be told apart."""
    own = len(asked.region)
    return max(own, DIGITS_BELOW[own]) if key == "region" else own


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
