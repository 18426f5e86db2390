"""The page of learning together: plays in village halls, and how many people were present."""

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
from app.desk.narrowing import plays_link
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Chart, Sheet, sheet_page
from app.desk.sources import DIGITS_BELOW
from app.desk.tables import Column, Line, Table
from app.pages import formats
from player_api.reports.queries import rows

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/groups"
# The views, and the statement that each is made of.
VIEWS = {"regions": "groups_by_region", "courses": "groups_by_course", "days": "groups_by_day"}
BARS = 10
LONGEST_CODE = 9


@router.get("/groups")
def groups_page(question: QuestionDep, view: str = "") -> Response:
    """Plays to groups and people present, by region, course and day."""
    with reading(question.house) as session:
        return sheet_page(session, question, _sheet(session, question, _known(view)))


@router.get("/groups/table.{kind}")
def download_groups(question: QuestionDep, kind: str, view: str = "") -> Response:
    """The table of the view as a file."""
    checked_kind(kind)
    view = _known(view)
    with reading(question.house) as session:
        table = _table(question, view, _rows(session, question, view))
    return download(question, table, kind, table.name)


def _known(view: str) -> str:
    return view if view in VIEWS else next(iter(VIEWS))


def _sheet(session: Session, question: Question, view: str) -> Sheet:
    t = question.t
    by_course = _rows(session, question, "courses")
    found = by_course if view == "courses" else _rows(session, question, view)
    table = _table(question, view, found)
    return Sheet(
        title=t("groups.title"),
        lead=t("groups.lead"),
        address=ADDRESS,
        empty=t("groups.empty"),
        cards=_cards(question, by_course),
        charts=[_chart(question, by_course)] if by_course else [],
        views=[(name, t(f"groups.view.{name}")) for name in VIEWS],
        view=view,
        query={"view": view},
        table=table if by_course else Table(name=table.name, columns=table.columns, lines=[]),
    )


def _cards(question: Question, found: Sequence[Row[Any]]) -> list[Card]:
    t, (plays, people) = question.t, _total(found)
    mean = f"{people / plays:.1f}" if plays else "—"
    return [
        Card(name="groups", label=t("groups.plays"), value=formats.count(plays)),
        Card(name="people", label=t("groups.people"), value=formats.count(people)),
        Card(name="mean", label=t("groups.mean"), value=mean),
    ]


def _table(question: Question, view: str, found: Sequence[Row[Any]]) -> Table:
    t = question.t
    made = {"regions": _regions, "courses": _courses, "days": _days}[view]
    labels, lines = made(question, found)
    figures = [Column(heading=t(f"groups.{name}"), kind="count") for name in ("plays", "people")]
    blank = (None,) * (len(labels) - 1)
    return Table(
        name=f"groups-{view}",
        columns=[*labels, *figures],
        lines=lines,
        totals=(t("table.total"), *blank, *_total(found)),
        notes=[t("groups.note")],
    )


def _rows(session: Session, question: Question, view: str) -> Sequence[Row[Any]]:
    asked = question.asked
    values: dict[str, Any] = {"start": asked.start, "end": asked.end, "region": asked.region}
    if view == "regions":
        values["digits"] = DIGITS_BELOW[len(asked.region)]
    return rows(session, VIEWS[view], **values)


def _regions(question: Question, found: Sequence[Row[Any]]) -> tuple[list[Column], list[Line]]:
    t, asked = question.t, question.asked
    digits = DIGITS_BELOW[len(asked.region)]

    def below(code: str) -> str:
        return f"{ADDRESS}?{urlencode({**asked.query, 'region': code, 'view': 'regions'})}"

    lines = [
        Line(
            values=(
                row.code,
                t("table.other_region") if len(row.code) < digits else row.name or row.code,
                row.plays,
                row.people,
            ),
            link=below(row.code) if len(row.code) == digits < LONGEST_CODE else None,
        )
        for row in found
    ]
    return [Column(heading=t("column.code")), Column(heading=t("column.region"))], lines


def _courses(question: Question, found: Sequence[Row[Any]]) -> tuple[list[Column], list[Line]]:
    t, query = question.t, urlencode(question.asked.query)
    lines = [
        Line(
            values=(
                "" if row.id is None else f"{row.number:03d}",
                row.title or t("table.unknown"),
                row.plays,
                row.people,
            ),
            link=f"/desk/courses/{row.id}?{query}" if row.id is not None else None,
        )
        for row in found
    ]
    return [Column(heading=t("column.number")), Column(heading=t("column.course"))], lines


def _days(question: Question, found: Sequence[Row[Any]]) -> tuple[list[Column], list[Line]]:
    lines = [
        Line(
            values=(row.day.isoformat(), row.plays, row.people),
            link=plays_link(question.asked.between(row.day, row.day), groups="1")
            if row.plays
            else None,
            is_faint=not row.plays,
        )
        for row in found
    ]
    return [Column(heading=question.t("groups.day"), kind="day")], lines


def _chart(question: Question, found: Sequence[Row[Any]]) -> Chart:
    t, top = question.t, found[:BARS]
    labels = [row.title or t("table.unknown") for row in top]
    words = "、".join(
        f"{label} {formats.count(row.people)}" for label, row in zip(labels, top, strict=True)
    )
    return Chart(
        name="top",
        title=t("groups.chart"),
        picture={
            "kind": "bars",
            "labels": labels,
            "links": [None for _ in top],
            "series": [{"name": t("groups.people"), "values": [row.people for row in top]}],
            "description": t("groups.description", words=words),
        },
    )


def _total(found: Sequence[Row[Any]]) -> tuple[int, int]:
    return sum(row.plays for row in found), sum(row.people for row in found)
