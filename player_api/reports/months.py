"""Calendar months, by their first day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from player_api.reports.errors import WrongMonth


def read_month(text: str) -> date:
    """2026-10 → its first day. Raises WrongMonth."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise WrongMonth(f"“{text}”不是 YYYY-MM 形式的月份。") from error


def written(month: date) -> str:
    """The month as it is written everywhere: 2026-10."""
    return month.strftime("%Y-%m")


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The month that follows; its first day is the end of this one."""
    return month_of(month + timedelta(days=31))


def before(month: date, months: int = 1) -> date:
    """The month so many months earlier."""
    for _ in range(months):
        month = month_of(month - timedelta(days=1))
    return month


def span(first: date, end: date) -> list[date]:
    """Every month from the first on, up to the end and without it."""
    found = []
    while first < end:
        found.append(first)
        first = after(first)
    return found


def starts_at(month: date, zone: ZoneInfo) -> datetime:
    """The midnight that the month begins with, on the clock of the settings."""
    return datetime(month.year, month.month, 1, tzinfo=zone)


def last_day(month: date) -> date:
    """The last day of the month that begins so."""
    return after(month) - timedelta(days=1)


def days_of(month: date) -> list[date]:
    """Every day of the month."""
    return [month + timedelta(days=n) for n in range((after(month) - month).days)]
