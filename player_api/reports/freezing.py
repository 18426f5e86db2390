"""Freezing a month: a line is drawn under it, then its statement is made, signed and chained.

The line (month_cut) is drawn while no events are folded, which takes a moment: folds hold the
same lock shared (FOLD_LOCK), so each fold is whole above the line or below it. From then on
folds keep apart what a play of the month was before they change it (frozen_play), as they do for
months that are frozen. So the statement is counted in a transaction of its own, while events go
on arriving, and is what it would have been at the line; if it fails, it is made of the same line
another time. Every change is either above the line, in this statement, or below it, in the late
line of the next.

Receipts go by the day of arrival; the hour of SETTLING lets requests that came
before midnight be folded and forgives servers whose clocks are slow, so that those of a frozen
month stay as they are. If one changed nevertheless, the rerun of the statement names it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from player_api.invalid import flag_days, stop_folds
from player_api.reports import months
from player_api.reports.bodies import FORMAT, canonical, count_month, invalid_users, names_of
from player_api.reports.bodies import written_body as whole_body
from player_api.reports.definitions import VERSION
from player_api.reports.errors import MonthFrozen, MonthNotOver, NothingToFreeze, OutOfOrder
from player_api.reports.queries import first_day
from player_api.reports.signing import public_bytes
from player_api.reports.tables import ChangedDay, MonthCut, Statement

log = structlog.get_logger()

DEFINITIONS = f"nongke-counting/{VERSION}"
SETTLING = timedelta(hours=1)
# One month at a time; another number than the folds' own lock and the roll-up's.
FREEZE_LOCK = 5_201_912
# At night, when few boxes wait for the answer that freezing delays.
FREEZE_HOUR = 3


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who freezes, with which key, and by which calendar."""

    name: str
    key: Ed25519PrivateKey
    zone: ZoneInfo


def flag_month(session: Session, month: date | None, now: datetime, zone: ZoneInfo) -> None:
    """Flag who did too much in the month to be cut. Raises what `cut_month` does.

    In a transaction of its own: found by `cut_month`, they would keep the folds waiting for as
    long as it takes to look through the whole month.
    """
    due = _due(session, month, now, zone)
    if not session.get(MonthCut, due):
        flag_days(session, months.days_of(due), now, zone)


def cut_month(session: Session, month: date | None, now: datetime, by: Signer) -> date:
    """Draw the line under a month, or under the next that has no statement; gives the month.

    Where it is drawn already, it stays. The caller commits `flag_month` before, and this before
    `state_month`.
    Raises MonthNotOver, MonthFrozen, OutOfOrder, NothingToFreeze.
    """
    due = _due(session, month, now, by.zone)
    if session.get(MonthCut, due):
        return due
    # Whoever did too much and was not found yet must not be in what is signed. A month's plays
    # take a while to look through: once more before the folds stop (`flag_month` found most), and
    # then only what was folded meanwhile.
    before = _changes(session, due)
    flag_days(session, months.days_of(due), now, by.zone)
    stop_folds(session)
    # Somebody may have frozen it, or begun to, while this one waited.
    _due(session, month or due, now, by.zone)
    if session.get(MonthCut, due):
        return due
    changed = [day for day, changes in _changes(session, due).items() if changes != before.get(day)]
    flag_days(session, changed, now, by.zone)
    invalid = invalid_users(session, due)
    session.add(MonthCut(month=due, cut_at=now, cut_by=by.name, invalid_users=invalid))
    session.flush()
    return due


