"""The sums over plays: made anew from them, and proved by a recount.

Every tally sums the same figures of the plays that count; ``KEYS`` says by what. fold.sql keeps
them in the plays' own transactions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

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
FROM play WHERE is_play
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


def rebuild(session: Session) -> None:
    """Make every tally anew from the plays."""
    for table, keys in KEYS.items():
        columns = ", ".join([*keys, *FIGURES])
        session.execute(text(f"DELETE FROM {table}"))
        session.execute(text(f"INSERT INTO {table} ({columns}) {_counted(keys)}"))


def recount(session: Session) -> list[Difference]:
    """Compute every tally anew from plays; give those that differ (must be none)."""
    return [one for table, keys in KEYS.items() for one in _differences(session, table, keys)]


def _differences(session: Session, table: str, keys: dict[str, str]) -> list[Difference]:
    names = ", ".join(keys)
    tallied = ", ".join(f"coalesce(tally.{name}, 0)" for name in FIGURES)
    counted = ", ".join(f"coalesce(counted.{name}, 0)" for name in FIGURES)
    query = (
        f"SELECT {names}, CAST(ARRAY[{tallied}] AS bigint[]) AS tallied,"
        f" CAST(ARRAY[{counted}] AS bigint[]) AS counted"
        f" FROM {table} AS tally FULL JOIN ({_counted(keys)}) AS counted USING ({names})"
        f" WHERE ({tallied}) IS DISTINCT FROM ({counted}) ORDER BY {names}"
    )
    return [
        Difference(
            table=table,
            key={name: getattr(row, name) for name in keys},
            tallied=tuple(row.tallied),
            counted=tuple(row.counted),
        )
        for row in session.execute(text(query))
    ]


def _counted(keys: dict[str, str]) -> str:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in keys.items())
    return f"SELECT {columns}, {SUMS} GROUP BY {', '.join(keys.values())}"
