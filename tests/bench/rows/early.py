"""How soon a film can be watched: through a real worker, from upload to the first rungs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.service import follow, service
from tests.bench.table import Figure

GOAL = 0.35
MINUTES = 5


def figures(bench: Bench) -> Iterator[Figure]:
    film = bench.film(MINUTES)
    with (
        bench.scratch() as scratch,
        service(scratch, cores=[None], chunk_s=bench.length_s) as house,
    ):
        journey = follow(house, film)
    yield Figure(
        measure="upload accepted → first rung playable, against the whole ladder",
        goal=GOAL,
        measured=journey.playable_s / journey.ready_s,
        detail=f"{journey.playable_s:.0f} s ({', '.join(journey.early_rungs)}) "
        f"against {journey.ready_s:.0f} s ({', '.join(journey.all_rungs)})",
    )
