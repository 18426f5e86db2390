"""A period cut into what is rolled up and what must be read from plays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.kept import kept_from

A_DAY = timedelta(days=1)
FRESH_DAYS = text(
    "SELECT day FROM changed_day WHERE day BETWEEN :start AND :end AND changes = rolled_up"
)
ROLLED_UP_MONTHS = text(
    "SELECT start FROM reach WHERE grain = 'month' AND region_code = :mark AND lesson_id = 0"
    " AND start BETWEEN :start AND :end"
)
LESSON_DAYS = text(
    "SELECT start FROM reach WHERE grain = 'day' AND region_code = :mark AND lesson_id = 0"
    " AND start = ANY(:days)"
)
# The row that says that a month's sets stand; a change of one of its days removes it. A day's
# says that the sets of its single lessons stand: of older days they are let go.
MARK = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Days from start to end, both included."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Whole months and single days that have sets, and the days that have none."""

    months: Sequence[date]
    days: Sequence[date]
    from_plays: Sequence[Days]

    def with_days(self, kept: Collection[date]) -> Parts:
        """The same where only these of the single days have sets."""
        loose = [d for days in self.from_plays for d in every_day(days.start, days.end)]
        gone = [day for day in self.days if day not in kept]
        return replace(
            self,
            days=[day for day in self.days if day in kept],
            from_plays=runs([*loose, *gone]),
        )


def months_and_days(session: Session, start: date, end: date) -> Parts:
    """Cut the period: the fewest sets that are fresh, and what is left.

    A day that nobody rolled up yet counts as changed, so it is read from its plays.
    """
    fresh = fresh_days(session, start, end)
    marked = sorted(rolled_up_months(session, start, end))
    whole = [month for month in marked if _is_whole(month, end, fresh)]
    in_months = {day for month in whole for day in months.days_of(month)}
    rest = [day for day in every_day(start, end) if day not in in_months]
    return Parts(
        months=whole,
        days=[day for day in rest if day in fresh],
        from_plays=runs(day for day in rest if day not in fresh),
    )


def fresh_days(session: Session, start: date, end: date) -> set[date]:
    """The days of which nothing changed since they were rolled up.

    Days whose plays are gone were rolled up before that, and never change.
    """
    gone = every_day(start, min(end, _last_gone(session)))
    return {*gone, *session.scalars(FRESH_DAYS, {"start": start, "end": end})}


def rolled_up_months(session: Session, start: date, end: date) -> set[date]:
    """Which months that begin in the period have sets; they stand while their days do."""
    return set(session.scalars(ROLLED_UP_MONTHS, {"start": start, "end": end, "mark": MARK}))


def lesson_days(session: Session, days: Sequence[date]) -> set[date]:
    """Which of the days have sets of single lessons."""
    return set(session.scalars(LESSON_DAYS, {"days": list(days), "mark": MARK}))


def _last_gone(session: Session) -> date:
    kept = kept_from(session)
    return kept - A_DAY if kept > date.min else kept


def runs(days: Iterable[date]) -> list[Days]:
    """The days as stretches without a gap, in order."""
    found: list[Days] = []
    for day in sorted(days):
        if found and found[-1].end + A_DAY == day:
            found[-1] = Days(start=found[-1].start, end=day)
        else:
            found.append(Days(start=day, end=day))
    return found


def every_day(start: date, end: date) -> list[date]:
    return [start + A_DAY * number for number in range((end - start).days + 1)]


def _is_whole(month: date, end: date, fresh: set[date]) -> bool:
    return months.last_day(month) <= end and fresh.issuperset(months.days_of(month))
