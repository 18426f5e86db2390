"""The body of a statement: what a month's plays counted, in one fixed form.

A body is made of two kinds of things. ``Given`` is set down once, at the freeze: when and by
whom, names, flags, the hash of the statement before. All the rest is counted from the plays, and
can be counted again at any time: a play that changed since is taken as it was (counted.sql).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.named_sql import query, rows_of

FORMAT = "nongke-statement/2"
# What older statements were frozen without; they are made again, and proved, as they are.
WITHOUT = {"nongke-statement/1": ("county_courses",)}
SUMS = ("plays", "effective", "completed", "watch_ms", "distinct_ms")
# The lists of figures: the column that tells a line from the others, and what it is called.
LISTS = {
    "courses": ("is_course", {"course_id": "course"}),
    "lessons": ("is_lesson", {"lesson_id": "lesson", "course_id": "course"}),
    "prefectures": ("is_prefecture", {"prefecture": "region"}),
    "counties": ("is_county", {"county": "region"}),
    "county_courses": ("is_county_course", {"county": "region", "course_id": "course"}),
    "townships": ("is_township", {"township": "region"}),
    "days": ("is_day", {"day": "day"}),
}
# A lesson's line is a course's as well, a county's course is both: the deeper one is meant.
DEEPEST_FIRST = ("lessons", "county_courses", *LISTS)
# Lists that tell more closely what another tells: lists of the same figures, by fewer keys.
PARENTS = {
    "county_courses": {"counties": "region", "courses": "course"},
    "lessons": {"courses": "course"},
}
GIVEN = (
    *("format", "definitions", "month", "time_zone", "frozen_at", "frozen_by"),
    *("public_key", "previous", "invalid_users", "names"),
)
COUNTED = ("inputs", "figures", "receipts", "late")

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is counted from plays and receipts, and can be counted again."""

    inputs: Body
    figures: Body
    receipts: Body
    late: list[Body]


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way to write a body: keys in order, no spaces, UTF-8, whole numbers only."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def lists_of(written_as: object) -> list[str]:
    """The lists of figures in a statement of that format."""
    without = WITHOUT.get(str(written_as), ())
    return [name for name in LISTS if name not in without]


def count_month(
    session: Session, month: date, previous: date | None, written_as: object = FORMAT
) -> Counted:
    """Count the month as it was when it was frozen; now, if it is being frozen.

    previous: the month frozen before it, to which the late line goes back. written_as: the
    format of the statement, which says what it has.
    """
    return Counted(
        inputs=_inputs(session, month),
        figures=_figures(rows_of(session, "figures", month=month), lists_of(written_as)),
        receipts=_receipts(session, month),
        late=late_lines(session, month, previous) if previous else [],
    )


def written_body(given: Mapping[str, Any], counted: Counted) -> Body:
    """What is given and what is counted, together."""
    return {
        **{key: given[key] for key in GIVEN},
        "inputs": counted.inputs,
        "figures": counted.figures,
        "receipts": counted.receipts,
        "late": counted.late,
    }


def invalid_users(session: Session, month: date) -> Body:
    """The flags that keep plays of the month from counting."""
    flags = [
        {
            "day": row.day.isoformat(),
            "box": row.box_no,
            "reason": row.reason,
            "actions": row.actions,
        }
        for row in rows_of(session, "invalid_users", month=month)
    ]
    return {"boxes": len({flag["box"] for flag in flags}), "flags": flags}


def names_of(session: Session, counted: Counted) -> Body:
    """What the courses, lessons and places of a statement are called at the freeze."""
    names: Body = {"courses": {}, "lessons": {}, "regions": {}}
    figures, late = counted.figures, counted.late
    courses = [*figures["courses"], *(line for month in late for line in month["courses"])]
    places = [line for key in ("prefectures", "counties", "townships") for line in figures[key]]
    places += [line for month in late for line in month["counties"]]
    for row in rows_of(
        session,
        "names",
        courses=[line["course"] for line in courses],
        lessons=[line["lesson"] for line in figures["lessons"]],
        regions=_with_uppers(line["region"] for line in places),
    ):
        names[row.kind][row.key] = row.name
    return names


def late_lines(session: Session, month: date, previous: date) -> list[Body]:
    """What changed in months up to ``previous`` between its freeze and that of ``month``."""
    lines: dict[date, Body] = {}
    for row in rows_of(session, "late", month=month, previous=previous):
        if not row.is_course and not row.is_county:
            totals = {"changed_plays": row.changed_plays, "boxes": row.boxes}
            lines.setdefault(row.month, _late_month(row.month))["totals"] = {**totals, **sums(row)}
        elif any(sums(row).values()):
            kind, key = ("courses", "course") if row.is_course else ("counties", "region")
            place = row.course_id if row.is_course else row.county
            line = {key: place, **sums(row)}
            lines.setdefault(row.month, _late_month(row.month))[kind].append(line)
    for line in lines.values():
        line["courses"].sort(key=lambda one: one["course"])
        line["counties"].sort(key=lambda one: one["region"])
    return [lines[month] for month in sorted(lines)]


def sums(row: Any) -> dict[str, int]:
    """The sums of a row, as whole numbers."""
    return {name: int(getattr(row, name)) for name in SUMS}


def _late_month(month: date) -> Body:
    return {"month": months.written(month), "courses": [], "counties": []}


def _inputs(session: Session, month: date) -> Body:
    digest, plays = hashlib.sha256(), 0
    for block in play_lines(session, month):
        digest.update(block)
        plays += block.count(b"\n")
    return {"plays": plays, "sha256": digest.hexdigest()}


def play_lines(session: Session, month: date) -> Iterable[bytes]:
    """The text that the inputs' hash is of: a line a play that counts, in order of their ids."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(query("inputs"), {"month": month}) as copy:
        for block in copy:
            yield bytes(block)


def _figures(rows: Sequence[Row[Any]], lists: Sequence[str]) -> Body:
    figures: Body = {name: [] for name in lists}
    for row in rows:
        values = {**sums(row), "boxes": row.boxes}
        kind = _kind(row)
        if kind is None:
            figures["totals"] = values
            continue
        if kind not in figures:
            continue
        keys = {name: _plain(getattr(row, column)) for column, name in LISTS[kind][1].items()}
        figures[kind].append({**keys, **values})
    for name, lines in figures.items():
        if name in LISTS:
            lines.sort(key=itemgetter(*LISTS[name][1].values()))
    return figures


def _kind(row: Any) -> str | None:
    return next((name for name in DEEPEST_FIRST if getattr(row, LISTS[name][0])), None)


def _receipts(session: Session, month: date) -> Body:
    found = rows_of(session, "month_receipts", month=month)[0]
    refusals = {row.code: row.events for row in rows_of(session, "month_refusals", month=month)}
    return {**dict(found._mapping), "refusals": refusals}


def _with_uppers(codes: Iterable[str]) -> list[str]:
    return sorted({code[:digits] for code in codes for digits in (2, 4, 6, 9)})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
