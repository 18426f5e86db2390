"""Bytes a play on disk: the plays of some days at a province's density, loaded by the fold.

18.4 million plays in two years are 25,205 a day; so many days of that density are loaded as are
asked for. Each play comes as one request of its box, in the order of time, as if none were late.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from player_api.boxes import KnownBox
from player_api.events import Batch, Event
from player_api.fold import fold_requests
from player_api.reports.tallies import recount
from player_api.sorting import Request
from player_api.steps import run_steps
from tests.bench.counting.world import World, open_world
from tests.bench.table import Figure

PLAYS_A_DAY = 18_400_000 // 730
DAY_MS = 24 * 3600 * 1000
# As if 300,000 boxes had played for two years: so often each box's number comes up.
PLAYS_A_BOX = 61
# A month: so that the monthly tally has its density, too.
PLAYS = 30 * PLAYS_A_DAY
GOAL_BYTES = 250
A_TRANSACTION = 2_000
FIRST_MS = 1_730_390_400_000  # 2024-11-01 00:00 in Guizhou
# Of a day's plays, by the hour: an evening medium.
HOURS = (1, 1, 1, 1, 1, 2, 4, 5, 5, 4, 4, 5, 6, 5, 4, 4, 5, 6, 8, 10, 10, 8, 4, 2)
TABLES = (
    "play_row",
    "play_terms",
    "tally_place",
    "tally_hour",
    "tally_lesson",
    "tally_month",
    "tally_prefecture_hour",
    "tally_prefecture_month",
    "tally_group",
    "receipt",
    "refusal",
    "changed_day",
)


def volume_figures(folder: Path, plays: int = PLAYS) -> Iterator[Figure]:
    """Load the plays and weigh the tables."""
    with open_world(folder, boxes=plays // PLAYS_A_BOX) as world:
        began_s = time.perf_counter()
        loaded = load_plays(world, plays)
        took_s = time.perf_counter() - began_s
        with world.house.db.begin() as session:
            assert recount(session) == []
        sizes = table_sizes(world)
    detail = ", ".join(f"{name} {size / loaded:.0f}" for name, size in sizes.items() if size)
    days = loaded / PLAYS_A_DAY
    yield Figure(
        measure="bytes a play on disk",
        measured=sum(sizes.values()) / loaded,
        goal=GOAL_BYTES,
        unit="B",
        detail=f"{loaded:,} plays, {days:.0f} days at 18.4 million in two years: {detail}",
    )
    yield Figure(measure="plays loaded by the fold", measured=loaded / took_s, unit="/s")


def load_plays(world: World, plays: int) -> int:
    """Fold the plays of so many days, one day after the other; gives how many there are."""
    with psycopg.connect(world.house.db.url) as connection:
        for day in range(plays // PLAYS_A_DAY):
            load_day(world, connection, make_day(world, day))
            vacuum(connection)
        ((count,),) = connection.execute("SELECT count(*) FROM play").fetchall()
    return int(count)


def load_day(
    world: World, connection: psycopg.Connection[Any], requests: Sequence[Request]
) -> None:
    """Fold requests as a collector does, many in a transaction."""
    zone = world.house.settings.zone
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute("SET jit = off")
    for first in range(0, len(requests), A_TRANSACTION):
        group = list(requests[first : first + A_TRANSACTION])
        receipts = run_steps(connection, fold_requests(group, zone))
        assert all(receipt.accepted == 1 for receipt in receipts)
        connection.commit()


def vacuum(connection: psycopg.Connection[Any]) -> None:
    """A day goes by in seconds here, which leaves autovacuum no time for its work."""
    connection.autocommit = True
    for table in TABLES[1:]:
        connection.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


def make_day(world: World, day: int) -> list[Request]:
    """A day's plays in the order of time, one a request."""
    chance = random.Random(2 + day)
    hours = chance.choices(range(24), HOURS, k=PLAYS_A_DAY)
    starts = sorted(hour * 3_600_000 + chance.randrange(3_600_000) for hour in hours)
    requests = []
    for start_ms in starts:
        lesson, seconds = chance.choice(world.lessons)
        event = make_play(chance, FIRST_MS + day * DAY_MS + start_ms, lesson, seconds)
        box, number, code = chance.choice(world.boxes)
        requests.append(
            Request(
                box=KnownBox(id=box, number=number, region_code=code),
                batch=Batch(sent_ms=event.at, events=[event]),
                received_ms=event.at,
            )
        )
    return requests


def make_play(chance: random.Random, begun_ms: int, lesson: int, seconds: int) -> Event:
    """A household that sees a part of a lesson, sometimes skipping."""
    seen_s = chance.choice((2, seconds * chance.random(), seconds * chance.random(), seconds))
    spans = [(0.0, seen_s)]
    if chance.random() < 0.3:
        skipped_s = min(seconds - 1.0, seen_s + chance.randint(5, 120))
        spans.append((skipped_s, min(float(seconds), skipped_s + seen_s / 2)))
    watch_s = sum(end_s - start_s for start_s, end_s in spans)
    bits = chance.getrandbits(74)
    play = UUID(int=begun_ms << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1))
    return Event(
        play=str(play),
        lesson=lesson,
        seq=int(watch_s // 60) + 1,
        at=begun_ms + round(watch_s * 1000) + 500,
        spans=spans,
        watch_s=watch_s,
        position_s=spans[-1][1],
        state=chance.choice(("ended", "paused", "playing")),
    )


def table_sizes(world: World, tables: Sequence[str] = TABLES) -> dict[str, int]:
    """Bytes of each table with all its indexes."""
    with psycopg.connect(world.house.db.url) as connection:
        sizes: dict[str, Any] = {}
        for table in tables:
            query = "SELECT pg_total_relation_size(%s::regclass)"
            ((sizes[table],),) = connection.execute(query, (table,)).fetchall()
    return sizes
