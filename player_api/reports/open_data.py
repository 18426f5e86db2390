"""Figures that anybody may have: by day, county and course, never of fewer than five boxes.

A cell of fewer boxes is added to a larger one: the rest of its prefecture, of the province, of
the day, of the month; so every sum is the true one. Each month is made by itself and whole: the
difference of two exports that overlap in all but a day would tell what few boxes watched then.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.definitions import COUNTED_ABOVE_MS, EFFECTIVE_MS, EFFECTIVE_PERCENT
from player_api.reports.errors import NotWholeMonths, TooFewBoxes
from player_api.reports.kept import kept_from, require_plays
from player_api.reports.named_sql import rows_of
from player_api.reports.queries import first_day

LEAST_BOXES = 5
FILE = "nongke-open-data.csv"
COLUMNS = (
    *("day", "region_code", "region_name", "course_number", "course_title"),
    *("plays", "effective_views", "watch_ms"),
)
OTHERS = "其他"


@dataclass(kw_only=True)
class Rest:
    """What was too small to stand by itself on any day of the month."""

    boxes: set[int] = field(default_factory=set)
    plays: int = 0
    effective: int = 0
    watch_ms: int = 0

    def take(self, row: Row[Any]) -> None:
        """Add a cell to it."""
        self.boxes |= set(row.boxes)
        self.plays += row.plays
        self.effective += row.effective
        self.watch_ms += row.watch_ms

    @property
    def is_shown(self) -> bool:
        """Whether enough boxes are in it."""
        return len(self.boxes) >= LEAST_BOXES


def whole_months(start: date, end: date, today: date) -> list[date]:
    """The months that begin and end with these days. Raises NotWholeMonths."""
    last = months.month_of(end)
    if start.day != 1 or start > end or end != months.last_day(last) or end >= today:
        raise NotWholeMonths(
            "开放数据只能按已经结束的整月导出：从某月第一天到某月最后一天。"
            "否则两次导出相差一天，就能算出那天少数几户看了什么。"
        )
    return months.span(start, months.after(last))


def months_to_publish(session: Session, today: date) -> list[date]:
    """The months that are over and have their plays, newest first."""
    first = first_day(session)
    if first is None:
        return []
    begin = max(months.month_of(first), kept_from(session))
    return months.span(begin, months.month_of(today))[::-1]


def lines(session: Session, whole: Sequence[date]) -> Iterator[bytes]:
    """The lines of the CSV file of these months. Raises PlaysReduced, TooFewBoxes."""
    require_plays(session, whole[0])
    yield _csv_line(COLUMNS)
    for month in whole:
        yield from _lines_of(session, month)


def _lines_of(session: Session, month: date) -> Iterator[bytes]:
    rest, held = Rest(), None
    span = {"start": month, "end": months.last_day(month)}
    for row in rows_of(session, "open_data", least=LEAST_BOXES, **span):
        if row.step == 5:
            rest.take(row)
            continue
        # One line is held back: it goes into the rest if that stays too small.
        if held is not None:
            yield _cell(held)
        held = row
    if rest.plays and not rest.is_shown and held is not None:
        rest.take(held)
        held = None
    if held is not None:
        yield _cell(held)
    if rest.plays:
        if not rest.is_shown:
            raise TooFewBoxes(f"{months.written(month)} 收看的户数太少，不能公开。")
        figures = (rest.plays, rest.effective, rest.watch_ms)
        yield _csv_line((months.written(month), "", OTHERS, "", OTHERS, *figures))


def description(whole: Sequence[date], licence: str) -> str:
    """What is said beside the file of these months: columns, rules, licence."""
    return f"""# 农课观看数据 Nongke viewing figures

{whole[0]} – {months.last_day(whole[-1])}. `{FILE}`: UTF-8, comma-separated, one line a day,
county and course.

| column | meaning |
|---|---|
| `day` | day on which the plays began; a month alone: several days of it |
| `region_code`, `region_name` | county; “其他” after an upper place: its remaining counties |
| `course_number`, `course_title` | course; “其他” for the remaining courses |
| `plays` | plays with more than {COUNTED_ABOVE_MS // 1000} s of content seen |
| `effective_views` | {EFFECTIVE_MS // 1000} s or {EFFECTIVE_PERCENT} % of the lesson were seen |
| `watch_ms` | time that boxes spent playing, in milliseconds |

A line stands for at least {LEAST_BOXES} boxes (households or village halls, never persons). What
fewer watched is added to the remaining counties, courses or days of the month, so its lines add
up to the true totals. Nothing in the file names a box.

Licence: {licence}
"""


def _cell(row: Row[Any]) -> bytes:
    name = row.place_name or row.place
    if row.step in (2, 3) or not row.place:
        name += OTHERS
    course = (OTHERS, "") if row.step == 4 else (row.course_title or "", row.course_number or "")
    title, number = course
    text = f"{number:03d}" if number else ""
    figures = (row.plays, row.effective, row.watch_ms)
    return _csv_line((row.day.isoformat(), row.place, name, text, title, *figures))


def _csv_line(values: tuple[Any, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode()
