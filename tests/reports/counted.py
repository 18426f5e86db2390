"""Plays as the collector leaves them, put into the database in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sqlalchemy import text

from app.house import House
from player_api.reports.recounts import recount_rolled_up
from player_api.reports.rollups import roll_up
from player_api.reports.tallies import Difference
from player_api.seen import as_multirange
from tests.plays import ADD_PLAY, row_of

CHANGED = text(
    "INSERT INTO changed_day (day) SELECT unnest(CAST(:days AS date[]))"
    " ON CONFLICT (day) DO UPDATE SET changes = changed_day.changes + 1"
)
# What a recount finds where nothing is wrong.
NO_DIFFERENCES: dict[str, list[Difference]] = {"reach": [], "curve": [], "peak": []}
# How plays of a box change on a day, in SQL.
CHANGES = (
    "is_excluded = NOT is_excluded",  # flagged, or the flag lifted
    "region_no = region_no_of('520102001')",  # an earlier start, before a move
    "watched = int4multirange(int4range(0, 60000))",
    "day = day + 1",
)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One play; at: when it began, by the house's calendar, without a zone."""

    box: int
    at: datetime
    lesson: int = 1
    region: str = "520302"
    alive_s: int = 60
    spans: tuple[tuple[int, int], ...] = ((0, 60_000),)
    duration_ms: int = 60_000
    is_excluded: bool = False
    id: UUID = field(default_factory=uuid4)


# Plays, or a change, the box and the day.
Event = list[Counted] | tuple[str, int, date]
# Each with whether a roll-up follows, with months or without.
History = list[tuple[Event, bool | None]]


def add_plays(house: House, plays: Sequence[Counted]) -> None:
    """Put the plays in, and say that their days changed."""
    zone = house.settings.zone
    values = [
        row_of(
            play=play.id,
            box=play.box,
            course=play.lesson * 10,
            lesson=play.lesson,
            region=play.region,
            at=play.at.replace(tzinfo=zone),
            alive_s=play.alive_s,
            duration_ms=play.duration_ms,
            watched=as_multirange(play.spans),
            watch_ms=sum(end - start for start, end in play.spans),
            excluded=play.is_excluded,
        )
        for play in plays
    ]
    with house.db.begin() as session:
        if values:
            session.execute(ADD_PLAY, values)
    change_days(house, {play.at.date() for play in plays})


def change_days(house: House, days: set[date]) -> None:
    """Say that the plays of these days changed."""
    with house.db.begin() as session:
        session.execute(CHANGED, {"days": sorted(days)})


def happen(house: House, event: Event) -> None:
    """Plays arrive, or plays change."""
    if isinstance(event, list):
        add_plays(house, event)
    else:
        change, box, day = event
        with house.db.begin() as session:
            session.execute(
                text(f"UPDATE play_row SET {change} WHERE box_no = :box AND day = :day"),
                {"box": box, "day": day},
            )
        change_days(house, {day, day + timedelta(days=1)})


def histories(
    plays: SearchStrategy[Counted], days: SearchStrategy[date]
) -> SearchStrategy[History]:
    """Plays of these arrive, or plays of one of the days change; after each a roll-up, with or
    without months, or none."""
    changes = st.tuples(st.sampled_from(CHANGES), st.integers(1, 6), days)
    events = st.lists(plays, max_size=12) | changes
    return st.lists(st.tuples(events, st.sampled_from([True, False, None])), min_size=1, max_size=6)


def live_through(house: House, history: History, now: datetime) -> None:
    """All of it, a month between the roll-ups: what is kept for some time only is let go of."""
    for number, (event, with_months) in enumerate(history):
        happen(house, event)
        if with_months is not None:
            roll_up(house, now + timedelta(days=30 * number), with_months=with_months)


def differences(house: House) -> dict[str, list[Difference]]:
    """What a recount of all that is rolled up finds, by table."""
    with house.db.begin() as session:
        found = recount_rolled_up(session, house.settings)
        return {one.table: one.differences for one in found}


def on(moment: str) -> datetime:
    """A moment on the house's own clock: ``2026-03-31 20:15``."""
    return datetime.fromisoformat(moment)
