"""Order, repetition, division and wrong clocks change nothing (property test by HTTP).

Households watch as hypothesis wishes. What they watched is counted twice: by the service, from
shuffled, repeated batches of several senders at once, and by hand, tenth of a second by tenth.
"""

from __future__ import annotations

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.clock import CORRECTED, GOOD, POOR
from player_api.reports.rollups import roll_up
from player_api.reports.tallies import TALLIES, recount
from tests.player_api.box import Viewer, now_ms, play_id, rows
from tests.reports.counted import NO_DIFFERENCES, differences

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
YEAR_MS = 365 * 24 * HOUR_MS
FIFTY_YEARS_MS = 50 * YEAR_MS
# Tenths of a second.
DURATIONS = {"选种": 1000, "点蜡": 80}
Event = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """Something that a household watched, in tenths of a second."""

    start: int
    length: int
    fast: bool
    people: int = 0


@dataclass(frozen=True)
class Watching:
    """One play as it really was. begun: hours before the last whole one, and minutes after it.

    jumps_after: the clock, fifty years slow, is set right after so many events.
    """

    lesson: str
    hours_ago: int
    minute: int
    parts: tuple[Part, ...]
    jumps_after: int | None


@dataclass(frozen=True)
class Household:
    """A box, how wrong its clock is, and in the hour of which play it moved to another region."""

    wrong_ms: int
    moves_after: int
    plays: tuple[Watching, ...]

    @property
    def moved_hours_ago(self) -> int:
        """When it stood in the other region."""
        return self.plays[self.moves_after % len(self.plays)].hours_ago - 1


parts = st.builds(
    Part,
    start=st.integers(0, 1000),
    length=st.integers(0, 500),
    fast=st.booleans(),
    # Who sits alone before the box is no group.
    people=st.sampled_from([0, 0, 0, 1, 2, 25, 9999]),
)
watchings = st.builds(
    Watching,
    lesson=st.sampled_from(sorted(DURATIONS)),
    # Many about midnight, and some a month ago.
    hours_ago=st.integers(2, 60) | st.integers(2, 690),
    # At 58, the start may be in another hour, day or region than the events after it.
    minute=st.sampled_from([5, 30, 58, 58]),
    parts=st.lists(parts, min_size=1, max_size=5).map(tuple),
    jumps_after=st.none() | st.none() | st.integers(1, 3),
)
households = st.builds(
    Household,
    wrong_ms=st.sampled_from([0, 0, 0, -3 * HOUR_MS, YEAR_MS, -FIFTY_YEARS_MS]),
    moves_after=st.integers(0, 2),
    plays=st.lists(watchings, min_size=1, max_size=3).map(tuple),
)


@dataclass(frozen=True)
class Delivery:
    """An event, and what the box's clock shows when it is sent."""

    event: Event
    sent_off_ms: int = 0
    boot: str = "b"


@dataclass(frozen=True)
class Play:
    """What must be known of a play in the end; day, hour and region follow from its start."""

    id: str
    lesson: str
    begun_ms: int
    region: str
    parts: tuple[Part, ...]


# A clock that is set in mid-play, while the hour ends and the box moves; in each order.
SET_IN_MID_PLAY = Household(
    wrong_ms=0,
    moves_after=0,
    plays=tuple(
        Watching(
            lesson="选种",
            hours_ago=hours_ago,
            minute=58,
            parts=tuple(
                Part(start=100 * seq, length=90, fast=False, people=seq % 4) for seq in range(5)
            ),
            jumps_after=2,
        )
        for hours_ago in (20, 21)
    ),
)


@example(village=[SET_IN_MID_PLAY] * 3, seed=1)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(village=st.lists(households, min_size=1, max_size=3), seed=st.integers(0, 2**32))
def test_any_order_repetition_division_and_clock_gives_the_same_counts(
    viewer: Viewer, house: House, library: dict[str, int], village: list[Household], seed: int
) -> None:
    _forget_all(house)
    chance = random.Random(seed)
    hour_ms = now_ms() // HOUR_MS * HOUR_MS
    plays: list[Play] = []
    requests: list[tuple[Viewer, list[Delivery]]] = []
    poor: set[str] = set()
    for household in village:
        box = Viewer.introduced(viewer.client, region="5203")
        _move(house, box, hour_ms - household.moved_hours_ago * HOUR_MS)
        deliveries: list[Delivery] = []
        for watching in household.plays:
            play, sent = _watch(box, household, watching, hour_ms, chance, library)
            plays.append(play)
            deliveries += sent
            poor |= {play.id for one in sent if one.boot == "new" and one.sent_off_ms}
            poor |= {play.id} if watching.jumps_after is not None else set()
        requests += [(box, batch) for batch in _batches(deliveries, chance)]
    chance.shuffle(requests)
    events = sum(len(batch) for _, batch in requests)
    half = len(requests) // 2
    _send_all(requests[:half])
    # What is rolled up now must be known as stale where the others change it.
    roll_up(house, datetime.now(UTC))
    _send_all(requests[half:])

    assert _tallied(house) == _by_hand(plays, library, house)
    _check_plays(house, plays)
    _check_clocks(house, village, poor)
    received = "SELECT sum(received), sum(counted + unchanged), sum(late + refused) FROM receipt"
    assert rows(house, received) == [(events, events, 0)]
    with house.db.begin() as session:
        assert recount(session) == []
    assert differences(house) == NO_DIFFERENCES


