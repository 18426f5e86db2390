"""A page with one table: what it is about, figures, pictures, and the table with its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from app.desk.answers import desk_page
from app.desk.cards import Card
from app.desk.question import Question
from app.desk.tables import Table


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture with its heading; name: of its place on the page."""

    name: str
    title: str
    picture: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Heat:
    """A region of a heat table: its share in words, and the strength of its colour in percent."""

    name: str
    words: str
    line: str
    heat: int
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What such a page shows.

    lead: a sentence on what the numbers are. address: of the page; its files are below it.
    query: address parameters that the choice of period and place keeps.
    views: tabs above the table, as (parameter, words); empty: words instead of an empty table.
    """

    title: str
    lead: str
    address: str
    table: Table
    empty: str
    table_title: str = ""
    cards: Sequence[Card] = ()
    charts: Sequence[Chart] = ()
    heats: Sequence[Heat] = ()
    heats_title: str = ""
    views: Sequence[tuple[str, str]] = ()
    view: str = ""
    query: dict[str, str] = field(default_factory=dict)
    limit: int | None = None


def sheet_page(
    session: Session,
    question: Question,
    sheet: Sheet,
    template: str = "desk/sheet.html",
    **context: Any,
) -> Response:
    """The page of the sheet."""
    return desk_page(session, question, template, sheet=sheet, extra=sheet.query, **context)
