"""The sums over plays: made anew from them, and proved by a recount.

``TALLIES`` says what each holds. shares.py keeps them in the plays' own transactions.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.reports.kept import kept_from

# What most tallies hold of the plays that count.
FIGURES = {
    "plays": "count(*)",
    "effective": "count(*) FILTER (WHERE is_effective)",
    "completed": "count(*) FILTER (WHERE is_complete)",
    "watch_ms": "sum(watch_ms)",
    "distinct_ms": "sum(distinct_ms)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """A table of sums. by: its keys, figures: what it holds, both as they are got from plays.

    those: the plays that it sums. shares: how its figures are called among what a play counts,
    where not the same; of_shares: those of the plays that it sums.
    """

    by: Mapping[str, str]
    figures: Mapping[str, str] = field(default_factory=lambda: FIGURES)
    those: str = "is_play"
    shares: Mapping[str, str] = field(default_factory=dict)
    of_shares: str = "true"

    @property
    def day(self) -> str:
        """Its key that is a day."""
        return "day" if "day" in self.by else "month"

    @property
    def counted(self) -> str:
        """The statement that counts its rows from the plays since ``kept_from``."""
        columns = ", ".join(
            f"{how} AS {name}" for name, how in [*self.by.items(), *self.figures.items()]
        )
        return (
            f"SELECT {columns} FROM play WHERE {self.those} AND day >= :kept_from"
            f" GROUP BY {', '.join(self.by.values())}"
        )


TALLIES = {
    "tally_place": Tally(by={"day": "day", "region_code": "region_code"}),
    "tally_hour": Tally(by={"day": "day", "hour": "hour", "county_code": "left(region_code, 6)"}),
    "tally_lesson": Tally(
        by={
            "day": "day",
            "lesson_id": "lesson_id",
            "course_id": "course_id",
            "prefecture_code": "left(region_code, 4)",
        }
    ),
    "tally_month": Tally(
        by={
            "county_code": "left(region_code, 6)",
            "month": "CAST(date_trunc('month', day) AS date)",
            "lesson_id": "lesson_id",
            "course_id": "course_id",
        }
    ),
    "tally_prefecture_hour": Tally(
        by={"day": "day", "hour": "hour", "prefecture_code": "left(region_code, 4)"}
    ),
    "tally_prefecture_month": Tally(
        by={
            "month": "CAST(date_trunc('month', day) AS date)",
            "lesson_id": "lesson_id",
            "course_id": "course_id",
            "prefecture_code": "left(region_code, 4)",
        }
    ),
    "tally_group": Tally(
        by={"day": "day", "region_code": "region_code", "course_id": "course_id"},
        figures={"plays": "count(*)", "people": "sum(people)"},
        those="is_play AND people > 0",
        shares={"plays": "groups"},
        of_shares="people > 0",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What is not as its plays say. There must be none.

    tallied, counted: a tally's figures; of a set of boxes, how many there are and how many of them
    the other side lacks; of a curve, all plays and those that saw each step; a peak's plays and
    the minute of the day.
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


def rebuild(session: Session, tables: Iterable[str] = TALLIES) -> None:
    """Make the tallies anew from the plays; those of plays that were let go stay.

    The caller lets no events be folded meanwhile.
    """
    kept = kept_from(session)
    for table in tables:
        tally = TALLIES[table]
        columns = ", ".join([*tally.by, *tally.figures])
        values = {"kept_from": kept}
        session.execute(text(f"DELETE FROM {table} WHERE {tally.day} >= :kept_from"), values)
        session.execute(text(f"INSERT INTO {table} ({columns}) {tally.counted}"), values)


def recount(session: Session) -> list[Difference]:
    """Compute every tally anew from plays; give those that differ (must be none)."""
    return [one for table in recount_tables(session) for one in table.differences]


def recount_tables(session: Session) -> Iterator[Recounted]:
    """Compute one tally after the other anew, as far back as there are plays."""
    kept = kept_from(session)
    for table, tally in TALLIES.items():
        began_at = time.monotonic()
        counted = text(f"SELECT count(*) FROM {table} WHERE {tally.day} >= :kept_from")
        yield Recounted(
            table=table,
            rows=session.execute(counted, {"kept_from": kept}).scalar_one(),
            differences=_differences(session, table, tally, kept),
            took_s=time.monotonic() - began_at,
        )


def _differences(session: Session, table: str, tally: Tally, kept: date) -> list[Difference]:
    names = ", ".join(tally.by)
    tallied = ", ".join(f"coalesce(tally.{name}, 0)" for name in tally.figures)
    counted = ", ".join(f"coalesce(counted.{name}, 0)" for name in tally.figures)
    query = (
        f"SELECT {names}, CAST(ARRAY[{tallied}] AS bigint[]) AS tallied,"
        f" CAST(ARRAY[{counted}] AS bigint[]) AS counted"
        f" FROM (SELECT * FROM {table} WHERE {tally.day} >= :kept_from) AS tally"
        f" FULL JOIN ({tally.counted}) AS counted USING ({names})"
        f" WHERE ({tallied}) IS DISTINCT FROM ({counted}) ORDER BY {names}"
    )
    return [
        Difference(
            table=table,
            key={name: getattr(row, name) for name in tally.by},
            tallied=tuple(row.tallied),
            counted=tuple(row.counted),
        )
        for row in session.execute(text(query), {"kept_from": kept})
    ]
