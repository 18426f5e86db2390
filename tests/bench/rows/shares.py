"""What is not encoding: its share of the encoding's CPU time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.bench import content, ours
from tests.bench.bench import Bench
from tests.bench.table import Figure

EXTRAS_GOAL_PERCENT, PLAN_GOAL_PERCENT = 6.0, 4.0
PLANNED_MINUTES = 20
PLAN, ENCODE, AUDIO = "plan", "encode", "audio"


def figures(bench: Bench) -> Iterator[Figure]:
    encode_s_of = {}
    for kind in bench.kinds:
        with bench.scratch() as scratch:
            _, _, report = ours.package(bench.source(kind), scratch)
            loudness_s = ours.loudness_cpu_s(bench.source(kind), scratch / "sound")
        steps = {step["name"]: step["cpu_s"] for step in report["steps"]}
        encode_s_of[kind] = steps[ENCODE]
        yield _extras(kind, steps, loudness_s)
    if len(encode_s_of) == len(content.KINDS):
        yield _planning(bench, encode_s_of)


def _extras(kind: str, steps: Mapping[str, float], loudness_s: float) -> Figure:
    """All but planning, pictures and sound counts: also the joining that everybody has."""
    extras = {name: cpu_s for name, cpu_s in steps.items() if name not in (PLAN, ENCODE, AUDIO)}
    extras["loudness"] = loudness_s
    told = ", ".join(f"{name} {cpu_s:.2f} s" for name, cpu_s in extras.items())
    return Figure(
        measure=f"verify, storyboard, posters, loudness of encode CPU ({kind})",
        goal=EXTRAS_GOAL_PERCENT,
        unit="%",
        measured=100 * sum(extras.values()) / steps[ENCODE],
        detail=f"{told}; encode {steps[ENCODE]:.1f} s, sound {steps[AUDIO]:.1f} s",
    )


def _planning(bench: Bench, encode_s_of: Mapping[str, float]) -> Figure:
    """A minute of each kind in turn: what the film's encoding costs is known without doing it."""
    cost = ours.plan_cost(bench.film(PLANNED_MINUTES))
    kinds = [content.KINDS[minute % len(content.KINDS)] for minute in range(PLANNED_MINUTES)]
    encode_s = sum(encode_s_of[kind] for kind in kinds)
    return Figure(
        measure=f"probing and planning of encode CPU, {PLANNED_MINUTES} minutes",
        goal=PLAN_GOAL_PERCENT,
        unit="%",
        measured=100 * cost.cpu_s / encode_s,
        detail=f"{cost.cpu_s:.1f} s against about {encode_s:.0f} s",
    )
