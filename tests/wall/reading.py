"""What stands on a card, as a reader of the page's source finds it."""

from __future__ import annotations

import html
import re

SHEET = re.compile(r'<section class="sheet [^"]*".*?</section>', re.S)


def sheets(page: str) -> list[str]:
    """The sheets of paper on a page."""
    return SHEET.findall(page)


def numbers(sheet: str) -> list[str]:
    """The course numbers on a sheet, in reading order."""
    return re.findall(r'data-number="(\d+)"', sheet)


def words(part: str) -> str:
    """What is read there, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", part)).split())


def heading(sheet: str) -> str:
    """The heading of a sheet."""
    found = re.search(r"<h2>.*?</h2>", sheet, re.S)
    assert found
    return words(found[0])
