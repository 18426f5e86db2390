"""Measure everything that has a goal and print one table: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from tests.bench import content
from tests.bench.bench import Bench
from tests.bench.readme import write_readme
from tests.bench.results import kept, measure
from tests.bench.rows import LONG, ROWS
from tests.bench.table import as_text


def main() -> None:
    given = _arguments()
    bench = Bench(
        folder=given.folder,
        runs=given.runs,
        kinds=tuple(given.kinds),
        length_s=given.length,
        each_kind=given.long,
        curves=given.curves,
    )
    names = given.only or [name for name in ROWS if given.long or name not in LONG]
    for name in names:
        measure(bench.results, name, partial(ROWS[name], bench))
    print(as_text(kept(bench.results, names)))
    if given.write:
        write_readme(kept(bench.results, ROWS), bench.results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--runs", type=int, default=3, help="alternated runs; medians are shown")
    parser.add_argument("--kinds", nargs="+", choices=content.KINDS, default=content.KINDS)
    parser.add_argument(
        "--length", type=int, default=content.LENGTH_S, help="seconds of each kind; less for a try"
    )
    parser.add_argument(
        "--long", action="store_true", help="also 20 minutes of film, and CPU on each kind: hours"
    )
    parser.add_argument(
        "--curves", action="store_true", help="quality of every rung, and MediaCMS's, for the chart"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the latest figures of all rows into README.md"
    )
    parser.add_argument(
        "--folder", type=Path, default=content.default_folder(), help="for sources and results"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
