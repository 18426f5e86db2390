"""The operator's list of smart cards: which boxes there may be, and where each stands.

A list may hold every household of a province, so it is never in memory: its lines go into a
temporary table, and sets of them are judged and stored there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.csv_lists import Fault, Line
from player_api.errors import BadList
from player_api.moving import move_listed_boxes

COLUMNS = {
    "card_number": ("card", "card_number", "卡号", "智能卡号", "智能卡卡号"),
    "region_code": ("region", "region_code", "地区", "地区代码", "区划代码"),
    "model": ("model", "型号", "机顶盒型号"),
}
REQUIRED = ("card_number", "region_code")
LONGEST_CARD = 64
LONGEST_MODEL = 120
# What a spreadsheet makes of a card of 16 digits that it takes for a number.
ROUNDED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)

ARRIVING = """
CREATE TEMPORARY TABLE arriving (
    line int, card_number text, region_code text, model text
) ON COMMIT DROP
"""
COPY = "COPY arriving (line, card_number, region_code, model) FROM STDIN"
# The first line of a card counts; the others are faults.
JUDGE = text("""
SELECT line, card_number, arriving.region_code, first_line, region.code IS NOT NULL AS is_known
FROM (
    SELECT *, min(line) OVER (PARTITION BY card_number) AS first_line FROM arriving
) AS arriving
LEFT JOIN region ON region.code = arriving.region_code
WHERE region.code IS NULL OR line > first_line
    OR region.valid_from > :today OR region.valid_to <= :today
""")
LEAVE_OUT = text("DELETE FROM arriving WHERE line = ANY(:lines)")
TAKE = text("""
WITH taken AS (
    INSERT INTO provision (card_number, region_code, model, listed_at)
    SELECT card_number, region_code, model, :now FROM arriving ORDER BY card_number
    ON CONFLICT (card_number) DO UPDATE SET
        region_code = excluded.region_code, model = excluded.model, retired_at = NULL
    WHERE (provision.region_code, provision.model) <> (excluded.region_code, excluded.model)
        OR provision.retired_at IS NOT NULL
    RETURNING old.card_number IS NULL AS is_new
)
SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE NOT is_new) AS changed,
    (SELECT count(*) FROM arriving) AS listed
FROM taken
""")
RETIRE = text("""
UPDATE provision SET retired_at = :now
WHERE retired_at IS NULL
    AND NOT EXISTS (SELECT FROM arriving WHERE arriving.card_number = provision.card_number)
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What taking a list has changed. moved: boxes that stand elsewhere from now on."""

    listed: int
    new: int
    changed: int
    retired: int
    moved: int
    faults: list[Fault]


def take_list(
    session: Session,
    lines: Iterable[Line | Fault],
    *,
    now: datetime,
    today: date,
    skip_bad: bool = False,
    retire_missing: bool = False,
) -> Listing:
    """Put the cards on the list; what is there already stays, so a list may be taken twice.

    retire_missing: cards that are not on this list any more are taken off.
    Raises BadList with every fault, unless bad lines are to be skipped.
    """
    session.execute(text(ARRIVING))
    faults = _copy(session, lines)
    judged = [_fault(row) for row in session.execute(JUDGE, {"today": today})]
    if faults or judged:
        faults = sorted([*faults, *judged])
        if not skip_bad:
            raise BadList(faults)
        session.execute(LEAVE_OUT, {"lines": [fault.line for fault in judged]})
    taken = session.execute(TAKE, {"now": now}).one()
    retired = _count(session.execute(RETIRE, {"now": now})) if retire_missing else 0
    return Listing(
        listed=taken.listed,
        new=taken.new,
        changed=taken.changed,
        retired=retired,
        moved=move_listed_boxes(session, now),
        faults=faults,
    )


def _copy(session: Session, lines: Iterable[Line | Fault]) -> list[Fault]:
    """Store the lines that have the right form; gives the faults of the others."""
    faults = []
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for line in lines:
            fault = line if isinstance(line, Fault) else _fault_of_form(line)
            if fault is not None:
                faults.append(fault)
            else:
                assert isinstance(line, Line)
                cells = line.cells
                model = cells.get("model", "")
                copy.write_row((line.number, cells["card_number"], cells["region_code"], model))
    return faults


def _fault_of_form(line: Line) -> Fault | None:
    card, region = line.cells["card_number"], line.cells["region_code"]
    reason = None
    if not card:
        reason = "no card number"
    elif len(card) > LONGEST_CARD or not card.isprintable():
        reason = f"the card number is longer than {LONGEST_CARD} characters, or no text"
    elif ROUNDED.fullmatch(card):
        reason = f"{card} is a card number that a spreadsheet has rounded; store cards as text"
    elif not region:
        reason = "no region"
    elif len(line.cells.get("model", "")) > LONGEST_MODEL:
        reason = f"the model is longer than {LONGEST_MODEL} characters"
    return Fault(line=line.number, reason=reason) if reason else None


def _fault(row: Any) -> Fault:
    if row.line > row.first_line:
        reason = f"card {row.card_number} is on line {row.first_line} already"
    elif not row.is_known:
        reason = f"there is no region {row.region_code}"
    else:
        reason = f"region {row.region_code} is not valid today"
    return Fault(line=row.line, reason=reason)


def _count(result: Any) -> int:
    count: int = result.rowcount
    return count
