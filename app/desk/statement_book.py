"""A statement as an Excel book: a sheet that says what it is, and one for each table."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from app.desk.columns import Column, Table, Wording, written

FORMS = {
    "count": "#,##0",
    "change": "+#,##0;-#,##0;0",
    "hours": "#,##0.00",
    "seconds": "0.000",
    "share": "0.0%",
}


def book_bytes(
    title: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[tuple[str, Table]],
    wording: Wording,
) -> bytes:
    """The book. facts: label and value, for the first sheet; tables: with their sheets' names."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        _write_facts(book, title, facts)
        for name, table in tables:
            _write_table(book, name, table, wording)
    return file.getvalue()


def _write_facts(book: Any, title: str, facts: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(title[:31])
    strong = book.add_format({"bold": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 84)
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label, strong)
        sheet.write_string(row, 1, value, plain)


def _write_table(book: Any, name: str, table: Table, wording: Wording) -> None:
    sheet = book.add_worksheet(name[:31])
    heading = book.add_format({"bold": True, "bg_color": "#E6F2EC", "bottom": 1})
    sheet.write_row(0, 0, [column.heading for column in table.columns], heading)
    sheet.freeze_panes(1, 0)
    rows: list[tuple[tuple[Any, ...], dict[str, Any]]] = [(line.values, {}) for line in table.lines]
    if table.totals is not None:
        rows.append((table.totals, {"bold": True, "top": 1}))
    formats: dict[tuple[str, bool], Any] = {}
    for number, (values, style) in enumerate(rows, start=1):
        for index, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            key = (column.kind, bool(style))
            if key not in formats:
                form = {"num_format": FORMS[column.kind]} if column.kind in FORMS else {}
                formats[key] = book.add_format({**style, **form})
            _write_cell(sheet, number, index, column, value, formats[key], wording)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, 14 if column.is_number else 26)


def _write_cell(
    sheet: Any, row: int, index: int, column: Column, value: Any, form: Any, wording: Wording
) -> None:
    number = _number(column, value) if column.is_number and value is not None else None
    if number is None:
        sheet.write_string(row, index, written(column, value, wording), form)
    else:
        sheet.write_number(row, index, number, form)


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
