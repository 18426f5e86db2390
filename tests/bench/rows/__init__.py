"""The rows of the table, a module for each group: ``figures(bench)`` measures and tells.

floor: against x264 alone · peers: against the others' lines · bits: the fitted ladder's bits and
quality · chunks: what cutting costs · early: when the first rung plays · workers: several machines
· shares: what is not encoding · memory: of the largest job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.bench.bench import Bench
from tests.bench.rows import bits, chunks, early, floor, memory, peers, shares, workers
from tests.bench.table import Figure

ROWS: dict[str, Callable[[Bench], Iterable[Figure]]] = {
    "floor": floor.figures,
    "peers": peers.figures,
    "bits": bits.figures,
    "chunks": chunks.figures,
    "early": early.figures,
    "shares": shares.figures,
    "memory": memory.figures,
    "workers": workers.figures,
}
# Twenty minutes of video, or everything several times: left out unless asked for.
LONG = ("workers",)
