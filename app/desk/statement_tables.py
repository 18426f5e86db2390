"""A statement's body as tables: all of it, or what a supervisor of one region may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.desk.columns import Column, Line, Table
from app.pages.texts import Translate

Body = dict[str, Any]
# Which list of the body has the line of a whole region, by the digits of its code.
LIST_OF_DIGITS = {2: "prefectures", 4: "prefectures", 6: "counties", 9: "townships"}
RECEIPTS = ("received", "counted", "unchanged", "late", "invalid_user", "refused")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a reader sees of a statement.

    totals: of the whole, or of the reader's region. tables: by their names, in their order.
    late: a table a month that changed afterwards.
    """

    totals: Body
    tables: Sequence[Table]
    late: Sequence[Table]


def shown_statement(body: Body, region: str, t: Translate) -> Shown:
    """The tables of a statement; region: what the reader may see, empty for everything."""
    words = _Words(names=body["names"], t=t)
    figures = body["figures"]
    places = [
        _place_table(kind, _below(figures[kind], region), words)
        for kind in ("prefectures", "counties", "townships")
        if not region or len(region) < {"prefectures": 4, "counties": 6, "townships": 9}[kind]
    ]
    if courses := county_courses(body, region, t):
        places.append(_county_course_table(courses, words))
    late = [_late_table(month, region, words) for month in body["late"]]
    late = [table for table in late if table.lines]
    if region:
        return Shown(totals=totals_of(figures, region), tables=places, late=late)
    tables = [
        *places,
        _course_table(figures["courses"], words),
        _lesson_table(figures, words),
        _day_table(figures, words),
        _receipt_table(body["receipts"], words),
    ]
    return Shown(totals=figures["totals"], tables=tables, late=late)


@dataclass(frozen=True, kw_only=True)
class County:
    """What one county watched of each course."""

    code: str
    name: str
    table: Table


def county_courses(body: Body, region: str, t: Translate) -> list[County]:
    """The courses of each county of a region, most played first; none in older statements."""
    words = _Words(names=body["names"], t=t)
    by_county: dict[str, list[Body]] = defaultdict(list)
    for line in _below(body["figures"].get("county_courses", ()), region):
        by_county[line["region"]].append(line)
    return [
        County(
            code=code,
            name=words.place(code, "counties"),
            table=_course_table(by_county[code], words),
        )
        for code in sorted(by_county)
    ]


def totals_of(figures: Body, region: str) -> Body:
    """The figures of the whole, or of one region and all below it."""
    if len(region) < 4:
        return dict(figures["totals"])
    lines = figures[LIST_OF_DIGITS.get(len(region), "townships")]
    found = [line for line in lines if line["region"] == region]
    return found[0] if found else dict.fromkeys(figures["totals"], 0)


def list_table(rows: Sequence[Body], broken: set[str], t: Translate) -> Table:
    """All statements, newest first. broken: the months that were changed."""
    columns = [
        Column(heading=t("statement.fact.month")),
        *_figure_columns(t),
        Column(heading=t("statements.late"), kind="count"),
        Column(heading=t("statements.frozen")),
        Column(heading=t("statements.frozen_by")),
        Column(heading=t("statements.hash")),
        Column(heading=t("statements.state")),
    ]
    return Table(name="statements", columns=columns, lines=[_list_line(r, broken, t) for r in rows])


def _list_line(row: Body, broken: set[str], t: Translate) -> Line:
    totals = row["totals"]
    state = t("statements.state.bad" if row["month"] in broken else "statements.state.good")
    if totals is None:
        # Nothing of a text that cannot be read.
        return Line(values=(row["month"], *[None] * 10, row["sha256"], state))
    figures = (*_figures(totals), totals["boxes"])
    how = (row["late"], row["frozen_at"], row["frozen_by"])
    return Line(values=(row["month"], *figures, *how, row["sha256"], state))


@dataclass(frozen=True, kw_only=True)
class _Words:
    names: Body
    t: Translate

    def name(self, kind: str, key: object) -> str:
        known: str | None = self.names[kind].get(str(key))
        return known or self.t("table.unknown")

    def place(self, code: str, kind: str) -> str:
        """The name of a place; an upper one in a list of lower ones is its rest."""
        name = self.names["regions"].get(code, code)
        digits = {"prefectures": 4, "counties": 6, "townships": 9}[kind]
        return name if len(code) >= digits else f"{name} · {self.t('table.other_region')}"


def _below(lines: Sequence[Body], region: str) -> list[Body]:
    return [line for line in lines if line["region"].startswith(region)]


