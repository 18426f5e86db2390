"""Measure the TV page and print one table: ``python -m tests.bench.tv``."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.content import LENGTH_S
from tests.bench.readme import write_table
from tests.bench.results import kept, measure
from tests.bench.table import Figure, as_text
from tests.bench.tv.focus import focus_figures
from tests.bench.tv.keys import keys_figures
from tests.bench.tv.memory import heap_figures, memory_figures
from tests.bench.tv.playing import line_figures, start_figures
from tests.bench.tv.size import size_figures
from tests.bench.tv.world import World, open_world

ROWS: dict[str, Callable[[World], Iterator[Figure]]] = {
    "size": size_figures,
    "focus": focus_figures,
    "keys": keys_figures,
    "start": start_figures,
    "line": line_figures,
    "heap": heap_figures,
    "memory": memory_figures,
}


def main() -> None:
    given = _arguments()
    results = given.folder / "results"
    folder = Path(tempfile.mkdtemp(prefix="nongke-tv-"))
    home = given.folder / f"home-{given.length}s"
    try:
        with open_world(folder, home, film_s=given.length, long=given.long) as world:
            for name in given.only or ROWS:
                measure(results, name, partial(ROWS[name], world))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(as_text(kept(results, ROWS)))
    if given.write:
        write_table("tv", kept(results, ROWS))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tv", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="NAME", help=", ".join(ROWS))
    parser.add_argument(
        "--length", type=int, default=LENGTH_S, help="seconds of film; less for a try"
    )
    parser.add_argument("--long", action="store_true", help="memory over 30 minutes and ten plays")
    parser.add_argument("--write", action="store_true", help="put the figures into README.md")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "nongke-bench-tv",
        help="where the film and results are kept",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
