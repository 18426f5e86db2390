"""The page of what plays now, and of the peak of each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import NoSuchDownload, checked_kind, desk_page, download
from app.desk.cards import Card
from app.desk.narrowing import minute_link
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Chart, Sheet, sheet_page
from app.desk.sources import DIGITS_BELOW
from app.desk.tables import Column, Line, Table
from app.pages import formats
from player_api.reports.peaks import (
    PeakOfDay,
    alive_by_course,
    alive_by_region,
    curve,
    highest,
    peaks,
)

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/live"
# The page asks again so often; a figure can change with every beat of every box.
NOW_EVERY_S, CURVE_EVERY_S = 10, 60
COURSES = 15


@router.get("/live")
def live_page(question: QuestionDep) -> Response:
    """How many plays are alive now, today's course by minute, and the peaks of the period."""
    with reading(question.house) as session:
        sheet = _sheet(session, question)
        return sheet_page(
            session,
            question,
            sheet,
            "desk/live.html",
            curve_every_s=CURVE_EVERY_S,
            **_now(session, question),
        )


@router.get("/live/now")
def live_now(question: QuestionDep) -> Response:
    """The part of the page that asks again every few seconds."""
    with reading(question.house) as session:
        return desk_page(session, question, "desk/live_now.html", **_now(session, question))


@router.get("/live/table.{kind}")
def download_peaks(question: QuestionDep, kind: str) -> Response:
    """The peaks of the days as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _peak_table(question, _peaks(session, question))
    return download(question, table, kind, table.name)


@router.get("/live/now/{what}.{kind}")
def download_now(question: QuestionDep, what: str, kind: str) -> Response:
    """What plays now, by region or course, as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _now_table(session, question, what)
    return download(question, table, kind, table.name)


def _now_table(session: Session, question: Question, what: str) -> Table:
    """All regions or all courses. Raises NoSuchDownload."""
    if what not in ("regions", "courses"):
        raise NoSuchDownload("正在播放只有 regions 和 courses 两张表。")
    t, settings, asked, now = question.t, question.house.settings, question.asked, question.now
    digits = DIGITS_BELOW.get(len(asked.region), 9)
    if what == "regions":
        found = alive_by_region(session, settings, now, asked.region, digits)
        keys = [(row.code, _region(question, row, digits)["name"]) for row in found]
        labels = ("column.code", "column.region")
    else:
        found = alive_by_course(session, settings, now, asked.region)
        unknown = t("table.unknown")
        keys = [(f"{row.number:03d}" if row.number else "", row.title or unknown) for row in found]
        labels = ("column.number", "column.course")
    total = sum(row.plays for row in found)
    return Table(
        name=f"now-{what}",
        columns=[
            *[Column(heading=t(label)) for label in labels],
            Column(heading=t("live.alive"), kind="count"),
            Column(heading=t("live.as_of"), kind="moment"),
        ],
        lines=[Line(values=(*key, row.plays, now)) for key, row in zip(keys, found, strict=True)],
        totals=(t("table.total"), None, total, now),
    )


def _now(session: Session, question: Question) -> dict[str, Any]:
    settings, asked, now = question.house.settings, question.asked, question.now
    digits = DIGITS_BELOW.get(len(asked.region), 9)
    regions = alive_by_region(session, settings, now, asked.region, digits)
    courses = alive_by_course(session, settings, now, asked.region)
    return {
        "alive": sum(row.plays for row in regions),
        "alive_link": minute_link(asked, _local(question, now)),
        "regions": [_region(question, row, digits) for row in regions],
        "courses": [_course(question, row) for row in courses[:COURSES]],
        "more_courses": max(0, len(courses) - COURSES),
        "files": [f"{ADDRESS}/now/{what}" for what in ("regions", "courses")],
        "now_address": f"{ADDRESS}/now?{urlencode(asked.query)}",
        "now_every_s": NOW_EVERY_S,
        "beat_s": settings.beat_s,
    }


def _region(question: Question, row: Row[Any], digits: int) -> dict[str, Any]:
    is_below = len(row.code) == digits
    query = urlencode({**question.asked.query, "region": row.code})
    asked = question.asked.in_region(row.code)
    return {
        "name": (row.name or row.code) if is_below else question.t("table.other_region"),
        "plays": row.plays,
        "plays_link": minute_link(asked, _local(question, question.now)) if is_below else None,
        "link": f"{ADDRESS}?{query}" if is_below else None,
    }


def _course(question: Question, row: Row[Any]) -> dict[str, Any]:
    name = row.title or question.t("table.unknown")
    number = f"{row.number:03d} " if row.number else ""
    address = f"/desk/courses/{row.course_id}"
    return {
        "name": f"{number}{name}",
        "plays": row.plays,
        "plays_link": minute_link(question.asked, _local(question, question.now), address),
        "link": f"{address}?{urlencode(question.asked.query)}",
    }


def _local(question: Question, at: datetime) -> datetime:
    return at.astimezone(question.house.settings.zone)


def _sheet(session: Session, question: Question) -> Sheet:
    t, settings = question.t, question.house.settings
    minutes = curve(session, settings, question.today, question.asked.region, question.now)
    found = _peaks(session, question)
    top = highest(found)
    today = max(minutes, key=lambda minute: minute[1], default=None)
    return Sheet(
        title=t("live.title"),
        lead=t("live.lead", beat=settings.beat_s),
        address=ADDRESS,
        table_title=t("live.table"),
        empty=t("live.empty"),
        cards=[
            _peak_card(
                question, "today", today[1] if today else 0, today[0] if today else None, "%H:%M"
            ),
            _peak_card(
                question,
                "period",
                top.plays if top else 0,
                top.at if top else None,
                "%Y-%m-%d %H:%M",
            ),
        ],
        charts=[_chart(question, minutes)],
        table=_peak_table(question, found),
    )


def _peaks(session: Session, question: Question) -> list[PeakOfDay]:
    asked = question.asked
    return peaks(
        session,
        question.house.settings,
        start=asked.start,
        end=asked.end,
        region=asked.region,
    )


def _peak_card(question: Question, name: str, plays: int, at: datetime | None, form: str) -> Card:
    moment = at.astimezone(question.house.settings.zone).strftime(form) if at and plays else ""
    return Card(
        name=name, label=question.t(f"live.{name}"), value=formats.count(plays), unit=moment
    )


def _chart(question: Question, minutes: Sequence[tuple[datetime, int]]) -> Chart:
    t, zone = question.t, question.house.settings.zone
    labels = [at.astimezone(zone).strftime("%H:%M") for at, _ in minutes]
    most = max((alive for _, alive in minutes), default=0)
    return Chart(
        name="today",
        title=t("live.chart", day=question.today.isoformat()),
        picture={
            "kind": "curve",
            "labels": labels,
            "names": labels,
            "series": [{"name": t("live.alive"), "values": [alive for _, alive in minutes]}],
            "description": t("live.description", most=formats.count(most)),
        },
    )


def _peak_table(question: Question, found: Sequence[PeakOfDay]) -> Table:
    t = question.t
    return Table(
        name="peaks",
        columns=[
            Column(heading=t("column.day"), kind="day"),
            Column(heading=t("live.peak"), kind="count"),
            Column(heading=t("live.minute"), kind="moment"),
        ],
        lines=[
            Line(
                values=(one.day.isoformat(), one.plays, one.at),
                link=minute_link(question.asked, _local(question, one.at)) if one.at else None,
                is_faint=not one.plays,
            )
            for one in reversed(found)
        ],
        notes=[t("live.note")],
    )
