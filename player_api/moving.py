"""Where boxes stand, and since when.

A move is a row of box_region from its moment on. What the box plays before it, however late it
is heard of, counts at the old place.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from player_api.errors import RegionIsListed
from player_api.regions import require_valid
from player_api.tables import Box, Provision

# As text, since no driver's time can be -infinity, which an insert by the ORM gives back.
FIRST = text(
    "INSERT INTO box_region (box_no, region_code) VALUES (:box_no, :region_code)"
    " ON CONFLICT (box_no, valid_from) DO NOTHING"
)
# Later than the move before it, whatever the clocks of two servers say: the newest row is where
# the box stands. That needs the box's row locked by an earlier statement.
_SINCE = "greatest(:now, (SELECT max(valid_from) FROM box_region WHERE box_no = {box}) + :step)"
MOVE = text(
    "INSERT INTO box_region (box_no, valid_from, region_code)"
    f" VALUES (:box_no, {_SINCE.format(box=':box_no')}, :region_code)"
)
STEP = timedelta(microseconds=1)
_ELSEWHERE = (
    "box.card_number = provision.card_number AND provision.retired_at IS NULL"
    " AND box.region_code <> provision.region_code"
)
LOCK_LISTED = text(f"""
SELECT count(*) FROM (
    SELECT FROM box JOIN provision ON {_ELSEWHERE} ORDER BY box.number FOR UPDATE OF box
) AS locked
""")
MOVE_LISTED = text(f"""
WITH moved AS (
    UPDATE box SET region_code = provision.region_code FROM provision WHERE {_ELSEWHERE}
    RETURNING box.number, box.region_code
)
INSERT INTO box_region (box_no, valid_from, region_code)
SELECT number, {_SINCE.format(box="number")}, region_code FROM moved
""")


def place_new_box(session: Session, box: Box) -> None:
    """Say that the box has always stood where it stands."""
    session.execute(FIRST, {"box_no": box.number, "region_code": box.region_code})


def move_box(session: Session, box: Box, region_code: str, now: datetime) -> None:
    """The box stands there from now on; where it stands already, nothing is written."""
    session.refresh(box, with_for_update=True)
    if box.region_code == region_code:
        return
    moved = {"box_no": box.number, "region_code": region_code, "now": now, "step": STEP}
    session.execute(MOVE, moved)
    box.region_code = region_code


def choose_region(
    session: Session, box: Box, region_code: str, *, now: datetime, today: date
) -> None:
    """Move the box where its household says. Raises UnknownRegion, RegionIsListed."""
    if region_code == box.region_code:
        return
    if listed_card(session, box.card_number) is not None:
        raise RegionIsListed
    require_valid(session, region_code, today)
    move_box(session, box, region_code, now)


def move_listed_boxes(session: Session, now: datetime) -> int:
    """Move every box with a listed card to where the list says; gives how many moved."""
    session.execute(LOCK_LISTED)
    moved: Any = session.execute(MOVE_LISTED, {"now": now, "step": STEP})
    count: int = moved.rowcount
    return count


def listed_card(session: Session, card_number: str | None) -> Provision | None:
    """The card's line on the operator's list, if it is there and not retired."""
    card = session.get(Provision, card_number) if card_number else None
    return card if card is not None and card.retired_at is None else None
