"""Freezing and reducing, by hand or by schedule, each with its entry in the audit trail.

The trail is a witness of its own: a statement that was frozen and is not there any more, or is
there with another hash, is missed by it (`witnesses`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import procrastinate
from procrastinate import JobContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.audit import record
from app.accounts.tables import AuditEntry
from app.house import House
from app.jobs import house_of
from player_api.reports import months, reducing
from player_api.reports.freezing import (
    Signer,
    cut_month,
    flag_month,
    is_due,
    next_month,
    state_month,
)
from player_api.reports.signing import statement_key
from player_api.reports.tables import Statement

blueprint = procrastinate.Blueprint()

FROZEN = "month_frozen"
SCHEDULE = "schedule"


def freeze(
    house: House, month: date | None, now: datetime, *, by: str, account_id: int | None = None
) -> Statement:
    """Freeze a month, or the next one; raises what `cut_month` does.

    One that was begun and broke off is ended first.
    """
    settings = house.settings
    signer = Signer(name=by, key=statement_key(settings), zone=settings.zone)
    with house.db.begin() as session:
        flag_month(session, month, now, settings.zone)
    with house.db.begin() as session:
        due = cut_month(session, month, now, signer)
    with house.db.begin() as session:
        statement = state_month(session, due, signer)
        label = months.written(statement.month)
        record(session, account_id, FROZEN, label, sha256=statement.sha256, by=by)
    return statement


def witnesses(session: Session) -> dict[str, str]:
    """The hash of every month that the trail says was frozen."""
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == FROZEN))
    return {entry.subject: entry.detail["sha256"] for entry in entries}


def freeze_due(house: House, now: datetime) -> list[date]:
    """Freeze the months that the schedule wants frozen, oldest first."""
    settings, frozen = house.settings, []
    while settings.freeze_day:
        with house.db.begin() as session:
            month = next_month(session, now, settings.zone)
        if month is None or not is_due(month, now, settings.zone, settings.freeze_day):
            break
        frozen.append(freeze(house, month, now, by=SCHEDULE).month)
    return frozen


def reduce_before(
    house: House, before: date, now: datetime, *, by: str, account_id: int | None = None
) -> int:
    """Let go of all plays before a month; gives how many. Raises what `reduce_month` does."""
    plays = 0
    with house.db.begin() as session:
        found = reducing.months_to_reduce(session, before)
    for month in found:
        with house.db.begin() as session:
            gone = reducing.reduce_month(session, month, now, house.settings.zone, by)
            record(session, account_id, "plays_reduced", months.written(month), plays=gone, by=by)
        plays += gone
    return plays


def reduce_due(house: House, now: datetime) -> int:
    """Let go of the plays that the settings keep no longer, as far as they may go."""
    settings = house.settings
    if not settings.keep_plays_months:
        return 0
    with house.db.begin() as session:
        before = reducing.reducible_before(session, now, settings.zone, settings.keep_plays_months)
    return reduce_before(house, before, now, by=SCHEDULE)


@blueprint.periodic(cron="23 * * * *")
@blueprint.task(name="freeze", queue="default", pass_context=True)
def freeze_by_schedule(context: JobContext, timestamp: int) -> None:
    """Every hour, so that a worker that was off that night makes up for it."""
    freeze_due(house_of(context), datetime.fromtimestamp(timestamp, UTC))


@blueprint.periodic(cron="53 4 * * *")
@blueprint.task(name="reduce", queue="default", pass_context=True)
def reduce_by_schedule(context: JobContext, timestamp: int) -> None:
    """Every night: let go of plays that are older than the settings keep them."""
    reduce_due(house_of(context), datetime.fromtimestamp(timestamp, UTC))
