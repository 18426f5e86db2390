"""The tables of the desk, one for each view; a page and its files come from the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.desk import breakdowns, times
from app.desk.boxes import boxes_by_group, boxes_of
from app.desk.breakdowns import Group
from app.desk.figures import Sums, Times, together
from app.desk.look import Inquiry
from app.desk.narrowing import WrongFilter
from app.desk.plays_table import play_table
from app.desk.sources import Key
from app.desk.tables import Column, Line, Table
from player_api.reports.kept import kept_from, require_plays

GROUPS: dict[str, Callable[[Inquiry], list[Group]]] = {
    "courses": breakdowns.by_course,
    "lessons": breakdowns.by_lesson,
    "categories": breakdowns.by_category,
    "tags": breakdowns.by_tag,
    "regions": breakdowns.by_region,
    "days": times.by_day,
    "weeks": times.by_week,
    "months": times.by_month,
    "hours": times.by_hour,
}
LABELS = {
    "courses": ("column.number", "column.course"),
    "lessons": ("column.number", "column.lesson", "column.course"),
    "categories": ("column.category",),
    "tags": ("column.tag",),
    "regions": ("column.code", "column.region"),
    "days": ("column.day",),
    "weeks": ("column.week",),
    "months": ("column.month",),
    "hours": ("column.hour",),
}
# What the lines are summed by where they are compared.
KEY_OF: dict[str, Key] = {
    "courses": "course",
    "lessons": "lesson",
    "categories": "course",
    "tags": "course",
    "regions": "region",
    "hours": "hour",
}
ORDER_OF: dict[str, Callable[[Group], float]] = {
    "plays": lambda group: group.now.plays,
    "effective": lambda group: group.now.effective,
    "completed": lambda group: group.now.completed,
    "completion": lambda group: group.now.completed / group.now.plays if group.now.plays else -1.0,
    "watch": lambda group: group.now.watch_ms,
    "change": lambda group: group.times.compared.plays - group.times.before.plays,
}


def obstacle(inquiry: Inquiry) -> str | None:
    """Why there is no table, in words; None where there is one."""
    if is_too_long(inquiry):
        return inquiry.t("desk.hours.too_long", days=inquiry.longest_hours_days)
    return _obstacle_of_plays(inquiry) if inquiry.view == "plays" else None


def _obstacle_of_plays(inquiry: Inquiry) -> str | None:
    if inquiry.asked.start < (day := kept_from(inquiry.session)):
        return inquiry.t("desk.reduced", day=day)
    try:
        longest = inquiry.narrowing.longest_days()
    except WrongFilter as wrong:
        return wrong.detail
    if longest is not None and inquiry.asked.days > longest:
        return inquiry.t("only.too_long", days=longest)
    return None


def is_too_long(inquiry: Inquiry) -> bool:
    """Whether the view would have to read too much for the period."""
    return inquiry.view in ("hours", "weekhours") and not inquiry.has_hours


def groups_of(inquiry: Inquiry) -> list[Group]:
    """The lines of the view in the order that is wanted."""
    if inquiry.view not in GROUPS or is_too_long(inquiry):
        return []
    groups = GROUPS[inquiry.view](inquiry)
    if inquiry.has_boxes:
        counts = boxes_by_group(inquiry, groups)
        groups = [replace(g, boxes=boxes) for g, boxes in zip(groups, counts, strict=True)]
    if not inquiry.sort:
        return groups
    value = ORDER_OF[inquiry.sort]
    sign = 1 if inquiry.look.is_ascending else -1
    # Of equals the longer watched comes first, or last; then they keep their own order.
    return sorted(groups, key=lambda g: (g.is_rest, sign * value(g), sign * g.now.watch_ms))


def table_of(inquiry: Inquiry, groups: Sequence[Group]) -> Table:
    """The view as a table; of plays, all of them for a file."""
    if inquiry.view == "plays":
        require_plays(inquiry.session, inquiry.asked.start)
        return play_table(inquiry, (), whole=True)
    if inquiry.view == "weekhours":
        return weekhour_table(inquiry)
    return group_table(inquiry, groups)


def group_table(inquiry: Inquiry, groups: Sequence[Group]) -> Table:
    """A line a group, and all of them together."""
    total = together(g.times for g in groups)
    notes = []
    if inquiry.view == "tags":
        # A course with two tags is in both lines, but it is watched once.
        total = together(inquiry.times("course").values())
        notes.append(inquiry.t("table.note.tags"))
    elif not _rounds_evenly(groups, total.now):
        notes.append(inquiry.t("table.note.rounding"))
    if inquiry.has_boxes:
        notes.append(inquiry.t("table.note.boxes"))
    if (cut := _cut_words(inquiry)) is not None:
        notes.append(cut)
    labels = _labels(inquiry)
    return Table(
        name=inquiry.view,
        columns=[*labels, *_figure_columns(inquiry)],
        lines=[
            Line(
                values=(*g.labels, *_figures(g.times, g.boxes, inquiry)),
                link=g.link,
                is_faint=g.is_faint,
            )
            for g in groups
        ],
        totals=(
            inquiry.t("table.total"),
            *[None] * (len(labels) - 1),
            *_figures(total, boxes_of(inquiry) if inquiry.has_boxes else None, inquiry),
        ),
        go_column=1 if len(labels) > 1 else 0,
        notes=notes,
    )


def weekhour_table(inquiry: Inquiry) -> Table:
    """Plays by hour, a column a weekday."""
    t = inquiry.t
    rows = [] if is_too_long(inquiry) else times.by_weekhour(inquiry)
    columns = [
        Column(heading=t("column.hour")),
        *[Column(heading=t(f"weekday.{n}"), kind="count") for n in range(1, 8)],
        Column(heading=t("table.total"), kind="count"),
    ]
    lines = [
        Line(
            values=(times.hour_words(hour), *row, sum(row)),
            link=times.hour_link(inquiry, hour),
            links={n + 1: times.hour_link(inquiry, hour, n + 1) for n in range(7) if row[n]},
            is_faint=not any(row),
        )
        for hour, row in enumerate(rows)
    ]
    sums = [sum(row[n] for row in rows) for n in range(7)]
    totals = (t("table.total"), *sums, sum(sums))
    return Table(name="weekhours", columns=columns, lines=lines, totals=totals, go_column=0)


def _labels(inquiry: Inquiry) -> list[Column]:
    keys = LABELS[inquiry.view]
    if inquiry.view == "lessons" and inquiry.subject.kind == "course":
        keys = ("column.position", "column.lesson")
    return [Column(heading=inquiry.t(key)) for key in keys]


def _figure_columns(inquiry: Inquiry) -> list[Column]:
    t = inquiry.t
    return [
        _ordered(inquiry, "plays", "count", "figure.plays"),
        *(_growth_columns(inquiry) if _compares(inquiry) else ()),
        _ordered(inquiry, "effective", "count", "figure.effective"),
        _ordered(inquiry, "completed", "count", "figure.completed"),
        _ordered(inquiry, "completion", "share", "figure.completion"),
        _ordered(inquiry, "watch", "hours", "figure.hours"),
        *([Column(heading=t("figure.boxes"), kind="count")] if inquiry.has_boxes else ()),
        Column(heading=t("figure.seconds"), kind="seconds", only_download=True),
    ]


def _growth_columns(inquiry: Inquiry) -> list[Column]:
    compared = Column(heading=inquiry.t("growth.compared"), kind="count")
    return [
        *([compared] if _cut_words(inquiry) else ()),
        Column(heading=inquiry.t(f"growth.{inquiry.look.against}"), kind="count"),
        _ordered(inquiry, "change", "change", "growth.change"),
        Column(heading=inquiry.t("growth.percent"), kind="growth"),
    ]


def _ordered(inquiry: Inquiry, sort: str, kind: Any, text: str) -> Column:
    """A column whose heading puts the lines in its order, and a second time the other way."""
    if not inquiry.has_order:
        return Column(heading=inquiry.t(text), kind=kind)
    is_shown = inquiry.sort == sort
    order = "asc" if is_shown and not inquiry.look.is_ascending else ""
    shown = "ascending" if inquiry.look.is_ascending else "descending"
    return Column(
        heading=inquiry.t(text),
        kind=kind,
        order_link=inquiry.here(sort=sort, order=order),
        order=shown if is_shown else None,  # type: ignore[arg-type]
    )


def _compares(inquiry: Inquiry) -> bool:
    return bool(inquiry.look.against) and inquiry.view not in ("days", "weeks", "months")


def _cut_words(inquiry: Inquiry) -> str | None:
    """How far the lines are compared while the period still runs."""
    return inquiry.cut_words(KEY_OF[inquiry.view]) if _compares(inquiry) else None


def _figures(times: Times, boxes: int | None, inquiry: Inquiry) -> tuple[Any, ...]:
    now, plays, before = times.now, times.compared.plays, times.before.plays
    against = (
        *((plays,) if _cut_words(inquiry) else ()),
        *(before, plays - before, (plays, before)),
    )
    return (
        now.plays,
        *(against if _compares(inquiry) else ()),
        now.effective,
        now.completed,
        (now.completed, now.plays),
        now.watch_ms,
        *((boxes,) if inquiry.has_boxes else ()),
        now.watch_ms,
    )


def _rounds_evenly(groups: Sequence[Group], total: Sums) -> bool:
    """Whether the hours as they are shown add up to the total that is shown."""
    shown = sum(_hundredths(group.now.watch_ms) for group in groups)
    return shown == _hundredths(total.watch_ms)


def _hundredths(watch_ms: int) -> int:
    return round(float(f"{watch_ms / 3_600_000:.2f}") * 100)
