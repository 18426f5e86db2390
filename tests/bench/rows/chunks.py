"""What cutting a video into chunks costs, and what the early pass costs on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bench import content, measure, ours
from tests.bench.bench import Bench
from tests.bench.table import Figure

CPU_GOAL, BYTES_GOAL = 1.03, 1.01


def figures(bench: Bench) -> Iterator[Figure]:
    yield from _compared(bench, length_s=bench.length_s, chunk_s=bench.length_s // 3)
    if bench.each_kind:
        yield from _compared(bench, length_s=180, chunk_s=60)


def _compared(bench: Bench, *, length_s: int, chunk_s: int) -> Iterator[Figure]:
    clip = content.mixed(bench.folder, length_s)
    cut = ours.fitted_plan(clip, chunk_s=chunk_s)
    plans = {
        "one": ours.in_one_pass(ours.fitted_plan(clip)),
        "chunked": ours.in_one_pass(cut),
        "passes": cut,
    }
    package_bytes: dict[str, int] = {}

    def maker(name: str) -> Callable[[], measure.Cost]:
        def once() -> measure.Cost:
            with bench.scratch() as out:
                made = ours.make(plans[name], clip, out)
            package_bytes[name] = made.package_bytes
            return made.cost

        return once

    costs = measure.alternated({name: maker(name) for name in plans}, bench.runs)
    what = f"{length_s // chunk_s} chunks of {chunk_s} s against one run"
    one_s = costs["one"].cpu_s
    yield Figure(
        measure=f"CPU, {what}",
        goal=CPU_GOAL,
        measured=costs["chunked"].cpu_s / one_s,
        detail=f"{costs['chunked'].cpu_s:.1f} s against {one_s:.1f} s",
    )
    yield Figure(
        measure=f"bytes, {what}",
        goal=BYTES_GOAL,
        measured=package_bytes["chunked"] / package_bytes["one"],
        detail=f"{package_bytes['chunked']} against {package_bytes['one']}",
    )
    yield Figure(
        measure=f"CPU, {what}, small rungs first",
        measured=costs["passes"].cpu_s / one_s,
        detail="nearly all of it is the second decode of the source",
    )