def _send_all(requests: list[tuple[Viewer, list[Delivery]]]) -> None:
    with ThreadPoolExecutor(3) as senders:
        for answer, (_, batch) in zip(senders.map(_send, requests), requests, strict=True):
            assert answer["refused"] == []
            assert answer["accepted"] + answer["unchanged"] == len(batch)


def _watch(
    box: Viewer,
    household: Household,
    watching: Watching,
    hour_ms: int,
    chance: random.Random,
    library: dict[str, int],
) -> tuple[Play, list[Delivery]]:
    """The play, and deliveries of its events: each at least once."""
    begun_ms = hour_ms - watching.hours_ago * HOUR_MS + watching.minute * MINUTE_MS
    # A right clock may say midnight to the millisecond; a corrected one is off by the latency.
    jumps = watching.jumps_after is not None
    if household.wrong_ms == 0 and not jumps and watching.minute == 5:
        begun_ms += chance.choice((-1, 0)) - 5 * MINUTE_MS
    wrong_ms = -FIFTY_YEARS_MS if jumps else household.wrong_ms
    moved_ms = hour_ms - household.moved_hours_ago * HOUR_MS
    play = Play(
        id=play_id(begun_ms + wrong_ms, chance),
        lesson=watching.lesson,
        begun_ms=begun_ms,
        region="5203" if begun_ms < moved_ms else "520302",
        parts=watching.parts,
    )
    deliveries = []
    for seq, part in enumerate(watching.parts):
        is_right = jumps and seq >= (watching.jumps_after or 0)
        event = _event(box, play, seq, part, library, 0 if is_right else wrong_ms)
        deliveries.append(Delivery(event=event, sent_off_ms=0 if is_right else wrong_ms))
        for _ in range(chance.choice((0, 0, 1, 2))):
            deliveries.append(_resent(event, deliveries[-1], chance, wrong_ms))
    return play, deliveries


def _resent(event: Event, first: Delivery, chance: random.Random, wrong_ms: int) -> Delivery:
    """The event again; an event with the right time may have been kept through a reboot."""
    if wrong_ms or chance.random() < 0.5:
        return first
    kept = {**event, "boot": "old"}
    unset_ms = 3 * MINUTE_MS - now_ms()
    return Delivery(event=kept, sent_off_ms=chance.choice((0, unset_ms)), boot="new")


def _event(
    box: Viewer, play: Play, seq: int, part: Part, library: dict[str, int], wrong_ms: int
) -> Event:
    start = min(part.start, DURATIONS[play.lesson])
    return box.event(
        play.id,
        library[play.lesson],
        [start / 10, (start + part.length) / 10],
        seq=seq,
        at=play.begun_ms + wrong_ms + seq * MINUTE_MS,
        watch_s=seq * 50.0,
        speed=4 if part.fast else 1,
        people=part.people,
    )


def _batches(deliveries: list[Delivery], chance: random.Random) -> list[list[Delivery]]:
    """Shuffled and divided; what stands in one batch was sent by one reading of the clock."""
    by_clock = defaultdict(list)
    for delivery in chance.sample(deliveries, len(deliveries)):
        by_clock[delivery.sent_off_ms, delivery.boot].append(delivery)
    batches = []
    for same in by_clock.values():
        while same:
            batches.append([same.pop() for _ in range(min(len(same), chance.randint(1, 5)))])
    return batches


