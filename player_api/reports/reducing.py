"""Letting go of old plays: tallies, sets of boxes, curves, peaks and statements stay.

A month's plays go only when nothing will ask for them again: the month is frozen, its sets of
boxes and peaks are made, and its events are too old to be accepted (clock.OLDEST_MS, and a play
may have begun a day before its event). What changed after a freeze keeps its record, so the late
lines of later statements can still be made again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from player_api.clock import LONGEST_PLAY_MS, NEVER_SET_BEFORE_MS, OLDEST_MS
from player_api.fold import FOLD_LOCK, REDUCE_LOCK
from player_api.reports import months
from player_api.reports.errors import MonthNotFrozen, NothingToReduce, NotRolledUp, TooRecent
from player_api.reports.freezing import SETTLING
from player_api.reports.named_sql import query
from player_api.reports.periods import MARK
from player_api.reports.queries import first_day
from player_api.reports.tables import ChangedDay, Reach, Reduction, Statement

log = structlog.get_logger()

# The first play whose id says a time that can be.
NEVER_SET = UUID(int=NEVER_SET_BEFORE_MS << 80)
PLAYED = text(
    "SELECT EXISTS (SELECT FROM play WHERE is_play"
    " AND day >= CAST(:month AS date) AND day < CAST(:month AS date) + interval '1 month')"
)
OPEN_FOR = timedelta(milliseconds=OLDEST_MS + LONGEST_PLAY_MS) + SETTLING


def months_to_reduce(session: Session, before: date) -> list[date]:
    """The months before that one which still have plays, oldest first."""
    day = first_day(session)
    return months.span(months.month_of(day), before) if day else []


def reducible_before(session: Session, now: datetime, zone: ZoneInfo, keep_months: int) -> date:
    """The month before which plays may go now, if so many whole months are kept."""
    before = months.before(months.month_of(now.astimezone(zone).date()), keep_months)
    while now < months.starts_at(before, zone) + OPEN_FOR:
        before = months.before(before)
    newest = session.scalar(select(func.max(Statement.month)))
    return min(before, months.after(newest)) if newest else date.min


def reduce_month(session: Session, month: date, now: datetime, zone: ZoneInfo, by: str) -> int:
    """Delete the plays of a month; gives how many. Raises MonthNotFrozen, TooRecent, NotRolledUp.

    Caller: oldest month first, each in a transaction of its own.
    """
    # Freezing and flagging wait before they ask for the folds' lock; folds share it and go on.
    session.execute(select(func.pg_advisory_xact_lock(REDUCE_LOCK)))
    session.execute(select(func.pg_advisory_xact_lock_shared(FOLD_LOCK)))
    _check(session, month, now, zone)
    values = {"month": month, "never_set": NEVER_SET}
    plays = int(session.connection().exec_driver_sql(query("let_go"), values).scalar_one())
    session.add(Reduction(through=month, reduced_at=now, reduced_by=by, plays=plays))
    session.flush()
    log.info("month_reduced", month=months.written(month), plays=plays)
    return plays


def require_some(found: list[date], before: date) -> None:
    """Raises NothingToReduce where there is no month."""
    if not found:
        raise NothingToReduce(f"no plays before {months.written(before)}")


def _check(session: Session, month: date, now: datetime, zone: ZoneInfo) -> None:
    label = months.written(month)
    if session.get(Statement, month) is None:
        raise MonthNotFrozen(f"{label} is not frozen")
    if now < months.starts_at(months.after(month), zone) + OPEN_FOR:
        raise TooRecent(f"{label} may still get late events")
    stale = (
        select(ChangedDay.day)
        .where(ChangedDay.day < months.after(month), ChangedDay.changes > ChangedDay.rolled_up)
        .order_by(ChangedDay.day)
        .limit(1)
    )
    if day := session.scalar(stale):
        raise NotRolledUp(f"{day} is not rolled up")
    if session.scalar(PLAYED, {"month": month}) and not session.get(Reach, _mark(month)):
        raise NotRolledUp(f"the sets of boxes of {label} are not rolled up")


def _mark(month: date) -> dict[str, object]:
    return {"grain": "month", "start": month, "region_code": MARK, "lesson_id": 0}
