"""The most memory that the largest job uses: all rungs of full HD in one FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import ours
from tests.bench.bench import Bench
from tests.bench.table import Figure

GOAL_MB = 900
MB = 1e6


def figures(bench: Bench) -> Iterator[Figure]:
    for name, clip in bench.clips().items():
        with bench.scratch() as out:
            peak_bytes = ours.make(ours.full_plan(clip), clip, out).cost.peak_bytes
        yield Figure(
            measure=f"peak memory of a 1080p job ({name})",
            goal=GOAL_MB,
            measured=peak_bytes / MB,
            unit="MB",
            detail="resident, of FFmpeg and of our own process together",
        )
