"""Measure how events are counted and print one table: ``python -m tests.bench.counting``."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.bench.counting.kills import kill_figures
from tests.bench.counting.load import cmcd_figures, load_figures
from tests.bench.counting.scale import scale_figures
from tests.bench.counting.volume import volume_figures
from tests.bench.readme import write_table
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
    kept = given.folder / "results"
    kept.mkdir(parents=True, exist_ok=True)
    for name in given.only or [name for name in ROWS if name not in BY_NAME]:
        print(f"{time.strftime('%H:%M:%S')} {name} …", file=sys.stderr, flush=True)
        # A socket's path has a limit of 107 bytes: a short folder.
        folder = Path(tempfile.mkdtemp(prefix="nongke-count-"))
        try:
            figures = list(ROWS[name](folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(as_text(figures) + "\n", file=sys.stderr, flush=True)
        lines = [json.dumps(asdict(figure), ensure_ascii=False) for figure in figures]
        (kept / f"{name}.jsonl").write_text("\n".join(lines))
    print(as_text(_kept(kept)))
    if given.write:
        write_table("counting", _kept(kept))


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


def _kept(folder: Path) -> list[Figure]:
    files = [folder / f"{name}.jsonl" for name in ROWS]
    return [
        Figure(**json.loads(line))
        for file in files
        if file.exists()
        for line in file.read_text().splitlines()
    ]


if __name__ == "__main__":
    main()
