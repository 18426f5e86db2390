"""The sums over plays: made anew from them, and proved by a recount.

``KEYS`` says by what each tally sums the plays that count, ``figures_of`` what it sums. fold.sql
keeps them in the plays' own transactions.
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

# What the tallies hold of the plays that count.
FIGURES = {
    "plays": "count(*)",
    "effective": "count(*) FILTER (WHERE is_effective)",
    "completed": "count(*) FILTER (WHERE is_complete)",
    "watch_ms": "sum(watch_ms)",
    "distinct_ms": "sum(distinct_ms)",
}
GROUP_FIGURES = {"plays": "count(*)", "people": "sum(people)"}
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
    "tally_group": {"day": "day", "region_code": "region_code", "course_id": "course_id"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A tally that is not the sum over its plays. There must be none.

    tallied, counted: the tally's figures.
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


def figures_of(table: str) -> dict[str, str]:
    """What the tally holds, and how that is counted from plays."""
    return GROUP_FIGURES if table == "tally_group" else FIGURES


def rebuild(session: Session) -> None:
    """Make every tally anew from the plays; tallies of plays that were let go stay."""
    kept = kept_from(session)
    for table, keys in KEYS.items():
        columns = ", ".join([*keys, *figures_of(table)])
        values = {"kept_from": kept}
        session.execute(text(f"DELETE FROM {table} WHERE {_day(keys)} >= :kept_from"), values)
        session.execute(text(f"INSERT INTO {table} ({columns}) {_counted(table)}"), values)


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
            differences=_differences(session, table, kept),
            took_s=time.monotonic() - began_at,
        )


def _differences(session: Session, table: str, kept: date) -> list[Difference]:
    keys, figures = KEYS[table], figures_of(table)
    names = ", ".join(keys)
    tallied = ", ".join(f"coalesce(tally.{name}, 0)" for name in figures)
    counted = ", ".join(f"coalesce(counted.{name}, 0)" for name in figures)
    query = (
        f"SELECT {names}, CAST(ARRAY[{tallied}] AS bigint[]) AS tallied,"
        f" CAST(ARRAY[{counted}] AS bigint[]) AS counted"
        f" FROM (SELECT * FROM {table} WHERE {_day(keys)} >= :kept_from) AS tally"
        f" FULL JOIN ({_counted(table)}) AS counted USING ({names})"
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


def _counted(table: str) -> str:
    """The tally's rows, counted from the plays."""
    keys, figures = KEYS[table], figures_of(table)
    columns = ", ".join(f"{how} AS {name}" for name, how in (keys | figures).items())
    those = "is_play AND people > 0" if table == "tally_group" else "is_play"
    return (
        f"SELECT {columns} FROM play WHERE {those} AND day >= :kept_from"
        f" GROUP BY {', '.join(keys.values())}"
    )
