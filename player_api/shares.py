"""What plays count, taken out of the tallies and put into them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from player_api.reports.tallies import TALLIES, Tally
from player_api.steps import Statement

HERE = Path(__file__).parent
# "-- the newest month that is closed: frozen_through.sql"
PART = re.compile(r"^-- .*: (\w+\.sql)$", re.MULTILINE)
ADD_HERE = "-- add news to the tallies: shares.ADDED\n"
WHERE = ("day", "hour", "region_code", "lesson_id", "course_id")
FIGURES = ("plays", "effective", "completed", "watch_ms", "distinct_ms", "groups", "people")
# One share a row: where a play counts, and what.
Share = Sequence[Any]


def _summed(tally: Tally) -> str:
    """The shares of ``news``, summed up as the tally holds them."""
    keys = [f"{how} AS {name}" for name, how in tally.by.items()]
    figures = [f"sum({tally.shares.get(name, name)}) AS {name}" for name in tally.figures]
    return (
        f"SELECT {', '.join(keys + figures)} FROM news WHERE {tally.of_shares}"
        f" GROUP BY {', '.join(tally.by)}"
    )


def _adding(table: str, tally: Tally) -> str:
    """In the order of the keys: two folds wait for each other rather than deadlock."""
    keys = ", ".join(tally.by)
    more = ", ".join(f"{name} = tally.{name} + excluded.{name}" for name in tally.figures)
    return (
        f"to_{table} AS (INSERT INTO {table} AS tally ({keys}, {', '.join(tally.figures)})"
        f" {_summed(tally)} ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE SET {more}),\n"
    )


def _taking(table: str, tally: Tally) -> str:
    less = ", ".join(f"{name} = tally.{name} - gone.{name}" for name in tally.figures)
    same = " AND ".join(f"tally.{name} = gone.{name}" for name in tally.by)
    return (
        f"from_{table} AS (UPDATE {table} AS tally SET {less}"
        f" FROM ({_summed(tally)}) AS gone WHERE {same}),\n"
    )


# Parts of a statement: the shares of ``news`` into the tallies, and out of them.
ADDED = "".join(_adding(table, tally) for table, tally in TALLIES.items())
TAKEN = "".join(_taking(table, tally) for table, tally in TALLIES.items())
SHARES = (HERE / "tally_shares.sql").read_text()
NOTHING_MORE = "nothing AS (SELECT) SELECT 1 WHERE false"
PUT_BACK = SHARES + ADDED + NOTHING_MORE
# A statement of its own: it must see rows that others committed while the fold waited for them.
WITHDRAW = SHARES + TAKEN + NOTHING_MORE


def composed(name: str) -> str:
    """The statement of that file; a line that names a part stands for the part."""
    text = PART.sub(
        lambda found: (HERE / found[1]).read_text().rstrip() + ",", (HERE / name).read_text()
    )
    return text.replace(ADD_HERE, ADDED)


def withdrawals(shares: Sequence[Share]) -> list[Statement]:
    """Statements that take the shares out of the tallies."""
    return [(WITHDRAW, _columns(shares))] if shares else []


def additions(shares: Sequence[Share]) -> list[Statement]:
    """Statements that put the shares into the tallies."""
    return [(PUT_BACK, _columns(shares))] if shares else []


def _columns(shares: Sequence[Share]) -> dict[str, list[Any]]:
    columns = zip(*shares, strict=True)
    return dict(zip(WHERE + FIGURES, map(list, columns), strict=True))
