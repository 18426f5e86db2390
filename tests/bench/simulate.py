"""The job graph of a video on any number of workers, each a machine of its own, in mind.

Probing, then the pieces and the sound in the order of their worth, the early package after the
first pass, the whole package at the end. A worker encodes one piece at a time; packages are joined
beside the encoding, as the workers' second queue does.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Job:
    """An encoding step. priority: higher goes first. takes_s: wall time on a worker by itself."""

    name: str
    priority: int
    takes_s: float


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Times of a video's jobs. jobs: in the order in which they were asked for."""

    probe_s: float
    jobs: tuple[Job, ...]
    early_join_s: float
    join_s: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Seconds after the upload was accepted."""

    playable_s: float
    ready_s: float


def simulate(graph: Graph, workers: int) -> Outcome:
    """Every free worker takes the best job that waits."""
    waiting = sorted(graph.jobs, key=lambda job: -job.priority)  # stable: first asked, first done
    first = max(job.priority for job in waiting)
    free_at = [graph.probe_s] * workers
    ends: list[tuple[Job, float]] = []
    for job in waiting:
        ends.append((job, heapq.heappop(free_at) + job.takes_s))
        heapq.heappush(free_at, ends[-1][1])
    ready_s = max(end for _, end in ends) + graph.join_s
    early_s = max(end for job, end in ends if job.priority == first) + graph.early_join_s
    return Outcome(playable_s=min(early_s, ready_s), ready_s=ready_s)


def speed_ups(graph: Graph, counts: Sequence[int]) -> dict[int, float]:
    """How many times sooner the whole package is ready than with one worker."""
    alone = simulate(graph, 1)
    return {count: alone.ready_s / simulate(graph, count).ready_s for count in counts}
