"""A table as CSV, as an Excel book and as JSON: line by line, so a million take no memory."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter

from app.desk.columns import Column, Line, Table, Wording, shown, written

__all__ = [
    "Column",
    "Line",
    "Table",
    "Wording",
    "csv_bytes",
    "csv_pieces",
    "json_pieces",
    "shown",
    "written",
    "xlsx_bytes",
    "xlsx_pieces",
]

# Excel and its like run a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A sheet has 1,048,576 rows; the heading takes one.
ROWS_A_SHEET = 1_048_575
PERCENT = re.compile(r"[+-]?\d+\.\d")
PIECE_BYTES = 64 * 1024
# A book that is larger than this waits on the disk while it is sent.
BOOK_IN_MEMORY_BYTES = 1024 * 1024


def csv_pieces(table: Table, wording: Wording) -> Generator[bytes]:
    """The table as CSV, in pieces; the mark at the start tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    for values in _rows(table):
        writer.writerow(
            [_csv_cell(c, v, wording) for c, v in zip(table.columns, values, strict=True)]
        )
        if text.tell() >= PIECE_BYTES:
            yield _taken(text)
    yield _taken(text)


def csv_bytes(table: Table, wording: Wording) -> bytes:
    """The whole table as CSV."""
    return b"".join(csv_pieces(table, wording))


def json_pieces(table: Table, wording: Wording) -> Generator[bytes]:
    """The table for programs: exact values, watch time in ms, shares as [part, whole]."""
    columns = [{"heading": c.heading, "kind": c.kind} for c in table.columns]
    yield f'{{"name": {_json(table.name, wording)}, "columns": {_json(columns, wording)}'.encode()
    yield b', "lines": ['
    comma = ""
    for line in table.every_line:
        yield f"{comma}\n{_json(line.values, wording)}".encode()
        comma = ","
    yield f'\n], "totals": {_json(table.totals, wording)}}}'.encode()


def xlsx_pieces(
    table: Table, wording: Wording, rows_a_sheet: int = ROWS_A_SHEET
) -> Generator[bytes]:
    """The table as an Excel book, in pieces; the book is made on the disk first."""
    with SpooledTemporaryFile(BOOK_IN_MEMORY_BYTES) as file:
        _write_book(file, table, wording, rows_a_sheet)
        file.seek(0)
        while piece := file.read(PIECE_BYTES):
            yield piece


def xlsx_bytes(table: Table, wording: Wording, rows_a_sheet: int = ROWS_A_SHEET) -> bytes:
    """The whole table as an Excel book."""
    return b"".join(xlsx_pieces(table, wording, rows_a_sheet))


def _rows(table: Table) -> Iterator[tuple[Any, ...]]:
    totals = [table.totals] if table.totals is not None else []
    return chain((line.values for line in table.every_line), totals)


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode("utf-8")
    text.seek(0)
    text.truncate()
    return piece


def _csv_cell(column: Column, value: Any, wording: Wording) -> str:
    words = written(column, value, wording)
    if isinstance(value, str) and words.startswith(FORMULA_STARTS):
        return "'" + words
    return words


def _json(value: Any, wording: Wording) -> str:
    def moment(at: datetime) -> str:
        return at.astimezone(wording.zone).isoformat()

    return json.dumps(value, ensure_ascii=False, default=moment)


def _write_book(file: IO[bytes], table: Table, wording: Wording, rows_a_sheet: int) -> None:
    """Numbers as numbers, under a heading that stays in view; as many sheets as it takes."""
    # constant_memory: a row goes to the disk as soon as the next one begins.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        pen = _Pen(book, table, wording)
        pen.write(table.every_line, rows_a_sheet)


class _Pen:
    """Writes the lines of one table into the sheets of a book."""

    def __init__(self, book: Any, table: Table, wording: Wording) -> None:
        self.book, self.table, self.wording = book, table, wording
        self.heading = book.add_format({"bold": True, "bg_color": "#E6F2EC", "bottom": 1})
        self.plain = _number_formats(book, {})
        self.strong = _number_formats(book, {"bold": True, "top": 1})

    def write(self, lines: Iterable[Line], rows_a_sheet: int) -> None:
        sheet, row, sheets = self._sheet(1), 0, 1
        for line in lines:
            if row == rows_a_sheet:
                sheets += 1
                sheet, row = self._sheet(sheets), 0
            row += 1
            self._line(sheet, row, line.values, self.plain)
        if self.table.totals is not None:
            if row == rows_a_sheet:
                sheet, row = self._sheet(sheets + 1), 0
            self._line(sheet, row + 1, self.table.totals, self.strong)

    def _sheet(self, number: int) -> Any:
        name = self.table.name if number == 1 else f"{self.table.name[:26]} {number}"
        sheet = self.book.add_worksheet(name[:31])
        for index, column in enumerate(self.table.columns):
            sheet.set_column(index, index, 14 if column.is_number else 24)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [column.heading for column in self.table.columns], self.heading)
        return sheet

    def _line(self, sheet: Any, row: int, values: tuple[Any, ...], styles: dict[str, Any]) -> None:
        for index, (column, value) in enumerate(zip(self.table.columns, values, strict=True)):
            style = styles[column.kind if column.is_number else ""]
            words = written(column, value, self.wording)
            is_number = column.is_number and value is not None
            number = _number(column, value, words) if is_number else None
            if number is None:
                sheet.write_string(row, index, words, style)
            else:
                sheet.write_number(row, index, number, style)


def _number_formats(book: Any, style: dict[str, Any]) -> dict[str, Any]:
    forms = {
        "count": "#,##0",
        "hours": "0.00",
        "seconds": "0.000",
        "share": "0.0%",
        "change": "+#,##0;-#,##0;0",
        "growth": "+0.0%;-0.0%;0.0%",
    }
    return {
        **{kind: book.add_format({**style, "num_format": form}) for kind, form in forms.items()},
        "": book.add_format(style),
    }


def _number(column: Column, value: Any, words: str) -> float | None:
    """The cell's number, rounded as the page rounds it; None where only words say it right.

    There is no number for a share of nothing, growth from nothing, or "<0.1%".
    """
    match column.kind:
        case "hours":
            return float(words)
        case "seconds":
            return float(value) / 1000
        case "share" | "growth":
            percent = words.removesuffix("%")
            return round(float(percent) / 100, 3) if PERCENT.fullmatch(percent) else None
    return float(value)
