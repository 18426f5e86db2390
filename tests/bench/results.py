"""Figures that outlive a run: a row that is measured again replaces its own figures only."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench.table import Figure, as_text


def measure(folder: Path, name: str, row: Callable[[], Iterable[Figure]]) -> None:
    """Run a row, show its figures at once and keep them in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{time.strftime('%H:%M:%S')} {name} …", file=sys.stderr, flush=True)
    figures = list(row())
    print(as_text(figures) + "\n", file=sys.stderr, flush=True)
    _keep(folder, name, figures)


def kept(folder: Path, names: Iterable[str]) -> list[Figure]:
    """The latest figures of those rows that have been measured."""
    found = [_file(folder, name) for name in names if _file(folder, name).exists()]
    return [Figure(**plain) for path in found for plain in json.loads(path.read_text("utf-8"))]


def _keep(folder: Path, name: str, figures: Sequence[Figure]) -> None:
    plain = [asdict(figure) for figure in figures]
    _file(folder, name).write_text(json.dumps(plain, indent=1), encoding="utf-8")


def _file(folder: Path, name: str) -> Path:
    return folder / f"result-{name}.json"
