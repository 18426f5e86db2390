"""The page that says which share of a region's boxes was heard from."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import checked_kind, download
from app.desk.cards import Card
from app.desk.narrowing import plays_link
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Heat, Sheet, sheet_page
from app.desk.sources import DIGITS_BELOW
from app.desk.tables import Column, Line, Table
from app.pages import formats
from player_api.reports.coverage import Coverage, coverage
from player_api.reports.definitions import SILENT_DAYS
from player_api.tables import Region

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/coverage"


@router.get("/coverage")
def coverage_page(question: QuestionDep) -> Response:
    """Boxes heard, silent and never heard, by the regions below."""
    with reading(question.house) as session:
        return sheet_page(session, question, _sheet(session, question))


@router.get("/coverage/table.{kind}")
def download_coverage(question: QuestionDep, kind: str) -> Response:
    """The same table as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _sheet(session, question).table
    return download(question, table, kind, table.name)


def _sheet(session: Session, question: Question) -> Sheet:
    t, asked = question.t, question.asked
    digits = DIGITS_BELOW.get(len(asked.region), 9)
    found = coverage(
        session,
        question.house.settings,
        start=asked.start,
        end=asked.end,
        region=asked.region,
        digits=digits,
    )
    names = _names(session, found)
    total = sum(found.values(), Coverage())
    # What stands no deeper than the region itself comes last, and leads nowhere.
    codes = sorted(found, key=lambda code: (len(code) < digits, code))
    below = {code for code in codes if len(code) == digits}
    links = {code: _link(question, code) for code in below if digits < 9}
    return Sheet(
        title=t("coverage.title"),
        lead=t("coverage.lead", silent=SILENT_DAYS),
        address=ADDRESS,
        table_title=t("coverage.table"),
        empty=t("coverage.empty"),
        cards=_cards(question, total),
        heats_title=t("coverage.heat"),
        heats=[
            Heat(
                name=names.get(code, t("table.other_region")),
                words=formats.percent(found[code].heard, found[code].registered),
                line=_of(found[code]),
                heat=round(found[code].heard * 100 / found[code].registered),
                link=links.get(code),
            )
            for code in codes
            if code in below
        ],
        table=Table(
            name="coverage",
            columns=_columns(question),
            lines=[
                Line(
                    values=(code, _name(question, names, code, digits), *_values(found[code])),
                    link=links.get(code),
                    links=_plays(question, code) if found[code].heard and code in below else {},
                    is_faint=not found[code].heard,
                )
                for code in codes
            ],
            totals=(t("table.total"), None, *_values(total)),
            notes=[t("coverage.note")],
        ),
    )


def _of(one: Coverage) -> str:
    return f"{formats.count(one.heard)} / {formats.count(one.registered)}"


def _columns(question: Question) -> list[Column]:
    t = question.t
    return [
        Column(heading=t("column.code")),
        Column(heading=t("column.region")),
        Column(heading=t("coverage.registered"), kind="count"),
        Column(heading=t("coverage.heard"), kind="count"),
        Column(heading=t("coverage.share"), kind="share"),
        Column(heading=t("coverage.unheard"), kind="count"),
        Column(heading=t("coverage.silent", silent=SILENT_DAYS), kind="count"),
        Column(heading=t("coverage.never"), kind="count"),
    ]


def _values(one: Coverage) -> tuple[object, ...]:
    unheard = one.registered - one.heard
    share = (one.heard, one.registered)
    return one.registered, one.heard, share, unheard, one.silent, one.never


def _cards(question: Question, total: Coverage) -> list[Card]:
    t = question.t
    figures = {
        "registered": formats.count(total.registered),
        "heard": formats.count(total.heard),
        "share": formats.percent(total.heard, total.registered),
        "silent": formats.count(total.silent),
        "never": formats.count(total.never),
    }
    return [
        Card(name=name, label=t(f"coverage.{name}", silent=SILENT_DAYS), value=value)
        for name, value in figures.items()
    ]


def _names(session: Session, codes: dict[str, Coverage]) -> dict[str, str]:
    query = select(Region.code, Region.name).where(Region.code.in_(codes))
    return {row.code: row.name for row in session.execute(query)}


def _name(question: Question, names: dict[str, str], code: str, digits: int) -> str:
    if len(code) < digits:
        return question.t("table.other_region")
    return names.get(code, code)


def _plays(question: Question, code: str) -> dict[int, str]:
    """From the boxes that were heard to what was played in the region."""
    return {3: plays_link(question.asked.in_region(code))}


def _link(question: Question, code: str) -> str:
    return f"{ADDRESS}?{urlencode({**question.asked.query, 'region': code})}"
