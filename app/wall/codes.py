"""Squares that a phone reads (QR codes), and where they lead."""

from __future__ import annotations

from functools import lru_cache

import segno
from markupsafe import Markup

# ISO/IEC 18004 §9.1: less than four modules of white around it, and some phones find nothing.
QUIET_MODULES = 4


@lru_cache(maxsize=2048)
def code(address: str) -> Markup:
    """The address as a drawing to set into a page; it takes the size of its place.

    Error correction M: a fold or a splash over 15 % of it does no harm.
    """
    square = segno.make_qr(address, error="m")
    return Markup(square.svg_inline(border=QUIET_MODULES, omitsize=True, svgclass="code"))


def course_address(base: str, number: str) -> str:
    """Where a course stands on the TV page, which a phone shows as well."""
    return f"{base}tv/#/course/{number}"


def list_address(base: str, category_id: int | None) -> str:
    """Where the courses of a category stand on the TV page; of None, all of them."""
    return f"{base}tv/#/category/{category_id}" if category_id else f"{base}tv/"
