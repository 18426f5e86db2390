"""Several workers on one long film: two real ones, and any number in mind."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.service import Journey, follow, service
from tests.bench.simulate import Graph, Job, simulate, speed_ups
from tests.bench.table import Figure

GOAL = 3.2
MINUTES = 20


def figures(bench: Bench) -> Iterator[Figure]:
    film = bench.film(MINUTES)
    with (
        bench.scratch() as scratch,
        # A core each: then the two are to each other like two machines, and so are their times.
        service(scratch, cores=[0, 1], chunk_s=bench.length_s) as house,
    ):
        journey = follow(house, film)
    graph = graph_of(journey)
    gains = speed_ups(graph, (2, 4))
    told_s = simulate(graph, 2).ready_s
    yield Figure(
        measure="speed-up of 2 workers, simulated",
        measured=gains[2],
        detail=f"{told_s:.0f} s simulated, {journey.ready_s:.0f} s in the real run (a core each)",
    )
    yield Figure(
        measure="speed-up of 4 workers, simulated",
        goal=GOAL,
        at_least=True,
        measured=gains[4],
        detail=f"{simulate(graph, 4).ready_s:.0f} s against {simulate(graph, 1).ready_s:.0f} s "
        f"with one; playable after {simulate(graph, 4).playable_s:.0f} s",
    )
    yield Figure(
        measure="the real run against its simulation, 2 workers",
        measured=journey.ready_s / told_s,
    )


def graph_of(journey: Journey) -> Graph:
    """The jobs of a journey with the times that they took."""
    jobs = [
        Job(name=step.name, priority=int(step.first), takes_s=step.ended_s - step.began_s)
        for step in journey.steps
    ]
    first_done_s = max(step.ended_s for step in journey.steps if step.first)
    all_done_s = max(step.ended_s for step in journey.steps)
    return Graph(
        probe_s=journey.probed_s,
        jobs=tuple(jobs),
        early_join_s=max(0.0, journey.playable_s - first_done_s),
        join_s=journey.ready_s - all_done_s,
    )
