"""Figures that anybody may have: by day, county and course, never of fewer than five boxes.

A cell of fewer boxes is added to a larger one: the rest of its prefecture, of the province, of
the day, of the whole period; so every sum is the true one. Read a month at a time, so that a
long period needs no more memory than a short one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.errors import TooFewBoxes
from player_api.reports.kept import require_plays
from player_api.reports.named_sql import rows_of

LEAST_BOXES = 5
FILE = "nongke-open-data.csv"
COLUMNS = (
    *("day", "region_code", "region_name", "course_number", "course_title"),
    *("plays", "effective_views", "watch_ms"),
)
OTHERS = "其他"


@dataclass(kw_only=True)
class Rest:
    """What was too small to stand by itself on any day of the period."""

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


def lines(session: Session, start: date, end: date) -> Iterator[bytes]:
    """The lines of the CSV file. Raises PlaysReduced, TooFewBoxes."""
    require_plays(session, start)
    rest, held = Rest(), None
    yield _csv_line(COLUMNS)
    for first, last in _month_by_month(start, end):
        for row in rows_of(session, "open_data", start=first, end=last, least=LEAST_BOXES):
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
            raise TooFewBoxes("这段时间收看的户数太少，不能公开。")
        figures = (rest.plays, rest.effective, rest.watch_ms)
        yield _csv_line(("", "", OTHERS, "", OTHERS, *figures))


def description(start: date, end: date, licence: str) -> str:
    """What is said beside the file: columns, rules, licence."""
    return f"""# 农课观看数据 Nongke viewing figures

{start} – {end}. `{FILE}`: UTF-8, comma-separated, one line a day, county and course.

| column | meaning |
|---|---|
| `day` | day on which the plays began; empty: several days of the period |
| `region_code`, `region_name` | county; “其他” after an upper place: its remaining counties |
| `course_number`, `course_title` | course; “其他” for the remaining courses |
| `plays` | plays with more than 3 s of content seen |
| `effective_views` | plays with 30 s or half of the lesson seen |
| `watch_ms` | time that boxes spent playing, in milliseconds |

A line stands for at least {LEAST_BOXES} boxes (households or village halls, never persons). What
fewer watched is added to the remaining counties, courses or days, so the lines add up to the true
totals. Nothing in the file names a box.

Licence: {licence}
"""


def _month_by_month(start: date, end: date) -> Iterator[tuple[date, date]]:
    first = start
    while first <= end:
        following = months.after(months.month_of(first))
        yield first, min(end, following - timedelta(days=1))
        first = following


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
