"""Freezing a month: its statement, made, signed and chained in one transaction.

While a month is frozen no events are folded: folds hold the same lock shared (FOLD_LOCK), so
each fold sees the month either open or frozen, and what it changes afterwards is kept apart
(frozen_play). Receipts go by the day of arrival; the hour of SETTLING lets requests that came
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
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from player_api.invalid import flag_days, stop_folds
from player_api.reports import months
from player_api.reports.bodies import FORMAT, canonical, count_month, invalid_users, names_of
from player_api.reports.bodies import written_body as whole_body
from player_api.reports.definitions import VERSION
from player_api.reports.errors import MonthFrozen, MonthNotOver, NothingToFreeze, OutOfOrder
from player_api.reports.signing import public_bytes
from player_api.reports.tables import Statement
from player_api.tables import Play

log = structlog.get_logger()

DEFINITIONS = f"nongke-counting/{VERSION}"
SETTLING = timedelta(hours=1)
# At night, when few boxes wait for the answer that freezing delays.
FREEZE_HOUR = 3


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who freezes, with which key, and by which calendar."""

    name: str
    key: Ed25519PrivateKey
    zone: ZoneInfo


def freeze_month(session: Session, month: date | None, now: datetime, by: Signer) -> Statement:
    """Make the statement of a month, or of the next that has none.

    Raises MonthNotOver, MonthFrozen, OutOfOrder, NothingToFreeze.
    """
    stop_folds(session)
    newest = newest_statement(session)
    due = months.after(newest.month) if newest else month or _first_month(session)
    due = _allowed(month or due, due, newest, now, by.zone)
    # Whoever did too much and was not found yet must not be in what is signed.
    flag_days(session, months.days_of(due), now, by.zone)
    given = _given(session, due, newest, now, by)
    counted = count_month(session, due, newest.month if newest else None)
    body = canonical(whole_body({**given, "names": names_of(session, counted)}, counted))
    digest = hashlib.sha256(body)
    statement = Statement(
        month=due,
        frozen_at=now,
        frozen_by=by.name,
        body=body,
        sha256=digest.hexdigest(),
        previous_sha256=newest.sha256 if newest else None,
        signature=by.key.sign(digest.digest()),
        public_key=public_bytes(by.key),
    )
    session.add(statement)
    session.flush()
    log.info("month_frozen", month=months.written(due), sha256=statement.sha256)
    return statement


def newest_statement(session: Session) -> Statement | None:
    """The last month that was frozen."""
    return session.scalar(select(Statement).order_by(Statement.month.desc()).limit(1))


def next_month(session: Session, now: datetime, zone: ZoneInfo) -> date | None:
    """The month that can be frozen now, if there is one."""
    newest = newest_statement(session)
    month = months.after(newest.month) if newest else _first_month(session)
    return month if month and _is_over(month, now, zone) else None


def is_due(month: date, now: datetime, zone: ZoneInfo, freeze_day: int) -> bool:
    """Whether the schedule wants the month frozen: on a day of the month that follows."""
    begins = months.starts_at(months.after(month), zone)
    return now >= begins + timedelta(days=freeze_day - 1, hours=FREEZE_HOUR)


def _is_over(month: date, now: datetime, zone: ZoneInfo) -> bool:
    return now >= months.starts_at(months.after(month), zone) + SETTLING


def _first_month(session: Session) -> date | None:
    day = session.scalar(select(func.min(Play.day)))
    return months.month_of(day) if day else None


def _allowed(
    month: date | None, due: date | None, newest: Statement | None, now: datetime, zone: ZoneInfo
) -> date:
    if month is None or due is None:
        raise NothingToFreeze("还没有任何播放记录，没有可以冻结的月份。")
    if newest and month <= newest.month:
        raise MonthFrozen(f"{months.written(month)} 已经冻结，报表不会再变。")
    if month != due:
        raise OutOfOrder(f"请先冻结 {months.written(due)}，月份必须依次冻结。")
    if not _is_over(month, now, zone):
        raise MonthNotOver(f"{months.written(month)} 还没有结束（月末之后满 1 小时才能冻结）。")
    return due


def _given(
    session: Session, month: date, newest: Statement | None, now: datetime, by: Signer
) -> dict[str, object]:
    return {
        "format": FORMAT,
        "definitions": DEFINITIONS,
        "month": months.written(month),
        "time_zone": by.zone.key,
        "frozen_at": now.astimezone(by.zone).isoformat(timespec="milliseconds"),
        "frozen_by": by.name,
        "public_key": public_bytes(by.key).hex(),
        "previous": newest.sha256 if newest else None,
        "invalid_users": invalid_users(session, month),
    }
