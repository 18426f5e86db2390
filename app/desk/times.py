"""The figures by when it was watched: day, week, month, hour, weekday and hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from app.desk.breakdowns import Group
from app.desk.figures import NEVER, NOTHING, Times
from app.desk.look import Inquiry
from app.desk.sources import Key


def by_day(inquiry: Inquiry) -> list[Group]:
    """Every day of the period, newest first."""
    asked = inquiry.asked
    days = [asked.end - timedelta(days=n) for n in range(asked.days)]
    return _by_time(inquiry, "day", days, lambda day: (day, day), lambda day, _: day.isoformat())


def by_week(inquiry: Inquiry) -> list[Group]:
    """Every week from Monday on, by its number of ISO 8601, newest first."""
    asked = inquiry.asked
    monday = asked.end - timedelta(days=asked.end.weekday())
    weeks = [monday - timedelta(days=7 * n) for n in range(asked.days // 7 + 2)]
    mondays = [day for day in weeks if day + timedelta(days=6) >= asked.start]

    def label(start: date, end: date) -> str:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}（{start:%m-%d}—{end:%m-%d}）"

    return _by_time(inquiry, "week", mondays, lambda day: (day, day + timedelta(days=6)), label)


def by_month(inquiry: Inquiry) -> list[Group]:
    """Every month, newest first; at the ends of the period only its part of it."""
    firsts = []
    first = inquiry.asked.end.replace(day=1)
    while first >= inquiry.asked.start.replace(day=1):
        firsts.append(first)
        first = (first - timedelta(days=1)).replace(day=1)

    def label(start: date, end: date) -> str:
        is_whole = start.day == 1 and (end + timedelta(days=1)).day == 1
        return f"{start:%Y-%m}" + ("" if is_whole else f"（{start:%m-%d}—{end:%m-%d}）")

    def days(first: date) -> tuple[date, date]:
        after = (first + timedelta(days=31)).replace(day=1)
        return first, after - timedelta(days=1)

    return _by_time(inquiry, "month", firsts, days, label)


def by_hour(inquiry: Inquiry) -> list[Group]:
    """The 24 hours of all days together; each leads to its plays."""
    times = inquiry.times("hour")
    return [
        Group(
            labels=(hour_words(hour),),
            times=times.get(hour, NEVER),
            link=hour_link(inquiry, hour),
            is_faint=not times.get(hour, NEVER).now.plays,
        )
        for hour in range(24)
    ]


def by_weekhour(inquiry: Inquiry) -> list[list[int]]:
    """Plays by hour and weekday, Monday first: 24 rows of 7."""
    sums = inquiry.sums("weekhour")
    return [
        [sums.get(weekday * 100 + hour, NOTHING).plays for weekday in range(1, 8)]
        for hour in range(24)
    ]


def hour_words(hour: int) -> str:
    """07:00—07:59."""
    return f"{hour:02d}:00—{hour:02d}:59"


def hour_link(inquiry: Inquiry, hour: int, weekday: int | None = None) -> str:
    """The plays that began in the hour, of all days or those of a weekday."""
    subject = inquiry.subject
    day = {"weekday": str(weekday)} if weekday else {}
    return inquiry.at(subject.address, **subject.query, view="plays", hour=str(hour), **day)


def _by_time(
    inquiry: Inquiry,
    key: Key,
    starts: Sequence[date],
    days_of: Callable[[date], tuple[date, date]],
    label: Callable[[date, date], str],
) -> list[Group]:
    sums = inquiry.sums(key)
    groups = []
    for first in starts:
        part = inquiry.asked.between(*days_of(first))
        groups.append(
            Group(
                labels=(label(part.start, part.end),),
                times=Times(now=sums.get(first, NOTHING)),
                link=inquiry.at_time(part.start, part.end),
                of=(part.start, part.end),
                is_faint=first not in sums,
            )
        )
    return groups
