"""Two years of a province: 18.4 million plays, then every page of the desk and a recount.

The plays are loaded by the collector's own fold in the order of time: while one process folds a
day, the other makes up the next. They are rolled up as the worker does; then the real server
answers an operator's questions. An hour on two quiet cores.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import text

from app.accounts.passwords import hashed
from app.accounts.tables import Account
from app.desk.look import LONGEST_HOURS_DAYS
from player_api.reports.rollups import renew_roster, roll_up
from player_api.reports.tallies import recount
from tests.bench.counting.volume import (
    GOAL_BYTES,
    PLAYS_A_BOX,
    PLAYS_A_DAY,
    TABLES,
    load_day,
    make_day,
    table_sizes,
    vacuum,
)
from tests.bench.counting.world import World, known_world, open_world
from tests.bench.table import Figure
from tests.visiting import PASSWORD, Visitor

DAYS = 730
GOAL_MS = 300
ASKED = 5
FIRST = date(2024, 11, 1)
CORES = 2
# So many days of plays are more than a million rows.
MILLION_DAYS = 41
FILE_TIMEOUT_S = 1800
MB = 1_000_000
SETS = ("reach", "curve", "peak")


def scale_figures(folder: Path, days: int = DAYS) -> Iterator[Figure]:
    """Load, weigh, look and recount."""
    plays = days * PLAYS_A_DAY
    with open_world(folder, boxes=plays // PLAYS_A_BOX) as world:
        _register_in_time(world)
        began_s = time.perf_counter()
        _load_in_turns(world, days)
        loaded_s = time.perf_counter() - began_s
        began_s = time.perf_counter()
        _settle(world)
        settled_s = time.perf_counter() - began_s
        sizes = table_sizes(world, (*TABLES, *SETS))
        yield Figure(
            measure="bytes a play on disk, with sets of boxes, curves and peaks",
            measured=sum(sizes.values()) / plays,
            goal=GOAL_BYTES,
            unit="B",
            detail=f"{plays:,} plays: "
            + ", ".join(f"{name} {size / plays:.0f}" for name, size in sizes.items()),
        )
        yield Figure(
            measure="plays loaded by the fold, one day after the other",
            measured=plays / loaded_s,
            unit="/s",
            detail=f"{loaded_s / 60:.0f} min; rolled up in {settled_s / 60:.1f} min",
        )
        yield from _pages(world, days)
        began_s = time.perf_counter()
        with world.house.db.begin() as session:
            assert recount(session) == []
        yield Figure(
            measure=f"recount of {plays / 1e6:.1f} million plays, no difference",
            measured=(time.perf_counter() - began_s) / 60,
            unit="min",
        )


def _register_in_time(world: World) -> None:
    """Boxes were there before their plays; a hundredth came in the last month, one by one."""
    with psycopg.connect(world.house.db.url) as connection:
        connection.execute(
            "UPDATE box SET registered_at = CASE WHEN number %% 100 = 0"
            " THEN %s + number * interval '1 second' ELSE '2024-10-01' END",
            (FIRST + timedelta(days=DAYS - 30),),
        )


def _load_in_turns(world: World, days: int) -> None:
    """Each process loads every other day, when the day before is there."""
    context = get_context("spawn")
    turns = [context.Semaphore(int(number == 0)) for number in range(CORES)]
    loaders = [
        context.Process(
            target=_load_days,
            args=(
                *(world.home, world.house.db.url, range(number, days, CORES)),
                *(turns[number], turns[(number + 1) % CORES]),
            ),
        )
        for number in range(CORES)
    ]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()
    assert [loader.exitcode for loader in loaders] == [0] * CORES


def _load_days(home: Path, url: str, days: range, mine: Semaphore, others: Semaphore) -> None:
    world = known_world(home, url)
    with psycopg.connect(url) as connection:
        for day in days:
            requests = make_day(world, day)
            mine.acquire()
            load_day(world, connection, requests)
            others.release()
            vacuum(connection)


def _settle(world: World) -> None:
    """What worker and autovacuum do in the course of two years."""
    with psycopg.connect(world.house.db.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        roll_up(world.house, datetime.now(UTC))
        renew_roster(world.house, datetime.now(UTC))
        connection.execute("VACUUM ANALYZE")


def _pages(world: World, days: int) -> Iterator[Figure]:
    service = world.service()
    service.start_server()
    try:
        with world.house.db.begin() as session:
            session.add(Account(name="operator", role="operator", password_hash=hashed(PASSWORD)))
            lesson, course = session.execute(
                text("SELECT id, course_id FROM lesson ORDER BY id LIMIT 1")
            ).one()
        visitor = Visitor(service.url)
        assert visitor.sign_in("operator").status_code == 303
        for measure, addresses in questions(days, lesson, course).items():
            times = {address: _ms(visitor, address) for address in addresses}
            slowest = max(times, key=lambda address: times[address])
            yield Figure(
                measure=f"desk, {measure}: slowest page",
                measured=times[slowest],
                goal=GOAL_MS,
                unit="ms",
                detail=f"{slowest}; all: {', '.join(f'{ms:.0f}' for ms in times.values())}",
            )
        yield from file_figures(visitor, psutil.Process(service.parts["server"].pid), days)
    finally:
        service.stop()


def file_figures(visitor: Visitor, server: psutil.Process, days: int) -> Iterator[Figure]:
    """The list of plays as a file of more than a million rows: how long, and what it takes."""
    last = FIRST + timedelta(days=days - 1)
    start = max(FIRST, last - timedelta(days=MILLION_DAYS - 1))
    for kind in ("csv", "xlsx"):
        address = f"/desk/table.{kind}?from={start}&to={last}&view=plays"
        before_mb = server.memory_info().rss / MB
        began_s = time.perf_counter()
        first_s, most_mb, size_bytes, rows = 0.0, before_mb, 0, 0
        with visitor.client.stream("GET", address, timeout=FILE_TIMEOUT_S) as answer:
            assert answer.status_code == 200, address
            for piece in answer.iter_bytes():
                first_s = first_s or time.perf_counter() - began_s
                size_bytes += len(piece)
                rows += piece.count(b"\n")
                most_mb = max(most_mb, server.memory_info().rss / MB)
        took_s = time.perf_counter() - began_s
        yield Figure(
            measure=f"{kind.upper()} file of {MILLION_DAYS} days of plays",
            measured=took_s,
            unit="s",
            detail=f"{size_bytes / MB:.0f} MB{f', {rows:,} rows' if kind == 'csv' else ''}; first "
            f"byte after {first_s:.1f} s; the server's memory {before_mb:.0f} → {most_mb:.0f} MB",
        )


def questions(days: int, lesson: int, course: int) -> dict[str, list[str]]:
    """The desk's addresses, by the length of what they ask for."""
    last = FIRST + timedelta(days=days - 1)
    asked = {}
    for name, length in (("30 days", 30), ("a year", 365), ("two years", 730)):
        start = max(FIRST, last - timedelta(days=length - 1))
        period = f"from={start}&to={last}"
        views = ["courses", "lessons", "categories", "regions", "days", "weeks", "months", "plays"]
        if length <= LONGEST_HOURS_DAYS:
            views += ["hours", "weekhours"]
        asked[name] = [
            *(f"/desk/?{period}&view={view}" for view in views),
            f"/desk/?{period}&view=courses&boxes=1",
            f"/desk/?{period}&view=regions&region=5203",
            f"/desk/?{period}&view=courses&region=5203",
            f"/desk/?{period}&view=regions&region=520302",
            f"/desk/courses/{course}?{period}&view=regions",
            f"/desk/courses/{course}?{period}&view=plays",
            f"/desk/lessons/{lesson}?{period}&view=days",
            f"/desk/lessons/{lesson}?{period}&view=plays",
            f"/desk/lessons/{lesson}/retention?{period}",
            f"/desk/lessons/{lesson}/retention?{period}&region=5203",
            f"/desk/lessons/{lesson}/retention?{period}&region=520302",
            f"/desk/coverage?{period}",
            f"/desk/groups?{period}",
            f"/desk/searches?{period}",
            f"/desk/flags?{period}",
            f"/desk/receipts?{period}",
            f"/desk/receipts?{period}&view=regions",
            f"/desk/live?{period}",
            "/desk/statements",
        ]
    return asked


def _ms(visitor: Visitor, address: str) -> float:
    """The median of some requests, after one that warms the caches."""
    taken = []
    for _ in range(ASKED + 1):
        began_s = time.perf_counter()
        answer = visitor.client.get(address)
        taken.append((time.perf_counter() - began_s) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return statistics.median(taken[1:])
