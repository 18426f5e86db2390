"""The list of plays as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from app.desk.look import Inquiry
from app.desk.plays import counted_plays, every_play
from app.desk.tables import Column, Line, Table
from app.pages.texts import Translate


def play_table(inquiry: Inquiry, rows: Iterable[Row[Any]], *, whole: bool = False) -> Table:
    """A line a play; those that do not count are there too, and say why."""
    t = inquiry.t
    has_names = inquiry.subject.kind != "lesson"
    names = [Column(heading=t("column.course")), Column(heading=t("column.lesson"))]
    columns = [
        Column(heading=t("column.play"), kind="id"),
        Column(heading=t("column.started"), kind="moment"),
        Column(heading=t("column.clock")),
        *(names if has_names else ()),
        Column(heading=t("column.code"), only_download=True),
        Column(heading=t("column.region")),
        Column(heading=t("column.box"), kind="id"),
        Column(heading=t("figure.seconds"), kind="seconds"),
        Column(heading=t("column.seen"), kind="seconds"),
        Column(heading=t("column.share"), kind="share", only_download=True),
        Column(heading=t("column.is_play"), kind="yes"),
        Column(heading=t("column.is_effective"), kind="yes"),
        Column(heading=t("column.is_complete"), kind="yes"),
        Column(heading=t("column.why")),
    ]
    counted = counted_plays(inquiry)
    # Below each yes and no stands how many say yes.
    totals = (
        *(t("table.total"), *[None] * (7 if has_names else 5)),
        *(counted.watch_ms, counted.distinct_ms, None),
        *(counted.plays, counted.effective, counted.completed, None),
    )
    stream = (_play_line(row, has_names, t) for row in every_play(inquiry)) if whole else None
    lines = [_play_line(row, has_names, t) for row in rows]
    return Table(
        name="plays",
        columns=columns,
        lines=lines,
        totals=totals,
        go_column=-1,
        notes=[t("desk.plays.clock")],
        stream=stream,
    )


def _play_line(row: Row[Any], has_names: bool, t: Translate) -> Line:
    unknown = t("table.unknown")
    names = (row.course_title or unknown, row.lesson_title or unknown) if has_names else ()
    why = ""
    if not row.is_play:
        why = t("play.excluded") if row.is_excluded else t("play.short")
    values = (
        str(row.id),
        row.started_at,
        t(f"clock.{row.clock}"),
        *names,
        row.region_code,
        row.region_name or "",
        str(row.box_id or ""),
        row.watch_ms,
        row.distinct_ms,
        (min(row.distinct_ms, row.duration_ms), row.duration_ms),
        row.is_play,
        row.is_effective,
        row.is_complete,
        why,
    )
    return Line(values=values, is_faint=not row.is_play)
