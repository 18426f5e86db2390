"""Order, repetition and division of events change nothing (property test by HTTP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.tallies import recount
from tests.player_api.box import Viewer, now_ms, play_id

TICK_MS = 100
HOUR_MS = 3600 * 1000


@dataclass(frozen=True)
class Part:
    """Something that a household watched, in tenths of a second."""

    start: int
    length: int
    fast: bool


@dataclass(frozen=True)
class Watching:
    """One play as it really was."""

    lesson: str
    hours_ago: int
    parts: list[Part]


DURATIONS = {"选种": 1000, "点蜡": 80}
watchings = st.builds(
    Watching,
    lesson=st.sampled_from(sorted(DURATIONS)),
    hours_ago=st.integers(1, 700),
    parts=st.lists(
        st.builds(
            Part,
            start=st.integers(0, 1000),
            length=st.integers(0, 500),
            fast=st.booleans(),
        ),
        min_size=1,
        max_size=6,
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(evening=st.lists(watchings, min_size=1, max_size=4), chance=st.randoms())
def test_any_order_repetition_and_division_gives_the_same_counts(
    viewer: Viewer, house: House, library: dict[str, int], evening: list[Watching], chance: Any
) -> None:
    _forget_all(house)
    straight = Viewer.introduced(viewer.client, region="5203")
    tangled = Viewer.introduced(viewer.client, region="5205")
    now = now_ms()
    plays = [now - watching.hours_ago * HOUR_MS for watching in evening]
    events = [
        _events(straight, play_id(ms), watching, ms, library)
        for ms, watching in zip(plays, evening, strict=True)
    ]
    for one in events:
        assert straight.send(*one).json()["refused"] == []

    copies = [
        event
        for ms, watching in zip(plays, evening, strict=True)
        for event in _events(tangled, play_id(ms), watching, ms, library)
    ]
    deliveries = copies + [event for event in copies if chance.random() < 0.5]
    chance.shuffle(deliveries)
    while deliveries:
        batch = [deliveries.pop() for _ in range(min(len(deliveries), chance.randint(1, 5)))]
        answer = tangled.send(*batch).json()
        assert answer["refused"] == []
        assert answer["accepted"] + answer["unchanged"] == len(batch)

    assert _plays(house, "5203") == _plays(house, "5205")
    assert _tallies(house, "5203") == _tallies(house, "5205")
    assert _tallied(house, "5203") == _by_hand(evening)
    with house.db.begin() as session:
        assert recount(session) == []


def _events(
    box: Viewer, play: str, watching: Watching, ms: int, library: dict[str, int]
) -> list[dict[str, Any]]:
    events = []
    for seq, part in enumerate(watching.parts):
        start = min(part.start, DURATIONS[watching.lesson])
        event = box.event(
            play,
            library[watching.lesson],
            [start / 10, (start + part.length) / 10],
            at=ms + seq * 60_000,
            watch_s=seq * 50.0,
            speed=4 if part.fast else 1,
        )
        events.append(event)
    return events


def _by_hand(evening: list[Watching]) -> dict[str, int]:
    """The counts by the definitions, computed tenth by tenth."""
    counts = {"plays": 0, "effective": 0, "completed": 0, "watch_ms": 0, "distinct_ms": 0}
    for watching in evening:
        duration = DURATIONS[watching.lesson]
        seen = {
            tick
            for part in watching.parts
            if not part.fast
            for tick in range(min(part.start, duration), min(part.start, duration) + part.length)
            if tick < duration
        }
        if len(seen) <= 30:
            continue
        counts["plays"] += 1
        counts["effective"] += len(seen) >= min(300, duration / 2)
        counts["completed"] += len(seen) >= duration * 0.9
        counts["watch_ms"] += (len(watching.parts) - 1) * 50_000
        counts["distinct_ms"] += len(seen) * TICK_MS
    return counts


def _plays(house: House, region: str) -> list[Any]:
    return _rows(
        house,
        "SELECT lesson_id, day, started_at, last_at, seq, duration_ms, cast(watched AS text),"
        " watch_ms, position_ms, state, is_play, is_effective, is_complete"
        " FROM play WHERE region_code = :region"
        " ORDER BY lesson_id, started_at, seq, watch_ms, cast(watched AS text), position_ms",
        region,
    )


def _tallies(house: House, region: str) -> list[Any]:
    return _rows(
        house,
        "SELECT day, lesson_id, course_id, plays, effective, completed, watch_ms, distinct_ms"
        " FROM tally_lesson WHERE prefecture_code = :region ORDER BY day, lesson_id",
        region,
    )


def _tallied(house: House, region: str) -> dict[str, int]:
    names = ("plays", "effective", "completed", "watch_ms", "distinct_ms")
    return {
        name: sum(row[at + 3] for row in _tallies(house, region)) for at, name in enumerate(names)
    }


def _rows(house: House, query: str, region: str) -> list[Any]:
    with house.db.begin() as session:
        return [tuple(row) for row in session.execute(text(query), {"region": region})]


def _forget_all(house: House) -> None:
    with house.db.begin() as session:
        session.execute(text("TRUNCATE play, tally_place, tally_hour, tally_lesson, tally_month"))
