"""Lists of regions: judged line by line, taken as a whole, written out again.

The codes are those of GB/T 2260 and the statistical bureau: two digits for a province, four for
a prefecture, six for a county, nine for a township. Villages (twelve) are not kept. A parent's
code is a shorter one that a child's begins with, so no list can go in circles; a level may be
left out, as below cities that have no counties.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from player_api.csv_lists import Fault, Line
from player_api.errors import BadList
from player_api.regions import Counted, ListedRegion, put_regions
from player_api.tables import Region

COLUMNS = {
    "code": ("code", "代码", "编码", "区划代码"),
    "name": ("name", "名称"),
    "level": ("level", "级别", "层级"),
    "parent": ("parent", "parent_code", "上级", "上级代码"),
    "valid_from": ("valid_from", "启用日期", "生效日期"),
    "valid_to": ("valid_to", "停用日期", "失效日期"),
}
REQUIRED = ("code", "name", "level", "parent")
LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township"}
SPELLINGS = {
    "province": ("province", "省", "省级"),
    "prefecture": ("prefecture", "市", "地", "地级", "市级"),
    "county": ("county", "县", "区", "县级", "区县"),
    "township": ("township", "乡", "镇", "街道", "乡级", "乡镇"),
}
LONGEST_NAME = 80


class _Wrong(Exception):
    """A line can't be taken; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionList:
    """The good lines of a list, and the faults of the others.

    is_dated: it has columns for when regions are valid, so what it says of that holds.
    """

    regions: list[ListedRegion]
    faults: list[Fault]
    is_dated: bool


def judge_regions(lines: Iterable[Line | Fault], known: Collection[str]) -> RegionList:
    """The list's regions, parents before children. known: codes that there are already."""
    faults: list[Fault] = []
    numbers: dict[str, int] = {}
    regions: dict[str, ListedRegion] = {}
    is_dated = False
    for line in lines:
        if isinstance(line, Fault):
            faults.append(line)
            continue
        is_dated = is_dated or bool({"valid_from", "valid_to"} & line.cells.keys())
        try:
            region = _region(line.cells)
            if region.code in numbers:
                raise _Wrong(f"{region.code} is on line {numbers[region.code]} already")
            numbers[region.code], regions[region.code] = line.number, region
        except _Wrong as wrong:
            faults.append(Fault(line=line.number, reason=str(wrong)))
    for region in list(regions.values()):
        if region.parent and region.parent not in regions and region.parent not in known:
            reason = f"there is no region {region.parent}, the parent of {region.code}"
            faults.append(Fault(line=numbers[region.code], reason=reason))
    ordered = sorted(regions.values(), key=lambda region: (len(region.code), region.code))
    return RegionList(regions=ordered, faults=sorted(faults), is_dated=is_dated)


def take_regions(session: Session, lines: Iterable[Line | Fault]) -> Counted:
    """Put the regions of the list in, all or none. Raises BadList."""
    found = judge_regions(lines, set(session.scalars(select(Region.code))))
    if found.faults:
        raise BadList(found.faults)
    return put_regions(session, found.regions, is_dated=found.is_dated)


def write_regions(session: Session, file: TextIO) -> None:
    """The whole tree as a list that can be taken again."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for region in session.scalars(select(Region).order_by(Region.code)):
        parent, until = region.parent_code or "", region.valid_to or ""
        row = (region.code, region.name, region.level, parent, region.valid_from, until)
        writer.writerow(row)


def _region(cells: dict[str, str]) -> ListedRegion:
    code, name, parent = cells["code"], cells["name"], cells["parent"] or None
    valid_from, valid_to = _day(cells.get("valid_from")), _day(cells.get("valid_to"))
    if not (code.isascii() and code.isdigit()):
        raise _Wrong(f"the code {code!r} is not digits")
    if len(code) not in LEVELS:
        raise _Wrong(f"the code {code} has {len(code)} digits, not 2, 4, 6 or 9")
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise _Wrong(f"{code} has no name, or one of more than {LONGEST_NAME} characters")
    if cells["level"].casefold() not in SPELLINGS[LEVELS[len(code)]]:
        raise _Wrong(f"{code} is a {LEVELS[len(code)]} by its length, not {cells['level']!r}")
    _check_parent(code, parent)
    if valid_from and valid_to and valid_from >= valid_to:
        raise _Wrong(f"{code} ends on {valid_to}, before it begins on {valid_from}")
    return ListedRegion(
        code=code,
        name=name,
        level=LEVELS[len(code)],
        parent=parent,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _check_parent(code: str, parent: str | None) -> None:
    if parent is None:
        if len(code) > 2:
            raise _Wrong(f"{code} has no parent")
    elif len(parent) >= len(code) or not code.startswith(parent):
        raise _Wrong(f"{code} does not begin with the code of its parent {parent}")


def _day(cell: str | None) -> date | None:
    if not cell:
        return None
    try:
        return datetime.strptime(cell.replace("/", "-"), "%Y-%m-%d").date()  # noqa: DTZ007 (a day)
    except ValueError:
        raise _Wrong(f"{cell!r} is not a day like 2026-01-31") from None
