"""How near to the floor: x264 on raw frames, with the same settings, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench import measure, ours
from tests.bench.bench import Bench
from tests.bench.table import Figure
from transcode.plan import Plan

GOAL = 1.08
BYTES_A_PIXEL = 1.5


def figures(bench: Bench) -> Iterator[Figure]:
    for name, clip in bench.clips().items():
        plan = ours.four_rungs(clip, iframes=False)
        with bench.fast_scratch(_raw_bytes(plan)) as raw, bench.scratch() as out:
            measure.ffmpeg(*ours.raw_arguments(plan, clip, raw))
            costs = measure.alternated(
                {
                    "ours": partial(measure.ffmpeg, *ours.picture_arguments(plan, clip, out)),
                    "x264": partial(measure.together, _x264_alone(plan, raw, out)),
                },
                bench.runs,
            )
        yield Figure(
            measure=f"CPU, four rungs, against x264 alone ({name})",
            goal=GOAL,
            measured=costs["ours"].cpu_s / costs["x264"].cpu_s,
            detail=f"{costs['ours'].cpu_s:.1f} s against {costs['x264'].cpu_s:.1f} s; "
            f"wall {costs['ours'].wall_s:.1f} s against {costs['x264'].wall_s:.1f} s",
        )


def _x264_alone(plan: Plan, raw: Path, out: Path) -> list[list[str]]:
    return [
        measure.ffmpeg_command(*ours.x264_arguments(plan, rung, raw, out)) for rung in plan.rungs
    ]


def _raw_bytes(plan: Plan) -> int:
    pixels = sum(rung.width_px * rung.height_px for rung in plan.rungs)
    return round(pixels * BYTES_A_PIXEL * plan.total_frames)
