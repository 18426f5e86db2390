"""Measure the TV page and print one table: ``python -m tests.bench.tv``."""

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

from tests.bench.content import LENGTH_S
from tests.bench.readme import write_table
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
    kept = given.folder / "results"
    kept.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="nongke-tv-"))
    home = given.folder / f"home-{given.length}s"
    try:
        with open_world(folder, home, film_s=given.length, long=given.long) as world:
            for name in given.only or ROWS:
                print(f"{time.strftime('%H:%M:%S')} {name} …", file=sys.stderr, flush=True)
                figures = list(ROWS[name](world))
                print(as_text(figures) + "\n", file=sys.stderr, flush=True)
                lines = [json.dumps(asdict(figure), ensure_ascii=False) for figure in figures]
                (kept / f"{name}.jsonl").write_text("\n".join(lines))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(as_text(_kept(kept)))
    if given.write:
        write_table("tv", _kept(kept))


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