def _place_table(kind: str, lines: Sequence[Body], words: _Words) -> Table:
    labels = [Column(heading=words.t("column.code")), Column(heading=words.t("column.region"))]
    rows = [((line["region"], words.place(line["region"], kind)), line) for line in lines]
    return _table(kind, labels, rows, words)


def _county_course_table(counties: Sequence[County], words: _Words) -> Table:
    """The same as one table, for a book: every line names its county."""
    first = counties[0].table
    labels = [Column(heading=words.t("column.code")), Column(heading=words.t("column.region"))]
    lines = [
        Line(values=(county.code, county.name, *line.values))
        for county in counties
        for line in county.table.lines
    ]
    return Table(name="county_courses", columns=[*labels, *first.columns], lines=lines)


def _course_table(courses: Sequence[Body], words: _Words) -> Table:
    labels = [Column(heading=words.t("column.course"))]
    lines = sorted(courses, key=lambda line: -line["plays"])
    rows = [((words.name("courses", line["course"]),), line) for line in lines]
    return _table("courses", labels, rows, words)


def _lesson_table(figures: Body, words: _Words) -> Table:
    labels = [Column(heading=words.t("column.course")), Column(heading=words.t("column.lesson"))]
    rows = [
        ((words.name("courses", line["course"]), words.name("lessons", line["lesson"])), line)
        for line in sorted(figures["lessons"], key=lambda one: (one["course"], one["lesson"]))
    ]
    return _table("lessons", labels, rows, words)


def _day_table(figures: Body, words: _Words) -> Table:
    labels = [Column(heading=words.t("column.day"), kind="day")]
    return _table("days", labels, [((one["day"],), one) for one in figures["days"]], words)


def _receipt_table(receipts: Body, words: _Words) -> Table:
    columns = [
        Column(heading=words.t("statement.receipt")),
        Column(heading=words.t("statement.events"), kind="count"),
    ]
    lines = [
        Line(values=(words.t(f"statement.receipt.{name}"), receipts[name])) for name in RECEIPTS
    ]
    lines += [
        Line(values=(f"　{code}", events), is_faint=True)
        for code, events in receipts["refusals"].items()
    ]
    return Table(name="receipts", columns=columns, lines=lines)


def _late_table(month: Body, region: str, words: _Words) -> Table:
    """By how much an earlier month's figures are different now, by county and by course."""
    t = words.t
    columns = [
        Column(heading=t("statement.late.what")),
        Column(heading=t("figure.plays"), kind="change"),
        Column(heading=t("figure.effective"), kind="change"),
        Column(heading=t("figure.completed"), kind="change"),
        Column(heading=t("figure.hours"), kind="hours"),
        Column(heading=t("figure.seconds"), kind="seconds", only_download=True),
    ]
    lines = [
        Line(values=(words.place(line["region"], "counties"), *_changes(line)))
        for line in _below(month["counties"], region)
    ]
    if not region:
        lines += [
            Line(values=(words.name("courses", line["course"]), *_changes(line)))
            for line in month["courses"]
        ]
    totals = None if region else (t("table.total"), *_changes(month["totals"]))
    return Table(name=month["month"], columns=columns, lines=lines, totals=totals)


def _changes(line: Body) -> tuple[Any, ...]:
    watch_ms = line["watch_ms"]
    return (line["plays"], line["effective"], line["completed"], watch_ms, watch_ms)


def _table(
    name: str, labels: list[Column], rows: Sequence[tuple[tuple[Any, ...], Body]], words: _Words
) -> Table:
    t = words.t
    columns = [*labels, *_figure_columns(t)]
    lines = [Line(values=(*label, *_figures(line), line["boxes"])) for label, line in rows]
    summed = {
        name: sum(line[name] for _, line in rows)
        for name in ("plays", "effective", "completed", "watch_ms")
    }
    # Boxes do not add up: one that watched in two places or two courses is one box.
    totals = (t("table.total"), *[None] * (len(labels) - 1), *_figures(summed), None)
    return Table(name=name, columns=columns, lines=lines, totals=totals)


def _figure_columns(t: Translate) -> list[Column]:
    return [
        Column(heading=t("figure.plays"), kind="count"),
        Column(heading=t("figure.effective"), kind="count"),
        Column(heading=t("figure.completed"), kind="count"),
        Column(heading=t("figure.completion"), kind="share"),
        Column(heading=t("figure.hours"), kind="hours"),
        Column(heading=t("figure.seconds"), kind="seconds", only_download=True),
        Column(heading=t("figure.boxes"), kind="count"),
    ]


def _figures(line: Body) -> tuple[Any, ...]:
    share = (line["completed"], line["plays"])
    watch_ms = line["watch_ms"]
    return (line["plays"], line["effective"], line["completed"], share, watch_ms, watch_ms)
