"""CPU and wall time against the others' own lines, on the same four rungs and the same sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import measure, ours, peers
from tests.bench.bench import Bench
from tests.bench.table import Figure

PEERTUBE, PEERTUBE_AUTO, MEDIACMS, SHAKA = (
    "PeerTube", "PeerTube, automatic threads", "MediaCMS", "Shaka Streamer",
)  # fmt: skip
CPU_GOALS = {PEERTUBE: 0.60, MEDIACMS: 0.38, SHAKA: 0.28}
WALL_GOAL = 0.57


def figures(bench: Bench) -> Iterator[Figure]:
    for name, clip in bench.clips().items():
        costs = measure.alternated(_contestants(bench, clip), bench.runs)
        own = costs["ours"]
        for peer, goal in CPU_GOALS.items():
            yield Figure(
                measure=f"CPU against {peer} ({name})",
                goal=goal,
                measured=own.cpu_s / costs[peer].cpu_s,
                detail=f"{own.cpu_s:.1f} s against {costs[peer].cpu_s:.1f} s",
            )
        yield Figure(
            measure=f"wall time against {PEERTUBE_AUTO} ({name})",
            goal=WALL_GOAL,
            measured=own.wall_s / costs[PEERTUBE_AUTO].wall_s,
            detail=f"{own.wall_s:.1f} s against {costs[PEERTUBE_AUTO].wall_s:.1f} s; "
            f"with one thread {costs[PEERTUBE].wall_s:.1f} s",
        )


def _contestants(bench: Bench, clip: Path) -> dict[str, Callable[[], measure.Cost]]:
    def in_scratch(run: Callable[[Path], measure.Cost]) -> Callable[[], measure.Cost]:
        def once() -> measure.Cost:
            with bench.scratch() as out:
                return run(out)

        return once

    plan = ours.four_rungs(clip, iframes=True)
    return {
        "ours": in_scratch(lambda out: ours.make(plan, clip, out).cost),
        PEERTUBE: in_scratch(lambda out: peers.peertube(clip, out)),
        PEERTUBE_AUTO: in_scratch(lambda out: peers.peertube(clip, out, threads=0)),
        MEDIACMS: in_scratch(lambda out: peers.mediacms(clip, out)),
        SHAKA: in_scratch(lambda out: peers.shaka(clip, out)),
    }
