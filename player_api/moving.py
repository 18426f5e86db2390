"""Where boxes stand, and since when.

A move is a row of box_region from its moment on. What the box plays before it, however late it
is heard of, counts at the old place.
"""

from __future__ import annotations

from datetime import date, datetime

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
# Who stands there already has not moved, and nothing is written.
_MOVE = """
WITH moved AS (
    UPDATE box SET region_code = target.region_code
    FROM {target}
    WHERE {joined} AND box.region_code <> target.region_code
    RETURNING box.number, box.region_code
)
INSERT INTO box_region (box_no, valid_from, region_code)
SELECT number, :now, region_code FROM moved
ON CONFLICT (box_no, valid_from) DO UPDATE SET region_code = excluded.region_code
"""
MOVE = text(
    _MOVE.format(
        target="(VALUES (CAST(:box_no AS int), CAST(:region_code AS text)))"
        " AS target (box_no, region_code)",
        joined="box.number = target.box_no",
    )
)
MOVE_LISTED = text(
    _MOVE.format(
        target="provision AS target",
        joined="box.card_number = target.card_number AND target.retired_at IS NULL",
    )
)


def place_new_box(session: Session, box: Box) -> None:
    """Say that the box has always stood where it stands."""
    session.execute(FIRST, {"box_no": box.number, "region_code": box.region_code})


def move_box(session: Session, box: Box, region_code: str, now: datetime) -> None:
    """The box stands there from now on; where it stands already, nothing is written."""
    session.execute(MOVE, {"box_no": box.number, "region_code": region_code, "now": now})
    session.refresh(box)


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
    return session.execute(MOVE_LISTED, {"now": now}).rowcount  # type: ignore[attr-defined, no-any-return]


def listed_card(session: Session, card_number: str | None) -> Provision | None:
    """The card's line on the operator's list, if it is there and not retired."""
    card = session.get(Provision, card_number) if card_number else None
    return card if card is not None and card.retired_at is None else None
