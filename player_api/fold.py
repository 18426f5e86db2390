"""Plays into their rows, and the change into the tallies: one statement, see fold.sql."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from player_api.boxes import KnownBox
from player_api.events import Terms
from player_api.seen import Seen, adds, as_multirange, from_multirange, join
from player_api.tallies import Figures, Share, withdraw

FOLD = (Path(__file__).parent / "fold.sql").read_text()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayEvents:
    """The good events of one play in a batch, by their index, and their union."""

    id: UUID
    box: KnownBox
    terms: Terms
    events: dict[int, Seen]
    seen: Seen


def fold_plays(session: Session, plays: list[PlayEvents], zone: str) -> dict[UUID, Seen | None]:
    """Fold the plays into their rows and tallies.

    Gives what was known before of each play that something was added to; None for a new one.
    Each play may stand in the list once.
    """
    if not plays:
        return {}
    rows = session.connection().exec_driver_sql(FOLD, {"zone": zone, **_columns(plays)}).all()
    withdraw(session, [_share(row) for row in rows if row.left_day is not None])
    return {row.id: _known(row) for row in rows}


def unchanged_events(play: PlayEvents, before: dict[UUID, Seen | None]) -> int:
    """How many of the play's events said nothing that was not known."""
    if play.id not in before:
        return len(play.events)
    known, unchanged = before[play.id], 0
    for event in sorted(play.events.values(), key=lambda seen: seen.latest):
        unchanged += not adds(known, event)
        known = event if known is None else join(known, event)
    return unchanged


def _columns(plays: list[PlayEvents]) -> dict[str, list[Any]]:
    return {
        "id": [play.id for play in plays],
        "box_id": [play.box.id for play in plays],
        "region_code": [play.box.region_code for play in plays],
        "lesson_id": [play.terms.lesson_id for play in plays],
        "course_id": [play.terms.course_id for play in plays],
        "duration_ms": [play.terms.duration_ms for play in plays],
        "completion_percent": [play.terms.completion_percent for play in plays],
        "watched": [as_multirange(play.seen.watched) for play in plays],
        "watch_ms": [play.seen.watch_ms for play in plays],
        "seq": [play.seen.latest[0] for play in plays],
        "position_ms": [play.seen.latest[1] for play in plays],
        "state": [play.seen.latest[2] for play in plays],
        "started_at": [play.seen.started_at for play in plays],
        "last_at": [play.seen.last_at for play in plays],
    }


def _known(row: Any) -> Seen | None:
    if row.known_seq is None:
        return None
    return Seen(
        watched=from_multirange(row.known_watched),
        watch_ms=row.known_watch_ms,
        latest=(row.known_seq, row.known_position_ms, row.known_state),
        started_at=row.known_started_at,
        last_at=row.known_last_at,
    )


def _share(row: Any) -> Share:
    figures = Figures(
        plays=row.old_plays,
        effective=row.old_effective,
        completed=row.old_completed,
        watch_ms=row.old_watch_ms,
        distinct_ms=row.old_distinct_ms,
    )
    return Share(
        day=row.left_day,
        region_code=row.region_code,
        lesson_id=row.lesson_id,
        course_id=row.course_id,
        figures=figures,
    )
