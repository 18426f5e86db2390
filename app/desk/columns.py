"""One table of figures: columns, lines, totals, and how their values are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from app.pages import formats

Kind = Literal[
    "text", "id", "count", "hours", "seconds", "share", "change", "growth", "day", "moment", "yes"
]
NUMBERS = ("count", "hours", "seconds", "share", "change", "growth")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its heading, what its values are, and whether the page shows it.

    Values of ``hours`` and ``seconds`` are ms; a ``share`` is (part, whole), a ``growth``
    (now, before), a ``change`` their difference.
    order_link, order: where a click on the heading leads, and the order that is shown.
    """

    heading: str
    kind: Kind = "text"
    only_download: bool = False
    order_link: str | None = None
    order: Literal["descending", "ascending"] | None = None

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right of its column."""
        return self.kind in NUMBERS


@dataclass(frozen=True, kw_only=True)
class Line:
    """The values of a row, and where its figures come from.

    links: of single values by their column, beside the line's own.
    """

    values: tuple[Any, ...]
    link: str | None = None
    links: Mapping[int, str] = field(default_factory=dict)
    is_faint: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns, lines, and the totals line where totals make sense.

    go_column: the one whose values lead on. notes: what a reader must know about the numbers.
    stream: all lines where there are more of them than ``lines`` has.
    """

    name: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    totals: tuple[Any, ...] | None = None
    go_column: int = 1
    notes: Sequence[str] = ()
    stream: Iterable[Line] | None = None

    @property
    def every_line(self) -> Iterable[Line]:
        """What a file holds; may be read once."""
        return self.lines if self.stream is None else self.stream


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How values are written: the words for yes, no and growth from nothing, and the clock."""

    yes: str
    no: str
    new: str
    zone: ZoneInfo


def shown(column: Column, value: Any, wording: Wording) -> str:
    """The value as it stands on the page: as in the CSV file, thousands apart."""
    if value is not None and column.kind == "count":
        return formats.count(value)
    if value is not None and column.kind == "change":
        return formats.change(value)
    if value is not None and column.kind == "hours":
        return formats.hours(value)
    return written(column, value, wording)


def written(column: Column, value: Any, wording: Wording) -> str:
    """The value as it stands in the CSV file."""
    if value is None:
        return ""
    match column.kind:
        case "hours":
            return f"{value / 3_600_000:.2f}"
        case "seconds":
            return f"{value / 1000:.3f}".rstrip("0").rstrip(".")
        case "share":
            return formats.percent(*value)
        case "growth":
            now, before = value
            return formats.growth(now, before, wording.new)
        case "moment":
            return clock(value, wording)
        case "yes" if isinstance(value, bool):
            return wording.yes if value else wording.no
    return str(value)


def clock(value: datetime, wording: Wording) -> str:
    """A moment on the house's own clock."""
    return value.astimezone(wording.zone).strftime("%Y-%m-%d %H:%M:%S")
