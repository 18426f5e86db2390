"""The sums over plays: made anew from them, and proved by a recount.

Every tally sums the same figures of the plays that count; ``KEYS`` says by what. fold.sql keeps
them in the plays' own transactions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.reports.kept import kept_from

FIGURES = ("plays", "effective", "completed", "watch_ms", "distinct_ms")
# By which columns each tally sums, and what they are of a play.
KEYS = {
    "tally_place": {"day": "day", "region_code": "region_code"},
    "tally_hour": {"day": "day", "hour": "hour", "county_code": "left(region_code, 6)"},
    "tally_lesson": {
        "day": "day",
        "lesson_id": "lesson_id",
        "course_id": "course_id",
        "prefecture_code": "left(region_code, 4)",
    },
    "tally_month": {
        "county_code": "left(region_code, 6)",
        "month": "CAST(date_trunc('month', day) AS date)",
        "lesson_id": "lesson_id",
        "course_id": "course_id",
    },
}
SUMS = """
count(*) AS plays,
count(*) FILTER (WHERE is_effective) AS effective,
count(*) FILTER (WHERE is_complete) AS completed,
sum(watch_ms) AS watch_ms,
sum(distinct_ms) AS distinct_ms
FROM play WHERE is_play AND day >= :kept_from
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A tally that is not the sum over its plays. There must be none.

    tallied, counted: plays, effective, completed, watch_ms, distinct_ms.
    """

    table: str
    key: dict[str, Any]
    tallied: tuple[int, ...]
    counted: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recounted:
    """A tally compared with its plays: how many rows it has, what differs, how long it took."""

    table: str
    rows: int
    differences: list[Difference]
    took_s: float


def rebuild(session: Session) -> None:
    """Make every tally anew from the plays; tallies of plays that were let go stay."""
    kept = kept_from(session)
    for table, keys in KEYS.items():
        columns = ", ".join([*keys, *FIGURES])
        values = {"kept_from": kept}
        session.execute(text(f"DELETE FROM {table} WHERE {_day(keys)} >= :kept_from"), values)
        session.execute(text(f"INSERT INTO {table} ({columns}) {_counted(keys)}"), values)


def recount(session: Session) -> list[Difference]:
    """Compute every tally anew from plays; give those that differ (must be none)."""
    return [one for table in recount_tables(session) for one in table.differences]


def recount_tables(session: Session) -> Iterator[Recounted]:
    """Compute one tally after the other anew, as far back as there are plays."""
    kept = kept_from(session)
    for table, keys in KEYS.items():
        began_at = time.monotonic()
        counted = text(f"SELECT count(*) FROM {table} WHERE {_day(keys)} >= :kept_from")
        yield Recounted(
            table=table,
            rows=session.execute(counted, {"kept_from": kept}).scalar_one(),
            differences=_differences(session, table, keys, kept),
            took_s=time.monotonic() - began_at,
        )


def _differences(
    session: Session, table: str, keys: dict[str, str], kept: date
) -> list[Difference]:
    names = ", ".join(keys)
    tallied = ", ".join(f"coalesce(tally.{name}, 0)" for name in FIGURES)
    counted = ", ".join(f"coalesce(counted.{name}, 0)" for name in FIGURES)
    query = (
        f"SELECT {names}, CAST(ARRAY[{tallied}] AS bigint[]) AS tallied,"
        f" CAST(ARRAY[{counted}] AS bigint[]) AS counted"
        f" FROM (SELECT * FROM {table} WHERE {_day(keys)} >= :kept_from) AS tally"
        f" FULL JOIN ({_counted(keys)}) AS counted USING ({names})"
        f" WHERE ({tallied}) IS DISTINCT FROM ({counted}) ORDER BY {names}"
    )
    return [
        Difference(
            table=table,
            key={name: getattr(row, name) for name in keys},
            tallied=tuple(row.tallied),
            counted=tuple(row.counted),
        )
        for row in session.execute(text(query), {"kept_from": kept})
    ]


def _day(keys: dict[str, str]) -> str:
    return "day" if "day" in keys else "month"


def _counted(keys: dict[str, str]) -> str:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in keys.items())
    return f"SELECT {columns}, {SUMS} GROUP BY {', '.join(keys.values())}"
