"""How many plays run at once: now, through a day, and at the peak.

A play that counts is alive from its start to its last beat and one interval more, a day at the
longest. A minute's figure is the number of plays alive at some moment of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.settings import Settings
from player_api.reports.periods import A_DAY, Days, every_day, fresh_days, runs
from player_api.reports.queries import rows
from player_api.reports.reach import DIGITS

FORGET = text("DELETE FROM peak WHERE day BETWEEN :start AND :end")
KEEP = text(
    "INSERT INTO peak (day, region_code, minute, plays) VALUES (:day, :code, :minute, :plays)"
)
MINUTE = timedelta(minutes=1)
# As many digits does the code have that stands for all regions together.
EVERYWHERE = 0
HIGHEST_MINUTES = (
    "SELECT DISTINCT ON (day, code) day, code, minute, plays FROM ({statement}) AS curve"
    " WHERE plays > 0 ORDER BY day, code, plays DESC, minute"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeakOfDay:
    """The most plays alive in one minute of the day, and that minute's start."""

    day: date
    plays: int
    at: datetime | None


def keep(session: Session, days: Days, settings: Settings) -> None:
    """Make the days' peaks anew, of the whole house and every region down to counties."""
    session.execute(FORGET, {"start": days.start, "end": days.end})
    found = [
        {"day": row.day, "code": row.code, "minute": row.minute, "plays": row.plays}
        for row in of_every_region(session, days, settings)
    ]
    if found:
        session.execute(KEEP, found)


def of_every_region(session: Session, days: Days, settings: Settings) -> Sequence[Row[Any]]:
    """The days' peaks by day and code, counted from plays, as far down as they are kept."""
    return _peaks(session, days, settings, region="", digits=[EVERYWHERE, *DIGITS])


def peaks(
    session: Session, settings: Settings, *, start: date, end: date, region: str = ""
) -> list[PeakOfDay]:
    """The peak of every day from start to end, both included, with zero where nothing ran."""
    kept = _kept_days(session, start, end, region)
    found: dict[date, tuple[int, int]] = {}
    for row in rows(session, "peak_kept", days=sorted(kept), region=region):
        found[row.day] = (row.plays, row.minute)
    for days in runs(day for day in every_day(start, end) if day not in kept):
        for row in _peaks(session, days, settings, region=region, digits=[EVERYWHERE]):
            found[row.day] = (row.plays, row.minute)
    return [_peak(day, found.get(day), settings) for day in every_day(start, end)]


def highest(peaks_of_days: Iterable[PeakOfDay]) -> PeakOfDay | None:
    """The peak of the period: the first of the highest; None when nothing ran."""
    return max((one for one in peaks_of_days if one.plays), key=lambda one: one.plays, default=None)


def curve(
    session: Session, settings: Settings, day: date, region: str, now: datetime
) -> list[tuple[datetime, int]]:
    """The plays alive in each minute of the day, up to now."""
    start = midnight(day, settings)
    past = min(midnight(day + A_DAY, settings), now + MINUTE)
    sweep = _sweep(Days(start=day, end=day), settings, region)
    found_steps = rows(session, "alive_by_minute", **sweep, digits=[EVERYWHERE])
    steps = {row.minute: row.plays for row in found_steps}
    found: list[tuple[datetime, int]] = []
    alive = 0
    for minute in range(max(0, -(-(past - start) // MINUTE))):
        alive = steps.get(minute, alive)
        found.append((start + MINUTE * minute, alive))
    return found


def alive_by_region(
    session: Session, settings: Settings, now: datetime, region: str, digits: int
) -> Sequence[Row[Any]]:
    """The plays alive now by the regions below, most first."""
    return rows(session, "alive_by_region", **_now(settings, now), region=region, digits=digits)


def alive_by_course(
    session: Session, settings: Settings, now: datetime, region: str
) -> Sequence[Row[Any]]:
    """The plays alive now by course, most first."""
    return rows(session, "alive_by_course", **_now(settings, now), region=region)


def midnight(day: date, settings: Settings) -> datetime:
    """The moment at which the day begins, by the house's calendar."""
    return datetime.combine(day, time(), settings.zone).astimezone(UTC)


def _kept_days(session: Session, start: date, end: date, region: str) -> set[date]:
    """The days whose peak stands: neither they nor the day before changed since."""
    if region and len(region) not in DIGITS:
        return set()
    fresh = fresh_days(session, start - A_DAY, end)
    return {day for day in every_day(start, end) if day in fresh and day - A_DAY in fresh}


def _peaks(
    session: Session, days: Days, settings: Settings, *, region: str, digits: Sequence[int]
) -> Sequence[Row[Any]]:
    """digits: how far codes tell regions apart."""
    sweep = _sweep(days, settings, region)
    return rows(session, "alive_by_minute", within=HIGHEST_MINUTES, **sweep, digits=digits)


def _sweep(days: Days, settings: Settings, region: str) -> dict[str, Any]:
    return {
        "start": days.start,
        "end": days.end,
        "region": region,
        "zone": settings.time_zone,
        "beat": timedelta(seconds=settings.beat_s),
    }


def _now(settings: Settings, now: datetime) -> dict[str, Any]:
    return {"now": now, "beat": timedelta(seconds=settings.beat_s)}


def _peak(day: date, found: tuple[int, int] | None, settings: Settings) -> PeakOfDay:
    if found is None:
        return PeakOfDay(day=day, plays=0, at=None)
    plays, minute = found
    return PeakOfDay(day=day, plays=plays, at=midnight(day, settings) + MINUTE * minute)
