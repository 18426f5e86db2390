"""The tables of the desk: by course, day, region and lesson, and the plays themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from app.desk.asked import Asked
from app.desk.figures import Sums, sums_of
from app.desk.tables import Column, Line, Table
from app.pages.texts import Translate

Rows = Sequence[Row[Any]]


def course_table(rows: Rows, asked: Asked, t: Translate) -> Table:
    """A line a course; it leads to the course's lessons."""
    columns = [Column(heading=t("column.number")), Column(heading=t("column.course"))]
    lines = [
        Line(
            values=(
                f"{row.number:03d}" if row.number else "",
                row.title or t("table.unknown"),
                *_figures(row),
            ),
            link=_address(f"/desk/courses/{row.course_id}", asked),
        )
        for row in rows
    ]
    return _table("courses", columns, lines, sums_of(rows), t)


def lesson_table(rows: Rows, asked: Asked, t: Translate) -> Table:
    """A line a lesson; it leads to the lesson's plays."""
    columns = [Column(heading=t("column.position")), Column(heading=t("column.lesson"))]
    lines = [
        Line(
            values=(
                "" if row.is_removed or row.position is None else str(row.position),
                row.title or t("table.unknown"),
                *_figures(row),
            ),
            link=_address(f"/desk/lessons/{row.lesson_id}", asked),
            is_faint=bool(row.is_removed),
        )
        for row in rows
    ]
    return _table("lessons", columns, lines, sums_of(rows), t)


def day_table(rows: Rows, t: Translate) -> Table:
    """A line a day, newest first."""
    columns = [Column(heading=t("column.day"), kind="day")]
    lines = [
        Line(values=(row.day.isoformat(), *_figures(row)), is_faint=not row.plays) for row in rows
    ]
    return _table("days", columns, lines, sums_of(rows), t)


def region_table(rows: Rows, asked: Asked, t: Translate) -> Table:
    """A line a region below the one asked for; it leads to the regions below that one."""
    columns = [Column(heading=t("column.code")), Column(heading=t("column.region"))]
    lines = [_region_line(row, asked, t) for row in rows]
    return _table("regions", columns, lines, sums_of(rows), t)


def play_table(rows: Rows, totals: Row[Any], t: Translate) -> Table:
    """A line a play; those that do not count are there too, and say so."""
    columns = [
        Column(heading=t("column.play")),
        Column(heading=t("column.started"), kind="moment"),
        Column(heading=t("column.code"), only_download=True),
        Column(heading=t("column.region")),
        Column(heading=t("column.box")),
        Column(heading=t("figure.seconds"), kind="seconds"),
        Column(heading=t("column.seen"), kind="seconds"),
        Column(heading=t("column.share"), kind="share", only_download=True),
        Column(heading=t("column.is_play"), kind="yes"),
        Column(heading=t("column.is_effective"), kind="yes"),
        Column(heading=t("column.is_complete"), kind="yes"),
    ]
    lines = [Line(values=_play(row), is_faint=not row.is_play) for row in rows]
    # Below each yes and no stands how many say yes.
    counted = (totals.plays, totals.effective, totals.completed)
    blank = (t("table.total"), None, None, None, None)
    sums = (*blank, totals.watch_ms, totals.distinct_ms, None)
    return Table(name="plays", columns=columns, lines=lines, totals=(*sums, *counted))


def _region_line(row: Row[Any], asked: Asked, t: Translate) -> Line:
    is_same = row.code == asked.region or len(row.code) < 4
    name = t("table.other_region") if is_same else (row.name or row.code)
    query = {**asked.query, "region": row.code, "view": "regions"}
    link = None if is_same or row.name is None else f"/desk/?{urlencode(query)}"
    return Line(values=(row.code, name, *_figures(row)), link=link)


def _table(
    name: str, labels: list[Column], lines: Sequence[Line], sums: Sums, t: Translate
) -> Table:
    columns = [
        *labels,
        Column(heading=t("figure.plays"), kind="count"),
        Column(heading=t("figure.effective"), kind="count"),
        Column(heading=t("figure.completed"), kind="count"),
        Column(heading=t("figure.completion"), kind="share"),
        Column(heading=t("figure.hours"), kind="hours"),
        Column(heading=t("figure.seconds"), kind="seconds", only_download=True),
    ]
    first = (t("table.total"), *[None] * (len(labels) - 1))
    return Table(name=name, columns=columns, lines=lines, totals=(*first, *_figures(sums)))


def _figures(row: Any) -> tuple[Any, ...]:
    share = (row.completed, row.plays)
    return (row.plays, row.effective, row.completed, share, row.watch_ms, row.watch_ms)


def _play(row: Row[Any]) -> tuple[Any, ...]:
    return (
        str(row.id),
        row.started_at,
        row.region_code,
        row.region_name or "",
        str(row.box_id),
        row.watch_ms,
        row.distinct_ms,
        (min(row.distinct_ms, row.duration_ms), row.duration_ms),
        row.is_play,
        row.is_effective,
        row.is_complete,
    )


def _address(path: str, asked: Asked) -> str:
    return f"{path}?{urlencode(asked.query)}"
