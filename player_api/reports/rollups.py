"""What is rolled up from plays now and then: sets of boxes, curves of retention, daily peaks.

A day is due when its plays changed since it was last rolled up (changed_day). Each batch of days
is one transaction, one roll-up works at a time, and what was made before is replaced, so a
roll-up may be killed, repeated, or started twice. Readers see from the same table what is stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import procrastinate
import structlog
from procrastinate import JobContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.house import House
from app.jobs import house_of
from player_api.invalid import flag_days
from player_api.reports import curves, months, peaks
from player_api.reports.coverage import keep_roster
from player_api.reports.kept import kept_from
from player_api.reports.periods import A_DAY, MARK, runs
from player_api.reports.reach import LESSON_DAYS
from player_api.reports.sets import leaves, replace_sets, sets_of_day, sets_of_month

log = structlog.get_logger()

blueprint = procrastinate.Blueprint()

# One roll-up at a time; any other number than the folds' own lock.
ROLLUP_LOCK = 5_201_911
DAYS_A_BATCH = 7

LOCK = text("SELECT pg_advisory_xact_lock(:number)")
DUE_DAYS = text(
    "SELECT day, changes FROM changed_day WHERE changes > rolled_up AND day >= :kept"
    " ORDER BY day LIMIT :most"
)
# Days of the same months that nobody spoke of: they have no plays, or plays from elsewhere.
UNKNOWN_DAYS = text(
    "INSERT INTO changed_day (day) SELECT CAST(day AS date)"
    " FROM (SELECT DISTINCT date_trunc('month', day) AS month FROM changed_day) AS months,"
    " generate_series(month, month + interval '1 month' - interval '1 day', '1 day') AS day"
    # In the order of the days, as folds raise them: two that wait for each other deadlock.
    " WHERE CAST(day AS date) BETWEEN :kept AND :today ORDER BY 1 ON CONFLICT DO NOTHING"
)
ROLLED_UP = text(
    "UPDATE changed_day SET rolled_up = greatest(rolled_up, CAST(:changes AS bigint))"
    " WHERE day = :day"
)
DUE_MONTHS = text(
    "SELECT CAST(date_trunc('month', day) AS date) AS month FROM changed_day"
    " WHERE day >= :kept GROUP BY 1 HAVING every(changes = rolled_up)"
    " AND count(*) = extract(day FROM date_trunc('month', min(day))"
    " + interval '1 month' - interval '1 day')"
    " AND NOT EXISTS (SELECT FROM reach WHERE grain = 'month' AND region_code = :mark"
    " AND start = CAST(date_trunc('month', min(day)) AS date))"
    " ORDER BY 1 LIMIT 1"
)
FORGET_MARK = text(
    "DELETE FROM reach WHERE grain = 'month' AND start = :start AND region_code = :mark"
)
# The sets of single lessons of days that are long past, and the marks that say they stand.
LET_GO = text(
    "DELETE FROM reach WHERE grain = 'day' AND start < :before"
    " AND (lesson_id > 0 OR region_code = :mark)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RolledUp:
    """What a roll-up did: days and months made anew, boxes newly flagged on those days."""

    days: int
    months: int
    flagged: int


def roll_up(house: House, now: datetime, *, with_months: bool = True) -> RolledUp:
    """Roll up all days that changed, then the months of which no day is left to do."""
    flagged = days = months = 0
    with house.db.begin() as session:
        today = now.astimezone(house.settings.zone).date()
        session.execute(UNKNOWN_DAYS, {"kept": kept_from(session), "today": today})
        lessons_from = today - A_DAY * LESSON_DAYS
        session.execute(LET_GO, {"before": lessons_from, "mark": MARK})
    for batch in _batches(house):
        flagged += _flag(house, [day for day, _ in batch], now)
        days += len(batch)
        _roll_up_days(house, batch, lessons_from)
    while with_months and _roll_up_a_month(house):
        months += 1
    return RolledUp(days=days, months=months, flagged=flagged)


@blueprint.periodic(cron="*/5 * * * *")
@blueprint.task(name="roll_up", queue="default", pass_context=True)
def roll_up_days(context: JobContext, timestamp: int) -> None:
    """Every five minutes: the days on which something changed."""
    done = roll_up(house_of(context), datetime.fromtimestamp(timestamp, UTC), with_months=False)
    log.info("rolled_up", days=done.days, flagged=done.flagged)


# Late reports change the last month all through the next one; an hour's worth goes at once.
@blueprint.periodic(cron="23 * * * *")
@blueprint.task(name="roll_up_months", queue="default", pass_context=True)
def roll_up_months(context: JobContext, timestamp: int) -> None:
    """Every hour: the months that stand again."""
    house, now = house_of(context), datetime.fromtimestamp(timestamp, UTC)
    done = roll_up(house, now)
    log.info("rolled_up", days=done.days, months=done.months, flagged=done.flagged)
    renew_roster(house, now)


def renew_roster(house: House, now: datetime) -> None:
    """Make the sets of boxes by region anew."""
    with house.db.begin() as session:
        session.execute(LOCK, {"number": ROLLUP_LOCK})
        keep_roster(session, now)


def _batches(house: House) -> Iterator[Sequence[tuple[date, int]]]:
    """Due days with their changes, until each was done once; today changes all the time."""
    done: set[date] = set()
    while True:
        with house.db.begin() as session:
            values = {"kept": kept_from(session), "most": len(done) + DAYS_A_BATCH}
            due = session.execute(DUE_DAYS, values).all()
        batch = [(row.day, row.changes) for row in due if row.day not in done][:DAYS_A_BATCH]
        if not batch:
            return
        done.update(day for day, _ in batch)
        yield batch


def _flag(house: House, days: Sequence[date], now: datetime) -> int:
    """Flag invalid users of these days first: their plays must not get into the sets."""
    with house.db.begin() as session:
        return len(flag_days(session, days, now, house.settings.zone))


def _roll_up_days(house: House, batch: Sequence[tuple[date, int]], lessons_from: date) -> None:
    with house.db.begin() as session:
        session.execute(LOCK, {"number": ROLLUP_LOCK})
        # Changes are read before the plays: what comes in between leaves the day stale.
        changes = _changes(session, [day for day, _ in batch])
        for day in changes:
            sets = sets_of_day(leaves(session, day, day), day >= lessons_from)
            replace_sets(session, "day", day, sets)
            session.execute(FORGET_MARK, {"start": months.month_of(day), "mark": MARK})
        # A play goes on past midnight, so the next day's peak depends on this day's plays.
        for days in runs({*changes, *(day + A_DAY for day in changes)}):
            peaks.keep(session, days, house.settings)
        # Last, and in order: every report of these days waits for the row.
        for day, number in sorted(changes.items()):
            session.execute(ROLLED_UP, {"day": day, "changes": number})


def _roll_up_a_month(house: House) -> bool:
    """The oldest month all of whose days stand; gives whether there was one."""
    with house.db.begin() as session:
        session.execute(LOCK, {"number": ROLLUP_LOCK})
        values = {"kept": kept_from(session), "mark": MARK}
        month: date | None = session.scalar(DUE_MONTHS, values)
        if month is None:
            return False
        found = leaves(session, month, months.last_day(month))
        replace_sets(session, "month", month, sets_of_month(found))
        curves.keep(session, month)
    return True


def _changes(session: Session, days: Sequence[date]) -> dict[date, int]:
    """The due ones of these days: another roll-up may have done some meanwhile."""
    query = text(
        "SELECT day, changes FROM changed_day WHERE day = ANY(:days) AND changes > rolled_up"
        " AND day >= :kept"
    )
    values = {"days": list(days), "kept": kept_from(session)}
    return {row.day: row.changes for row in session.execute(query, values)}
