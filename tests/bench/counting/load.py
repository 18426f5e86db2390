"""Requests and events a second with durable answers, the client on the same cores."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from app.embedded import postmaster_pid
from player_api.reports.tallies import recount
from tests.bench.counting.world import World, open_world
from tests.bench.table import Figure
from tests.service import ROOT

CONNECTIONS = 64
BOXES = 2_000
# Events a request, requests, goal in requests or events a second.
SHAPES = ((20, 12_000, 1_500), (200, 3_000, 300), (1, 16_000, 2_000))
# Reports a request, requests: a player sends one at a time, or what gathered without a line.
CMCD_SHAPES = ((1, 4_000), (10, 2_000))


def load_figures(folder: Path) -> Iterator[Figure]:
    """Drive each shape of load against a server; the database is checked after each."""
    with open_world(folder, boxes=BOXES) as world:
        service = world.service()
        service.start_server()
        try:
            for events, requests, goal in SHAPES:
                met = drive(world, service.port, service.parts["server"].pid, events, requests)
                yield from _figures(world, events, goal, met)
        finally:
            service.stop()


def cmcd_figures(folder: Path) -> Iterator[Figure]:
    """The same for players that report by CMCD in event mode."""
    with open_world(folder, boxes=BOXES) as world:
        service = world.service()
        service.start_server()
        try:
            for reports, requests in CMCD_SHAPES:
                server = service.parts["server"].pid
                met = drive(world, service.port, server, reports, requests, is_cmcd=True)
                name = f"CMCD requests of {reports} report{'s' if reports > 1 else ''}"
                yield from _figures(world, reports, None, met, name)
        finally:
            service.stop()


def drive(
    world: World, port: int, server: int, events: int, requests: int, *, is_cmcd: bool = False
) -> dict[str, Any]:
    """Send the requests from a process of its own."""
    plan = {
        "tokens": world.tokens(),
        "lessons": world.lessons,
        "events": events,
        "is_cmcd": is_cmcd,
        "requests": requests,
        "connections": CONNECTIONS,
        "port": port,
        "now_ms": time.time_ns() // 1_000_000,
        "seed": events,
    }
    path = world.home / "plan.json"
    path.write_text(json.dumps(plan))
    client = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.counting.generator", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdin is not None and client.stdout is not None
    assert client.stdout.readline() == "ready\n"
    before = _cpu_s(world, server)
    client.stdin.write("go\n")
    client.stdin.flush()
    met: dict[str, Any] = json.loads(client.stdout.read())
    client.wait()
    after = _cpu_s(world, server)
    return met | {name: after[name] - before[name] for name in after}


def _figures(
    world: World, events: int, goal: int | None, met: dict[str, Any], name: str = ""
) -> Iterator[Figure]:
    with world.house.db.begin() as session:
        differences = recount(session)
    assert not met["failures"], met["failures"]
    assert not differences, differences[:3]
    busy = " ".join(f"{name} {met[name] / met['took_s']:.0%}" for name in ("server", "postgres"))
    detail = (
        f"{met['requests_a_s'] * events:.0f} events/s, p50 {met['p50_ms']:.0f} ms;"
        f" of a core: {busy}, client {met['cpu_s'] / met['took_s']:.0%}; recount empty"
    )
    name = name or f"requests of {events} event{'s' if events > 1 else ''}"
    yield Figure(
        measure=name,
        measured=met["requests_a_s"],
        goal=goal,
        at_least=True,
        unit="/s",
        detail=detail,
    )
    goal_ms = 150.0 if goal and events == 20 else None
    yield Figure(measure=f"p99, {name}", measured=met["p99_ms"], goal=goal_ms, unit="ms")


def _cpu_s(world: World, server: int) -> dict[str, float]:
    postmaster = postmaster_pid(world.home)
    assert postmaster is not None
    database = psutil.Process(postmaster)
    return {
        "server": _spent_s(psutil.Process(server)),
        "postgres": sum(_spent_s(one) for one in [database, *database.children()]),
    }


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
