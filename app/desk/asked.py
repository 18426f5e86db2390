"""What a reader asks for: which days, which region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

RANGES_DAYS = (7, 30, 90)
DEFAULT_DAYS = 30
LONGEST_DAYS = 731


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Days from ``start`` to ``end``, both included, of a region and everything below it.

    region: an official code, or empty for everywhere. days: the fixed range, if it is one.
    """

    start: date
    end: date
    region: str = ""
    days: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """The address parameters that ask for the same again."""
        period = (
            {"days": str(self.days)}
            if self.days
            else {"from": self.start.isoformat(), "to": self.end.isoformat()}
        )
        return {**period, **({"region": self.region} if self.region else {})}


def last_days(days: int, today: date, region: str = "") -> Asked:
    """The days up to today, which is one of them."""
    start = today - timedelta(days=days - 1)
    return Asked(start=start, end=today, region=region, days=days)


def read_period(days: str, start: str, end: str, today: date, region: str) -> Asked | None:
    """The period of the address; None when its dates do not fit together."""
    if start or end:
        return _between(start, end, region)
    if not days:
        return last_days(DEFAULT_DAYS, today, region)
    return last_days(int(days), today, region) if days in map(str, RANGES_DAYS) else None


def _between(start: str, end: str, region: str) -> Asked | None:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    if not (0 <= (last - first).days < LONGEST_DAYS):
        return None
    return Asked(start=first, end=last, region=region)
