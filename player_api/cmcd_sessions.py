"""Reports into events: a session's reports are kept until their neighbours have come.

Each report becomes one event of the session's play, with the part of the lesson that it proves
together with the report before it. Where the one after it came first, that one speaks once more.
What the pairs of a session prove is summed in its row, for the time watched. So reports may come
in any order, be repeated and be lost, and the collector's fold does the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from catalog.tables import Lesson
from player_api.clock import GOOD_CLOCK_MS, LONGEST_PLAY_MS, OLDEST_MS
from player_api.cmcd import STATES, Proof, Report, proof
from player_api.cmcd_tables import CmcdReport, CmcdSession
from player_api.events import LARGEST_INT, Event

# Nothing that is older counts, so that a report that comes again finds the session or is refused.
KEPT = timedelta(days=31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Events:
    """The events of a request's reports, each at its report's place; a bad one is a code.

    spoken_again: events of reports that came before and now can say more: those after new ones,
    and the newest of a session, which tells the time watched in it.
    """

    of_reports: list[Event | str]
    spoken_again: list[Event]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heard:
    """A session with the reports of a request by ``named``, their neighbours and the newest."""

    lesson_id: int
    play: UUID
    watch_ms: int
    reports: dict[int, Report]
    named: set[int]

    def speaking_again(self) -> list[Report]:
        """Those reports that were not in the request, but of which it changes the event."""
        changed = {sn + 1 for sn in self.named} | {max(self.reports)}
        return [self.reports[sn] for sn in sorted(changed - self.named) if sn in self.reports]


def events_of(
    session: Session,
    *,
    box_no: int,
    lesson_id: int,
    reports: list[Report | str],
    received_at: datetime,
) -> Events:
    """Keep the reports and say what they prove; the same again when they come again."""
    if session.get(Lesson, lesson_id) is None:
        return Events(of_reports=["unknown_lesson"] * len(reports), spoken_again=[])
    good = [report for report in reports if isinstance(report, Report)]
    heard = {
        sid: _hear(session, box_no, lesson_id, sid, list(some), received_at)
        # In the order of their ids, so that two requests wait for each other's sessions rather
        # than deadlock.
        for sid, some in groupby(sorted(good, key=lambda one: one.sid), key=lambda one: one.sid)
    }
    return Events(
        of_reports=[
            report if isinstance(report, str) else _event_or_code(heard[report.sid], report)
            for report in reports
        ],
        spoken_again=[
            _event(one, report) for one in heard.values() for report in one.speaking_again()
        ],
    )


def believed_sent_ms(reports: Iterable[Report | str], *, received_ms: int) -> int:
    """When the request left by the box's clock, if it does not say.

    Reports wait in the player for a batch or a line. A clock that can be right is believed, so
    that this wait isn't taken for its error; else the newest report is as old as the request.
    """
    newest_ms = max((one.at_ms for one in reports if isinstance(one, Report)), default=received_ms)
    can_be = received_ms - OLDEST_MS <= newest_ms <= received_ms + GOOD_CLOCK_MS
    return received_ms if can_be else newest_ms


def sweep_sessions(session: Session, now: datetime) -> int:
    """Forget the sessions of which nothing can count any more; gives how many."""
    old = delete(CmcdSession).where(CmcdSession.heard_at < now - KEPT)
    return len(session.scalars(old.returning(CmcdSession.number)).all())


def play_of(box_no: int, lesson_id: int, sid: str, at_ms: int) -> UUID:
    """The play of a session: its own id if that is a UUIDv7, else one made from it.

    A session without a time in its id began with its earliest report, whichever comes first. So
    the time in the id that is made is no start: it lies before all that clock.start_ms takes for
    one, and only keeps plays of one time together in the table.
    """
    try:
        identity = UUID(sid)
    except ValueError:
        identity = None
    if identity is not None and identity.version == 7 and str(identity) == sid.lower():
        return identity
    bits = int.from_bytes(hashlib.sha256(f"{box_no} {lesson_id} {sid}".encode()).digest()) % 2**74
    ms = max(at_ms - 2 * LONGEST_PLAY_MS, 0) % 2**48
    return UUID(int=ms << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits % 2**62)


def _hear(
    session: Session,
    box_no: int,
    lesson_id: int,
    sid: str,
    reports: list[Report],
    received_at: datetime,
) -> _Heard:
    row = _locked_session(session, box_no, lesson_id, reports[0], received_at)
    new = _keep(session, row.number, reports)
    named = {report.sn for report in reports}
    kept = _with_neighbours(session, row.number, sid, named)
    grown_ms = sum(found.watch_ms for found in _proofs(kept, {sn - 1 for sn in new} | new))
    if grown_ms:
        session.execute(
            update(CmcdSession)
            .where(CmcdSession.number == row.number)
            .values(watch_ms=CmcdSession.watch_ms + grown_ms)
        )
    return _Heard(
        lesson_id=lesson_id,
        play=row.play_id,
        watch_ms=row.watch_ms + grown_ms,
        reports=kept,
        named=named,
    )


def _locked_session(
    session: Session, box_no: int, lesson_id: int, first: Report, now: datetime
) -> Any:
    # Two neighbours that come at the same time must see each other: the second waits here.
    fresh = insert(CmcdSession).values(
        box_no=box_no,
        lesson_id=lesson_id,
        sid=first.sid,
        play_id=play_of(box_no, lesson_id, first.sid, first.at_ms),
        heard_at=now,
    )
    return session.execute(
        fresh.on_conflict_do_update(
            index_elements=["box_no", "lesson_id", "sid"], set_={"heard_at": now}
        ).returning(CmcdSession.number, CmcdSession.play_id, CmcdSession.watch_ms)
    ).one()


def _keep(session: Session, number: int, reports: list[Report]) -> set[int]:
    """Store the reports; gives the numbers of those that were not there."""
    columns = ("sn", "at_ms", "position_ms", "speed", "state", "rate_changed")
    # A number twice in one request: the first one stays, as between two requests.
    rows = {
        report.sn: {"session_number": number} | {name: getattr(report, name) for name in columns}
        for report in reversed(reports)
    }
    fresh = insert(CmcdReport).values(list(rows.values()))
    return set(session.scalars(fresh.on_conflict_do_nothing().returning(CmcdReport.sn)))


def _with_neighbours(
    session: Session, number: int, sid: str, numbers: set[int]
) -> dict[int, Report]:
    near = {sn + step for sn in numbers for step in (-1, 0, 1) if sn + step <= LARGEST_INT}
    newest = (
        select(func.max(CmcdReport.sn)).where(CmcdReport.session_number == number).scalar_subquery()
    )
    query = select(CmcdReport).where(
        CmcdReport.session_number == number,
        (CmcdReport.sn.in_(near)) | (CmcdReport.sn == newest),
    )
    return {
        row.sn: Report(
            sid=sid,
            sn=row.sn,
            at_ms=row.at_ms,
            position_ms=row.position_ms,
            speed=row.speed,
            state=row.state,
            rate_changed=row.rate_changed,
        )
        for row in session.scalars(query)
    }


def _proofs(kept: dict[int, Report], earlier: Iterable[int]) -> list[Proof]:
    """What the pairs prove whose first numbers are given."""
    pairs = ((kept[sn], kept[sn + 1]) for sn in earlier if sn in kept and sn + 1 in kept)
    return [found for found in (proof(*pair) for pair in pairs) if found is not None]


def _event_or_code(heard: _Heard, report: Report) -> Event | str:
    return _event(heard, report) if heard.reports[report.sn] == report else "sn_reused"


def _event(heard: _Heard, report: Report) -> Event:
    proofs = _proofs(heard.reports, [report.sn - 1])
    return Event(
        play=str(heard.play),
        lesson=heard.lesson_id,
        seq=report.sn,
        at=report.at_ms,
        spans=[(found.span[0] / 1000, found.span[1] / 1000) for found in proofs],
        watch_s=heard.watch_ms / 1000 if report.sn == max(heard.reports) else 0,
        position_s=(report.position_ms or 0) / 1000,
        speed=max((found.speed for found in proofs), default=report.speed),
        state=STATES.get(report.state, "unknown"),
    )
