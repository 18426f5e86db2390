"""The page of what households searched for and did not find: courses that are still missing."""

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
from app.desk.sheet import Chart, Sheet, sheet_page
from app.desk.tables import Column, Line, Table
from app.pages import formats
from player_api.reports.queries import rows

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/searches"
WORDS_A_PAGE = 200
BARS = 10
COUNTY_DIGITS = 6


@router.get("/searches")
def searches_page(question: QuestionDep) -> Response:
    """The words that were searched for most."""
    with reading(question.house) as session:
        return sheet_page(session, question, _sheet(session, question, WORDS_A_PAGE))


@router.get("/searches/table.{kind}")
def download_searches(question: QuestionDep, kind: str) -> Response:
    """All words as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _sheet(session, question, None).table
    return download(question, table, kind, table.name)


def _sheet(session: Session, question: Question, limit: int | None) -> Sheet:
    t, asked = question.t, question.asked
    values: dict[str, Any] = {"start": asked.start, "end": asked.end, "region": asked.region}
    found = rows(session, "search_misses", **values, limit=limit)
    total = rows(session, "search_miss_total", **values)[0]
    notes = [t("searches.cut", words=WORDS_A_PAGE)] if len(found) < total.words else []
    if len(asked.region) > COUNTY_DIGITS:
        notes.append(t("searches.county"))
    return Sheet(
        title=t("searches.title"),
        lead=t("searches.lead"),
        address=ADDRESS,
        table_title=t("searches.table"),
        empty=t("searches.county") if len(asked.region) > COUNTY_DIGITS else t("searches.empty"),
        cards=[
            Card(name="searches", label=t("searches.total"), value=formats.count(total.searches)),
            Card(name="words", label=t("searches.words"), value=formats.count(total.words)),
        ],
        charts=[_chart(question, found)] if found else [],
        table=Table(
            name="searches",
            columns=[
                Column(heading=t("searches.rank"), kind="count"),
                Column(heading=t("searches.word")),
                Column(heading=t("searches.total"), kind="count"),
                Column(heading=t("searches.days"), kind="count"),
                Column(heading=t("searches.counties"), kind="count"),
            ],
            lines=[
                Line(
                    values=(number, row.query, row.searches, row.days, row.counties),
                    link=f"/desk/?{urlencode({**asked.query, 'q': row.query})}",
                )
                for number, row in enumerate(found, start=1)
            ],
            totals=(None, t("table.total"), total.searches, None, None),
            notes=notes,
        ),
    )


def _chart(question: Question, found: Sequence[Row[Any]]) -> Chart:
    t, top = question.t, found[:BARS]
    words = "、".join(f"{row.query} {formats.count(row.searches)}" for row in top)
    return Chart(
        name="top",
        title=t("searches.chart"),
        picture={
            "kind": "bars",
            "labels": [row.query for row in top],
            "links": [None for _ in top],
            "series": [{"name": t("searches.total"), "values": [row.searches for row in top]}],
            "description": t("searches.description", words=words),
        },
    )
