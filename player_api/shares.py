"""What plays count, taken out of the tallies and put into them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from player_api.steps import Statement

HERE = Path(__file__).parent
# "-- add news to the tallies: tally_add.sql"
PART = re.compile(r"^-- .*: (\w+\.sql)$", re.MULTILINE)
WHERE = ("day", "hour", "region_code", "lesson_id", "course_id")
FIGURES = ("plays", "effective", "completed", "watch_ms", "distinct_ms", "groups", "people")
# One share a row: where a play counts, and what.
Share = Sequence[Any]


def composed(name: str) -> str:
    """The statement of that file; a line that ends in a part's file name stands for the part."""
    return PART.sub(
        lambda found: (HERE / found[1]).read_text().rstrip() + ",", (HERE / name).read_text()
    )


WITHDRAW = (HERE / "tally_withdraw.sql").read_text()
PUT_BACK = composed("tally_put_back.sql")


def withdrawals(shares: Sequence[Share]) -> list[Statement]:
    """Statements that take the shares out of the tallies."""
    return [(WITHDRAW, _columns(shares))] if shares else []


def additions(shares: Sequence[Share]) -> list[Statement]:
    """Statements that put the shares into the tallies."""
    return [(PUT_BACK, _columns(shares))] if shares else []


def _columns(shares: Sequence[Share]) -> dict[str, list[Any]]:
    columns = zip(*shares, strict=True)
    return dict(zip(WHERE + FIGURES, map(list, columns), strict=True))
