"""A table as CSV and as JSON: line by line, so a million take no memory. Books: book.py."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Generator, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

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
]

# Excel and its like run a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PIECE_BYTES = 64 * 1024


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
