"""Measure how events are counted and print one table: ``python -m tests.bench.counting``."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.counting.kills import kill_figures
from tests.bench.counting.load import cmcd_figures, load_figures
from tests.bench.counting.scale import scale_figures
from tests.bench.counting.volume import volume_figures
from tests.bench.readme import write_table
from tests.bench.results import kept, measure
from tests.bench.table import Figure, as_text

ROWS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "load": load_figures,
    "cmcd": cmcd_figures,
    "bytes": volume_figures,
    "kills": kill_figures,
    "scale": scale_figures,
}
# Takes most of an hour: only by name.
BY_NAME = {"scale"}


def main() -> None:
    given = _arguments()
    results = given.folder / "results"
    for name in given.only or [name for name in ROWS if name not in BY_NAME]:
        # A socket's path has a limit of 107 bytes: a short folder.
        folder = Path(tempfile.mkdtemp(prefix="nongke-count-"))
        try:
            measure(results, name, partial(ROWS[name], folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(as_text(kept(results, ROWS)))
    if given.write:
        write_table("counting", kept(results, ROWS))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.counting", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--write", action="store_true", help="put the figures into README.md")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "nongke-bench-counting",
        help="where results are kept",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
