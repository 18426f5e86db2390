"""The page that balances what arrived with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import checked_kind, download
from app.desk.cards import Card
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Sheet, sheet_page
from app.desk.sources import DIGITS_BELOW
from app.desk.tables import Column, Line, Table
from app.pages import formats
from app.pages.texts import TEXTS
from player_api.reports.queries import rows

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/receipts"
VIEWS = ("days", "regions", "refusals")
# received = the sum of the others.
FATES = ("counted", "unchanged", "late", "invalid_user", "refused")


@router.get("/receipts")
def receipts_page(question: QuestionDep, view: str = "") -> Response:
    """What arrived and what became of it, by day, by region, and why events were refused."""
    with reading(question.house) as session:
        return sheet_page(session, question, _sheet(session, question, _known(view)))


@router.get("/receipts/table.{kind}")
def download_receipts(question: QuestionDep, kind: str, view: str = "") -> Response:
    """The table of the view as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _sheet(session, question, _known(view)).table
    return download(question, table, kind, table.name)


def _known(view: str) -> str:
    return view if view in VIEWS else VIEWS[0]


def _sheet(session: Session, question: Question, view: str) -> Sheet:
    t, asked = question.t, question.asked
    values: dict[str, Any] = {"start": asked.start, "end": asked.end, "region": asked.region}
    digits = DIGITS_BELOW.get(len(asked.region), 9)
    # Days and regions add up to the same.
    name = "receipts_by_region" if view == "regions" else "receipts_by_day"
    found = rows(session, name, **values, digits=digits)
    tables = {
        "days": lambda: _day_table(question, found),
        "regions": lambda: _region_table(question, found, digits),
        "refusals": lambda: _refusal_table(question, rows(session, "refusals", **values)),
    }
    return Sheet(
        title=t("receipts.title"),
        lead=t("receipts.lead"),
        address=ADDRESS,
        empty=t("receipts.empty"),
        cards=_cards(question, found),
        views=[(name, t(f"receipts.view.{name}")) for name in VIEWS],
        view=view,
        query={"view": view},
        table=tables[view](),
    )


def _cards(question: Question, found: Sequence[Row[Any]]) -> list[Card]:
    t, total = question.t, _total(found)
    cards = [
        Card(name=name, label=t(f"receipts.{name}"), value=formats.count(total[name]))
        for name in ("received", *FATES)
    ]
    balance = total["received"] - sum(total[name] for name in FATES)
    words = t("receipts.balanced") if not balance else formats.change(balance)
    return [*cards, Card(name="balance", label=t("receipts.balance"), value=words)]


def _day_table(question: Question, by_day: Sequence[Row[Any]]) -> Table:
    heading = Column(heading=question.t("receipts.day"), kind="day")
    lines = [
        Line(values=(row.day.isoformat(), *_figures(row)), is_faint=not row.received)
        for row in by_day
    ]
    return _table(question, "receipts-days", [heading], lines, _total(by_day))


def _region_table(question: Question, found: Sequence[Row[Any]], digits: int) -> Table:
    t = question.t
    columns = [Column(heading=t("column.code")), Column(heading=t("column.region"))]
    lines = [
        Line(
            values=(
                row.code,
                t("table.other_region") if len(row.code) < digits else row.name or row.code,
                *_figures(row),
            ),
            link=_below(question, row.code) if len(row.code) == digits < 9 else None,
        )
        for row in found
    ]
    return _table(question, "receipts-regions", columns, lines, _total(found))


def _refusal_table(question: Question, found: Sequence[Row[Any]]) -> Table:
    t = question.t
    total = sum(row.events for row in found)
    return Table(
        name="receipts-refusals",
        columns=[
            Column(heading=t("receipts.code")),
            Column(heading=t("receipts.reason")),
            Column(heading=t("receipts.refused"), kind="count"),
            Column(heading=t("receipts.of_refused"), kind="share"),
        ],
        lines=[
            Line(values=(row.code, reason_of(row.code, t), row.events, (row.events, total)))
            for row in found
        ],
        totals=(t("table.total"), None, total, (total, total)),
        go_column=-1,
    )


def reason_of(code: str, t: Any) -> str:
    """Why events with this code were refused; the code itself where nobody has said it yet."""
    key = f"refusal.{code}"
    return str(t(key)) if key in TEXTS else code


def _table(
    question: Question,
    name: str,
    labels: list[Column],
    lines: list[Line],
    total: dict[str, int],
) -> Table:
    t = question.t
    figures = [
        Column(heading=t(f"receipts.{figure}"), kind="count") for figure in ("received", *FATES)
    ]
    blank = (None,) * (len(labels) - 1)
    sums = tuple(total[figure] for figure in ("received", *FATES))
    return Table(
        name=name,
        columns=[*labels, *figures, Column(heading=t("receipts.balance"), kind="count")],
        lines=lines,
        totals=(t("table.total"), *blank, *sums, sums[0] - sum(sums[1:])),
        notes=[t("receipts.note")],
    )


def _figures(row: Row[Any]) -> tuple[int, ...]:
    fates = [int(getattr(row, name)) for name in FATES]
    return row.received, *fates, row.received - sum(fates)


def _total(found: Sequence[Row[Any]]) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in found) for name in ("received", *FATES)}


def _below(question: Question, code: str) -> str:
    return f"{ADDRESS}?{urlencode({**question.asked.query, 'region': code, 'view': 'regions'})}"
