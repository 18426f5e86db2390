"""A table as an Excel book that is sent while it is made.

A library makes the book's frame with a line of each style; the table's rows go in between as they
come. An archive may be read from its end, so what tells how many sheets there are is written last.
"""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.desk.columns import Column, Table, Wording, written

# A sheet has 1,048,576 rows; the heading takes one.
ROWS_A_SHEET = 1_048_575
# Above 2 GiB of text a part of an archive needs a form that not every Excel reads.
MOST_SHEET_BYTES = 2_000_000_000
PIECE_BYTES = 64 * 1024
# A fifth more bytes than by the usual 6, and a whole book is made with a fifth less work.
EFFORT = 1
MOST_CHARACTERS = 32_767
FORMS = {
    "count": "#,##0",
    "hours": "0.00",
    "seconds": "0.000",
    "share": "0.0%",
    "change": "+#,##0;-#,##0;0",
    "growth": "+0.0%;-0.0%;0.0%",
}
PERCENT = re.compile(r"[+-]?\d+\.\d")
# What XML cannot hold, and what Excel would take for the way in which it writes that.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
STYLE = re.compile(r'<c r="[A-Z]+(\d+)" s="(\d+)"')
PLAIN_ROW, STRONG_ROW = 2, 3


def xlsx_pieces(
    table: Table, wording: Wording, rows_a_sheet: int = ROWS_A_SHEET
) -> Generator[bytes]:
    """Numbers as numbers, under a heading that stays in view; as many sheets as it takes."""
    pipe = _Pipe()
    frame = _Frame(table, 2)
    with ZipFile(cast(Any, pipe), "w", ZIP_DEFLATED, compresslevel=EFFORT) as archive:
        rows = _rows(table, frame)
        row = next(rows, None)
        sheets = 0
        while row or not sheets:
            sheets += 1
            head, tail = frame.parts(sheets)
            with archive.open(_sheet(sheets), "w") as sheet:
                sheet.write(head)
                number, text_bytes = 1, 0
                while row and number <= rows_a_sheet and text_bytes < MOST_SHEET_BYTES:
                    number += 1
                    text = _row(number, row, wording).encode()
                    text_bytes += len(text)
                    sheet.write(text)
                    if pipe.size >= PIECE_BYTES:
                        yield pipe.taken()
                    row = next(rows, None)
                sheet.write(tail)
        for name, content in _Frame(table, sheets).others():
            archive.writestr(name, content)
    yield pipe.taken()


def xlsx_bytes(table: Table, wording: Wording, rows_a_sheet: int = ROWS_A_SHEET) -> bytes:
    """The whole table as an Excel book."""
    return b"".join(xlsx_pieces(table, wording, rows_a_sheet))


class _Pipe:
    """What an archive is written into that can't go back."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Whoever takes the pieces sends them."""

    def taken(self) -> bytes:
        found = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return found


class _Frame:
    """A book of some sheets with the table's heading and a line of each style."""

    def __init__(self, table: Table, sheets: int) -> None:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            heading = book.add_format({"bold": True, "bg_color": "#E6F2EC", "bottom": 1})
            plain = _formats(book, {})
            strong = _formats(book, {"bold": True, "top": 1})
            for number in range(1, sheets + 1):
                name = table.name if number == 1 else f"{table.name[:26]} {number}"
                sheet = book.add_worksheet(name[:31])
                sheet.freeze_panes(1, 0)
                for at, column in enumerate(table.columns):
                    sheet.set_column(at, at, 14 if column.is_number else 24)
                sheet.write_row(0, 0, [column.heading for column in table.columns], heading)
                for row, styles in ((PLAIN_ROW, plain), (STRONG_ROW, strong)):
                    for at, column in enumerate(table.columns):
                        sheet.write_blank(row - 1, at, None, styles.get(column.kind, styles[""]))
        self.archive = ZipFile(file)

    def parts(self, number: int) -> tuple[bytes, bytes]:
        """What stands before and after the rows of that sheet; all but the first are alike."""
        text = self.archive.read(_sheet(min(number, 2))).decode()
        # How far the sheet goes is not known yet, and need not be said.
        text = re.sub("<dimension [^>]*/>", "", text)
        head = text[: text.index(f'<row r="{PLAIN_ROW}"')]
        return head.encode(), text[text.index("</sheetData>") :].encode()

    def styles(self, row: int) -> list[str]:
        """The numbers of the styles of that line's cells."""
        text = self.archive.read(_sheet(1)).decode()
        return [style for at, style in STYLE.findall(text) if int(at) == row]

    def others(self) -> Iterator[tuple[str, bytes]]:
        """All that is no sheet."""
        for name in self.archive.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                yield name, self.archive.read(name)


def _sheet(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _formats(book: Any, style: dict[str, Any]) -> dict[str, Any]:
    forms = {kind: {"num_format": form} for kind, form in FORMS.items()}
    return {kind: book.add_format({**style, **form}) for kind, form in {**forms, "": {}}.items()}


# The values of a row and, of each column, how its cells begin.
Row = tuple[tuple[Any, ...], list[tuple[Column, str, str]]]


def _rows(table: Table, frame: _Frame) -> Iterator[Row]:
    """The lines and the totals."""
    plain, strong = _cells(table, frame, PLAIN_ROW), _cells(table, frame, STRONG_ROW)
    totals = [(table.totals, strong)] if table.totals is not None else []
    return chain(((line.values, plain) for line in table.every_line), totals)


def _cells(table: Table, frame: _Frame, row: int) -> list[tuple[Column, str, str]]:
    """Each column with how its cells begin: before the row's number, and after it."""
    return [
        (column, f'<c r="{xl_col_to_name(at)}', f'" s="{style}"')
        for at, (column, style) in enumerate(zip(table.columns, frame.styles(row), strict=True))
    ]


def _row(number: int, row: Row, wording: Wording) -> str:
    inner = "".join(
        f"{begin}{number}{style}{_content(column, value, wording)}"
        for (column, begin, style), value in zip(row[1], row[0], strict=True)
    )
    return f'<row r="{number}">{inner}</row>'


def _content(column: Column, value: Any, wording: Wording) -> str:
    """The rest of a cell."""
    words = written(column, value, wording)
    if column.is_number and value is not None:
        number = _number(column, value, words)
        if number is not None:
            return f"><v>{number:.16g}</v></c>"
    if not words:
        return "/>"
    text = escape(UNWRITABLE.sub(_code, words[:MOST_CHARACTERS]))
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _code(character: re.Match[str]) -> str:
    return f"_x{ord(character[0]):04X}_"


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
