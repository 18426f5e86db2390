"""kill -9 of the server, of PostgreSQL, of both, in mid-load: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from app.house import open_house
from app.settings import Settings
from migrations import migrate
from player_api.boxes import token_of
from player_api.tables import Box
from tests.bench.counting.world import UNLIMITED, add_boxes, fill_library
from tests.bench.table import Figure
from tests.player_api.siege import Cluster, Siege, reckon
from tests.service import Service

ROUNDS = 20
HOUSEHOLDS = 12
TARGETS = ("server", "PostgreSQL", "both")


def kill_figures(folder: Path, rounds: int = ROUNDS) -> Iterator[Figure]:
    """So many kills, then the reckoning."""
    found, siege = kill_in_turn(folder, list(islice(cycle(TARGETS), rounds)))
    detail = (
        f"{len(siege.watched):,} plays, {siege.sent_events:,} events, {siege.answered:,} answers,"
        f" {siege.failed} requests failed, {siege.hung_up} clients hung up; receipts balance,"
        " recount empty" + "".join(f"; {one}" for one in found[:3])
    )
    yield Figure(
        measure=f"lost or doubled after {rounds} × kill -9",
        measured=len(found),
        goal=0,
        unit="plays",
        detail=detail,
    )


def kill_in_turn(folder: Path, targets: list[str]) -> tuple[list[str], Siege]:
    """Kill the targets one after the other under load; gives what is wrong then."""
    cluster = Cluster(folder / "home")
    url = cluster.start()
    service = Service(home=cluster.home, database_url=url, env=dict(UNLIMITED))
    try:
        migrate(url)
        house = open_house(Settings(home=cluster.home, database_url=url, demo=False), url)
        lesson, duration_s = fill_library(house)[0]
        boxes = add_boxes(house.db, HOUSEHOLDS)
        tokens = [token_of(house.settings, Box(id=box, token_version=1)) for box, _, _ in boxes]
        service.start_server()
        with Siege(service=service, tokens=tokens, lesson=lesson, duration_s=duration_s) as siege:
            for target in targets:
                siege.go_on(30)
                _kill(target, cluster, service)
            siege.go_on(30)
        found = reckon(house, siege)
        house.db.close()
    finally:
        service.stop()
        cluster.stop()
    return found, siege


def _kill(target: str, cluster: Cluster, service: Service) -> None:
    if target != "PostgreSQL":
        service.kill("server", signal.SIGKILL)
    if target != "server":
        cluster.kill()
        cluster.start()
    if target != "PostgreSQL":
        service.start_server()