def state_month(session: Session, month: date, by: Signer) -> Statement:
    """Make the statement of a month that was cut. Raises MonthFrozen."""
    # Two who freeze at once: the second waits, and finds it done.
    session.execute(text(f"SELECT pg_advisory_xact_lock({FREEZE_LOCK})"))
    cut = session.get(MonthCut, month)
    if cut is None:
        raise _frozen(month)
    newest = newest_statement(session)
    given = _given(cut, newest, by)
    counted = count_month(session, month, newest.month if newest else None)
    body = canonical(whole_body({**given, "names": names_of(session, counted)}, counted))
    digest = hashlib.sha256(body)
    statement = Statement(
        month=month,
        frozen_at=cut.cut_at,
        frozen_by=cut.cut_by,
        body=body,
        sha256=digest.hexdigest(),
        previous_sha256=newest.sha256 if newest else None,
        signature=by.key.sign(digest.digest()),
        public_key=public_bytes(by.key),
    )
    session.add(statement)
    session.delete(cut)
    session.flush()
    log.info("month_frozen", month=months.written(month), sha256=statement.sha256)
    return statement


def newest_statement(session: Session) -> Statement | None:
    """The last month that was frozen."""
    return session.scalar(select(Statement).order_by(Statement.month.desc()).limit(1))


def next_month(session: Session, now: datetime, zone: ZoneInfo) -> date | None:
    """The month that can be frozen now, if there is one."""
    newest = newest_statement(session)
    month = months.after(newest.month) if newest else _begun(session) or _first_month(session)
    return month if month and _is_over(month, now, zone) else None


def is_due(month: date, now: datetime, zone: ZoneInfo, freeze_day: int) -> bool:
    """Whether the schedule wants the month frozen: on a day of the month that follows."""
    begins = months.starts_at(months.after(month), zone)
    return now >= begins + timedelta(days=freeze_day - 1, hours=FREEZE_HOUR)


def _is_over(month: date, now: datetime, zone: ZoneInfo) -> bool:
    return now >= months.starts_at(months.after(month), zone) + SETTLING


def _due(session: Session, month: date | None, now: datetime, zone: ZoneInfo) -> date:
    """The month to freeze, if it is the one that was asked for, or none was."""
    newest = newest_statement(session)
    due = months.after(newest.month) if newest else _begun(session) or month
    due = due or _first_month(session)
    return _allowed(month or due, due, newest, now, zone)


def _begun(session: Session) -> date | None:
    """The month that was cut and has no statement yet."""
    return session.scalar(select(MonthCut.month))


def _changes(session: Session, month: date) -> dict[date, int]:
    """How often the plays of each day of the month were changed so far."""
    days = select(ChangedDay.day, ChangedDay.changes).where(
        ChangedDay.day >= month, ChangedDay.day < months.after(month)
    )
    return {row.day: row.changes for row in session.execute(days)}


def _first_month(session: Session) -> date | None:
    day = first_day(session)
    return months.month_of(day) if day else None


def _allowed(
    month: date | None, due: date | None, newest: Statement | None, now: datetime, zone: ZoneInfo
) -> date:
    if month is None or due is None:
        raise NothingToFreeze("还没有任何播放记录，没有可以冻结的月份。")
    if newest and month <= newest.month:
        raise _frozen(month)
    if month != due:
        raise OutOfOrder(f"请先冻结 {months.written(due)}，月份必须依次冻结。")
    if not _is_over(month, now, zone):
        raise MonthNotOver(f"{months.written(month)} 还没有结束（月末之后满 1 小时才能冻结）。")
    return due


def _frozen(month: date) -> MonthFrozen:
    return MonthFrozen(f"{months.written(month)} 已经冻结，报表不会再变。")


def _given(cut: MonthCut, newest: Statement | None, by: Signer) -> dict[str, object]:
    return {
        "format": FORMAT,
        "definitions": DEFINITIONS,
        "month": months.written(cut.month),
        "time_zone": by.zone.key,
        "frozen_at": cut.cut_at.astimezone(by.zone).isoformat(timespec="milliseconds"),
        "frozen_by": cut.cut_by,
        "public_key": public_bytes(by.key).hex(),
        "previous": newest.sha256 if newest else None,
        "invalid_users": cut.invalid_users,
    }
