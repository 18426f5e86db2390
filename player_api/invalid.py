"""Invalid users: boxes that do more than a household can. Flagged, not counted, never deleted.

The standard excludes who performs more than 60 viewing actions a minute or 10,000 a day. What a
box did is read from its plays, as they are when it is looked for: a play has as many actions as its
highest ``seq`` says, spread evenly over the minutes it lived. A box that watched for more than 24
hours of one day played several lessons beside each other, which a television can't; plays whose
time is only a guess (clock.POOR) say nothing about that. Later events may change what a play
says; a flag stays until it is lifted.

A flag holds for one box and one day. Its plays of that day stay, marked as excluded, and those
that come later are marked as they come (fold.sql). Lifting the flag restores the same figures.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from player_api.errors import FlagNotFound
from player_api.fold import FOLD_LOCK, READ_RULES, REDUCE_LOCK, require_rules
from player_api.reports.definitions import (
    MOST_ACTIONS_A_DAY,
    MOST_ACTIONS_A_MINUTE,
    MOST_WATCH_A_DAY_H,
)
from player_api.shares import additions, composed, withdrawals
from player_api.tables import BoxFlag

INVALID = (Path(__file__).parent / "invalid_boxes.sql").read_text()
EXCLUDE = composed("exclude.sql")
BoxDay = tuple[int, date]

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Invalid:
    """A box that did too much on a day. reason: too much in the ``day`` or in a ``minute``, or
    for more hours than the day has (``watch``).
    """

    box_no: int
    day: date
    actions: int
    reason: str


def invalid_boxes(
    session: Session,
    days: Collection[date],
    zone: ZoneInfo,
    box_nos: Collection[int] | None = None,
) -> list[Invalid]:
    """The boxes that did too much on one of the days and have no flag for it yet.

    zone: whose calendar the days are of.
    """
    limits = {
        "a_day": MOST_ACTIONS_A_DAY,
        "a_minute": MOST_ACTIONS_A_MINUTE,
        "watch_ms": MOST_WATCH_A_DAY_H * 3_600_000,
    }
    boxes = None if box_nos is None else list(box_nos)
    values = {"days": list(days), "box_nos": boxes, "zone": zone.key, **limits}
    rows = _execute(session, INVALID, values)
    return [
        Invalid(box_no=box_no, day=day, actions=actions, reason=reason)
        for box_no, day, actions, reason in rows
    ]


def flag_days(
    session: Session, days: Collection[date], now: datetime, zone: ZoneInfo
) -> list[Invalid]:
    """Flag whoever did too much on the days; their plays of the day count no more.

    Gives the new flags. Folds wait only when there are any.
    """
    suspects = invalid_boxes(session, days, zone)
    if not suspects:
        return []
    stop_folds(session)
    # What was folded until a moment ago decides.
    found = invalid_boxes(
        session, {one.day for one in suspects}, zone, {one.box_no for one in suspects}
    )
    for one in found:
        _put_flag(session, one, now)
    _mark(session, [(one.box_no, one.day) for one in found], excluded=True)
    return found


def flag(session: Session, box_no: int, day: date, *, reason: str, now: datetime) -> None:
    """Flag a box for a day by an operator's decision; a flag that was lifted holds again."""
    stop_folds(session)
    query = "SELECT coalesce(sum(seq::bigint + 1), 0) FROM play WHERE (box_no, day) = (%s, %s)"
    ((actions,),) = session.connection().exec_driver_sql(query, (box_no, day)).all()
    one = Invalid(box_no=box_no, day=day, actions=int(actions), reason=reason)
    _put_flag(session, one, now)
    _mark(session, [(box_no, day)], excluded=True)


def lift(session: Session, box_no: int, day: date, *, now: datetime, by: str) -> None:
    """Let the box's day count again; the flag stays visible as lifted. Raises FlagNotFound."""
    stop_folds(session)
    found = _flag(session, box_no, day)
    if found.lifted_at is None:
        found.lifted_at, found.lifted_by = now, by
    session.flush()
    log.info("flag_lifted", box_no=box_no, day=str(day), by=by)
    _mark(session, [(box_no, day)], excluded=False)


def unlift(session: Session, box_no: int, day: date, *, now: datetime, by: str) -> None:
    """Let a lifted flag hold again. Raises FlagNotFound."""
    stop_folds(session)
    found = _flag(session, box_no, day)
    if found.lifted_at is not None:
        found.lifted_at, found.lifted_by, found.flagged_at = None, None, now
    session.flush()
    log.info("flag_restored", box_no=box_no, day=str(day), by=by)
    _mark(session, [(box_no, day)], excluded=True)


def stop_folds(session: Session) -> None:
    """Let no events be folded until the transaction ends; waits for those under way.

    While a month is reduced folds go on, and this waits for its end. Raises CollectorOutdated.
    """
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({REDUCE_LOCK})"))
    session.execute(text(f"SELECT pg_advisory_xact_lock({FOLD_LOCK})"))
    require_rules(session.execute(text(READ_RULES)).scalar_one())


def _flag(session: Session, box_no: int, day: date) -> BoxFlag:
    query = select(BoxFlag).where(BoxFlag.box_no == box_no, BoxFlag.day == day)
    found = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise FlagNotFound
    return found


def _put_flag(session: Session, one: Invalid, now: datetime) -> None:
    fresh = insert(BoxFlag).values(
        box_no=one.box_no, day=one.day, reason=one.reason, actions=one.actions, flagged_at=now
    )
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["box_no", "day"],
            set_={
                "reason": fresh.excluded.reason,
                "actions": fresh.excluded.actions,
                "flagged_at": fresh.excluded.flagged_at,
                "lifted_at": None,
                "lifted_by": None,
            },
        )
    )


def _mark(session: Session, box_days: Sequence[BoxDay], *, excluded: bool) -> None:
    columns = {"box_no": [box for box, _ in box_days], "day": [day for _, day in box_days]}
    rows = _execute(session, EXCLUDE, {**columns, "excluded": excluded})
    before = [(*row[:5], *row[5:12]) for row in rows if row[5]]
    after = [(*row[:5], *row[12:]) for row in rows if row[12]]
    for sql, values in [*withdrawals(before), *additions(after)]:
        _execute(session, sql, values)


def _execute(session: Session, sql: str, values: Any) -> Sequence[Any]:
    return session.connection().exec_driver_sql(sql, dict(values)).all()
