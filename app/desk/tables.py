"""One table of figures, shown as a page, as CSV and as an Excel sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter

from app.pages import formats

Kind = Literal["text", "count", "hours", "seconds", "share", "day", "moment", "yes"]
NUMBERS = ("count", "hours", "seconds", "share")
# Excel and its like run a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its heading, what its values are, and whether the page shows it.

    Values of ``hours`` and ``seconds`` are ms; a ``share`` is (part, whole).
    """

    heading: str
    kind: Kind = "text"
    only_download: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right of its column."""
        return self.kind in NUMBERS


@dataclass(frozen=True, kw_only=True)
class Line:
    """The values of a row, and where its figures come from."""

    values: tuple[Any, ...]
    link: str | None = None
    is_faint: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns, lines, and the totals line where totals make sense."""

    name: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    totals: tuple[Any, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How values are written: the words for yes and no, and the clock."""

    yes: str
    no: str
    zone: ZoneInfo


def shown(column: Column, value: Any, wording: Wording) -> str:
    """The value as it stands on the page: as in the CSV file, thousands apart."""
    if value is not None and column.kind == "count":
        return formats.count(value)
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
        case "moment":
            return _clock(value, wording)
        case "yes" if isinstance(value, bool):
            return wording.yes if value else wording.no
    return str(value)


def csv_bytes(table: Table, wording: Wording) -> bytes:
    """The table as CSV; the mark at the start tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    rows = [line.values for line in table.lines]
    if table.totals is not None:
        rows.append(table.totals)
    for values in rows:
        writer.writerow(
            [_csv_cell(c, v, wording) for c, v in zip(table.columns, values, strict=True)]
        )
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: Table, wording: Wording) -> bytes:
    """The table as a sheet whose numbers are numbers, under a heading that stays in view."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(table.name[:31])
        heading = book.add_format({"bold": True, "bg_color": "#E6F2EC", "bottom": 1})
        sheet.write_row(0, 0, [column.heading for column in table.columns], heading)
        sheet.freeze_panes(1, 0)
        plain = _sheet_formats(book, {})
        for number, line in enumerate(table.lines, start=1):
            _write_line(sheet, number, table.columns, line.values, plain, wording)
        if table.totals is not None:
            strong = _sheet_formats(book, {"bold": True, "top": 1})
            _write_line(sheet, len(table.lines) + 1, table.columns, table.totals, strong, wording)
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, 14 if column.is_number else 24)
    return file.getvalue()


def _sheet_formats(book: Any, style: dict[str, Any]) -> dict[str, Any]:
    forms = {"count": "#,##0", "hours": "0.00", "seconds": "0.000", "share": "0.0%"}
    return {
        **{kind: book.add_format({**style, "num_format": form}) for kind, form in forms.items()},
        "": book.add_format(style),
    }


def _write_line(
    sheet: Any,
    row: int,
    columns: Sequence[Column],
    values: tuple[Any, ...],
    styles: dict[str, Any],
    wording: Wording,
) -> None:
    for index, (column, value) in enumerate(zip(columns, values, strict=True)):
        if value is None or not column.is_number:
            sheet.write_string(row, index, written(column, value, wording), styles[""])
        elif (number := _number(column, value)) is None:
            sheet.write_string(row, index, written(column, value, wording), styles[column.kind])
        else:
            sheet.write_number(row, index, number, styles[column.kind])


def _number(column: Column, value: Any) -> float | None:
    match column.kind:
        case "hours":
            return round(float(value) / 3_600_000, 2)
        case "seconds":
            return float(value) / 1000
        case "share":
            part, whole = value
            return round(float(part) / whole, 3) if whole else None
    return float(value)


def _csv_cell(column: Column, value: Any, wording: Wording) -> str:
    words = written(column, value, wording)
    if isinstance(value, str) and words.startswith(FORMULA_STARTS):
        return "'" + words
    return words


def _clock(value: datetime, wording: Wording) -> str:
    return value.astimezone(wording.zone).strftime("%Y-%m-%d %H:%M:%S")
