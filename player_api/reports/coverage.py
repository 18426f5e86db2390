"""Which share of a region's boxes was heard from.

A box belongs to the region where it was registered when the period ended, wherever it was before.
It was heard when it has a play that counts in the period. Six million boxes are too many to look
at for a page: a roster keeps them as sets, and what changed between the roster's moment and the
end of the period is looked up box by box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from psycopg import Connection
from pyroaring import BitMap
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.settings import Settings
from player_api.reports.definitions import SILENT_DAYS
from player_api.reports.peaks import midnight
from player_api.reports.periods import A_DAY
from player_api.reports.queries import rows
from player_api.reports.reach import heard_boxes

# A registration that was still being written when the roster was made is looked up again.
LONGEST_WRITE = timedelta(hours=1)
AS_OF = text("SELECT as_of FROM roster LIMIT 1")
FIRST_DAY = text("SELECT least((SELECT min(day) FROM changed_day), min(day)) FROM tally_place")
FORGET = text("DELETE FROM roster")
KEEP = "COPY roster (region_code, as_of, boxes) FROM STDIN"

Roster = dict[str, BitMap]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """The boxes of a region: heard in the period, silent for long, never heard at all.

    registered: at the end of the period. silent: heard once, but not in the last days before
    that end. never: no play that counts until that end.
    """

    registered: int = 0
    heard: int = 0
    silent: int = 0
    never: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            registered=self.registered + other.registered,
            heard=self.heard + other.heard,
            silent=self.silent + other.silent,
            never=self.never + other.never,
        )


def coverage(
    session: Session, settings: Settings, *, start: date, end: date, region: str, digits: int
) -> dict[str, Coverage]:
    """The coverage of the regions below, by code; boxes above that level under their own."""
    heard = heard_boxes(session, start=start, end=end)
    lately = heard_boxes(session, start=end - A_DAY * (SILENT_DAYS - 1), end=end)
    first = session.scalar(FIRST_DAY)
    ever = heard_boxes(session, start=min(first or end, end), end=end)
    found: dict[str, Coverage] = defaultdict(Coverage)
    for code, boxes in _standing(session, midnight(end + A_DAY, settings), region).items():
        found[code[:digits]] += Coverage(
            registered=len(boxes),
            heard=boxes.intersection_cardinality(heard),
            silent=len((boxes & ever) - lately),
            never=boxes.difference_cardinality(ever),
        )
    return {code: one for code, one in found.items() if one.registered}


def keep_roster(session: Session, now: datetime) -> None:
    """Make the roster anew."""
    standing = rows(session, "standing", at=now, region="", numbers=None)
    session.execute(FORGET)
    connection = cast("Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor().copy(KEEP) as copy:
        for row in standing:
            boxes = BitMap(row.boxes)
            boxes.run_optimize()
            copy.write_row((row.region_code, now, boxes.serialize()))


def _standing(session: Session, at: datetime, region: str) -> Roster:
    """Where the boxes of a region stood at a moment."""
    as_of: datetime | None = session.scalar(AS_OF)
    if as_of is None:
        return dict(_stood(session, at, region, None))
    since, until = min(as_of - LONGEST_WRITE, at), max(as_of, at)
    changed = [row.number for row in rows(session, "moved", since=since, until=until)]
    moved = BitMap(changed)
    roster: Roster = {
        row.region_code: BitMap.deserialize(row.boxes) - moved
        for row in rows(session, "roster", region=region)
    }
    for code, boxes in _stood(session, at, region, changed):
        roster[code] = roster.get(code, BitMap()) | boxes
    return roster


def _stood(
    session: Session, at: datetime, region: str, numbers: Sequence[int] | None
) -> Iterator[tuple[str, BitMap]]:
    """The same from the boxes themselves; numbers: only these, None for all."""
    for row in rows(session, "standing", at=at, region=region, numbers=numbers):
        yield row.region_code, BitMap(row.boxes)