def _send(request: tuple[Viewer, list[Delivery]]) -> Any:
    box, batch = request
    body = {
        "sent": now_ms() + batch[0].sent_off_ms,
        "boot": batch[0].boot,
        "events": [delivery.event for delivery in batch],
    }
    answer = box.client.post("/api/player/v1/events", json=body, headers=box.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _seen(play: Play) -> set[int]:
    """The tenths of a second that were seen at a speed that counts."""
    duration = DURATIONS[play.lesson]
    return {
        tick
        for part in play.parts
        if not part.fast
        for tick in range(min(part.start, duration), min(part.start, duration) + part.length)
        if tick < duration
    }


def _people(play: Play) -> int:
    """How many were present, as the group said; 0 where there was none."""
    people = max(part.people for part in play.parts)
    return people if people > 1 else 0


def _when(play: Play) -> tuple[date, int]:
    begun = datetime.fromtimestamp(play.begun_ms / 1000, ZONE)
    return begun.date(), begun.hour


def _by_hand(
    plays: list[Play], library: dict[str, int], house: House
) -> dict[str, dict[Key, list[int]]]:
    """Every tally by the definitions."""
    course_of = dict(rows(house, "SELECT id, course_id FROM lesson"))
    sums: dict[str, dict[Key, list[int]]] = {table: {} for table in TALLIES}
    for play in plays:
        seen, duration = len(_seen(play)), DURATIONS[play.lesson]
        if seen <= 30:
            continue
        figures = (
            1,
            int(seen >= min(300, duration / 2)),
            int(seen >= duration * 0.9),
            (len(play.parts) - 1) * 50_000,
            seen * 100,
        )
        day, hour = _when(play)
        lesson = library[play.lesson]
        keys: dict[str, Key] = {
            "tally_place": (day, play.region),
            "tally_hour": (day, hour, play.region[:6]),
            "tally_lesson": (day, lesson, course_of[lesson], play.region[:4]),
            "tally_month": (play.region[:6], day.replace(day=1), lesson, course_of[lesson]),
            "tally_prefecture_hour": (day, hour, play.region[:4]),
            "tally_prefecture_month": (
                day.replace(day=1),
                lesson,
                course_of[lesson],
                play.region[:4],
            ),
        }
        for table, key in keys.items():
            _add(sums[table], key, figures)
        if people := _people(play):
            _add(sums["tally_group"], (day, play.region, course_of[lesson]), (1, people))
    return sums


def _add(sums: dict[Key, list[int]], key: Key, figures: tuple[int, ...]) -> None:
    there = sums.setdefault(key, [0] * len(figures))
    sums[key] = [a + b for a, b in zip(there, figures, strict=True)]


def _tallied(house: House) -> dict[str, dict[Key, list[int]]]:
    found: dict[str, dict[Key, list[int]]] = {}
    for table, tally in TALLIES.items():
        columns = ", ".join([*tally.by, *tally.figures])
        found[table] = {
            tuple(row[: len(tally.by)]): list(row[len(tally.by) :])
            for row in rows(house, f"SELECT {columns} FROM {table} WHERE plays > 0")
        }
    return found


def _check_plays(house: House, plays: list[Play]) -> None:
    query = "SELECT id, day, hour, region_code, seq, distinct_ms, watch_ms, state, people FROM play"
    found = {str(row[0]): tuple(row[1:]) for row in rows(house, query)}
    assert found == {
        play.id: (
            *_when(play),
            play.region,
            len(play.parts) - 1,
            len(_seen(play)) * 100,
            (len(play.parts) - 1) * 50_000,
            "playing",
            _people(play),
        )
        for play in plays
    }


def _check_clocks(house: House, village: list[Household], poor: set[str]) -> None:
    """How far the clocks were believed; events from before a clock was set count as guesses."""
    grades = dict(rows(house, "SELECT cast(id AS text), clock FROM play"))
    assert all(grade in (CORRECTED, POOR) for play, grade in grades.items() if play in poor)
    if all(household.wrong_ms == 0 for household in village):
        assert all(grade == GOOD for play, grade in grades.items() if play not in poor)


def _move(house: House, box: Viewer, moved_ms: int) -> None:
    """The box stands in another region since then."""
    with house.db.begin() as session:
        session.execute(
            text(
                "INSERT INTO box_region (box_no, valid_from, region_code)"
                " SELECT number, to_timestamp(:s), '520302' FROM box WHERE id = :id"
            ),
            {"s": moved_ms / 1000, "id": box.id},
        )


def _forget_all(house: House) -> None:
    with house.db.begin() as session:
        session.execute(
            text(
                "TRUNCATE play_row, play_terms, receipt, refusal, changed_day, reach, peak,"
                f" {', '.join(TALLIES)}"
            )
        )
