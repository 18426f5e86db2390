"""What a reader asks for: which days, which region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

# The periods that a click gives; "days" of a number end today, which is one of them.
PRESETS = ("today", "7", "30", "90", "month", "last-month", "year")
DEFAULT = "30"
LONGEST_DAYS = 731


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Days from ``start`` to ``end``, both included, of a region and everything below it.

    region: an official code, or empty for everywhere. preset: the named period, if it is one.
    hours: of the last day only so many, from midnight on. It may have no day at all, when nothing
    of it is over yet.
    """

    start: date
    end: date
    region: str = ""
    preset: str | None = None
    hours: int | None = None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def query(self) -> dict[str, str]:
        """The address parameters that ask for the same again."""
        return {**self.period_query, **({"region": self.region} if self.region else {})}

    @property
    def period_query(self) -> dict[str, str]:
        """The address parameters of the days alone."""
        if self.preset is None:
            return {"from": self.start.isoformat(), "to": self.end.isoformat()}
        return {"days" if self.preset.isdecimal() else "period": self.preset}

    @property
    def previous(self) -> Asked:
        """As many days directly before."""
        return self.earlier(self.days)

    def earlier(self, days: int) -> Asked:
        """The same so many days earlier."""
        shift = timedelta(days=days)
        return replace(self, start=self.start - shift, end=self.end - shift, preset=None)

    def elapsed(self, today: date, hours: int) -> Asked:
        """What of it is over: the days before today, and so many hours of today."""
        if self.end < today:
            return self
        if hours and self.start <= today:
            return replace(self, end=today, hours=hours, preset=None)
        return replace(self, end=today - timedelta(days=1), preset=None)

    @property
    def year_before(self) -> Asked:
        """The same dates of the year before; a leap day's is 28 February."""
        return replace(
            self, start=_year_before(self.start), end=_year_before(self.end), preset=None
        )

    def in_region(self, code: str) -> Asked:
        """The same days of another region."""
        return replace(self, region=code)

    def between(self, start: date, end: date) -> Asked:
        """The same question for the part of the period that lies in these days."""
        return replace(self, start=max(start, self.start), end=min(end, self.end), preset=None)


def default_period(today: date, region: str = "") -> Asked:
    """What is shown where nothing is asked for."""
    return _named(DEFAULT, today, region)


def read_period(preset: str, start: str, end: str, today: date, region: str) -> Asked | None:
    """The period of the address; None when its dates do not fit together."""
    if start or end:
        return _between(start, end, region)
    preset = preset or DEFAULT
    return _named(preset, today, region) if preset in PRESETS else None


def _named(preset: str, today: date, region: str) -> Asked:
    start, end = _dates(preset, today)
    return Asked(start=start, end=end, region=region, preset=preset)


def _dates(preset: str, today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    match preset:
        case "today":
            return today, today
        case "month":
            return first, today
        case "last-month":
            last = first - timedelta(days=1)
            return last.replace(day=1), last
        case "year":
            return today.replace(month=1, day=1), today
    return today - timedelta(days=int(preset) - 1), today


def _between(start: str, end: str, region: str) -> Asked | None:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    # Before 1900 there was no television, and a year before the first year is no date.
    if first.year < 1900 or not (0 <= (last - first).days < LONGEST_DAYS):
        return None
    return Asked(start=first, end=last, region=region)


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
