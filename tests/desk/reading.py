"""Reading the desk's pages and files as a person or a spreadsheet does."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from xml.etree import ElementTree

from tests.visiting import Visitor

SHEET = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def figure(page: str, name: str) -> str:
    """The number on a card."""
    found = re.search(rf'data-figure="{name}"><span>[^<]*</span><strong>([^<]*)', page)
    assert found, name
    return found[1]


def changes(page: str, name: str) -> list[str]:
    """What a card says of the times before."""
    card = page[page.index(f'data-figure="{name}"') :]
    return re.findall(r"<b>([^<]*)</b>", card[: card.index("</div>")])


def rows(visitor: Visitor, path: str, **params: str) -> list[list[str]]:
    """The lines of a CSV file."""
    answer = visitor.get(path, **params)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def page_rows(page: str) -> list[list[str]]:
    """The lines of the page's table."""
    table = page[page.index('id="table"') : page.index("</table>")]
    lines = re.findall(r"<tr.*?</tr>", table, re.S)
    return [
        [_words(cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", line, re.S)] for line in lines
    ]


def sheet_values(content: bytes, number: int = 1) -> list[list[str]]:
    """The lines of a sheet of an Excel book."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    return [
        [_cell(cell) for cell in row.findall("x:c", SHEET)]
        for row in sheet.iter(f"{{{SHEET['x']}}}row")
    ]


def _cell(cell: ElementTree.Element) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return cell.findtext("x:v", "", SHEET)


def _words(cell: str) -> str:
    without_arrow = re.sub(r"<span aria-hidden.*?</span>", "", cell)
    return html.unescape(re.sub(r"<[^>]*>", "", without_arrow)).strip()
