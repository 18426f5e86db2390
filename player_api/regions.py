"""Places by their official codes; a child's code starts with its parent's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from player_api.errors import RegionNotFound, UnknownRegion
from player_api.tables import Region

# PostgreSQL takes 65535 parameters a statement.
ROWS_A_STATEMENT = 5000


class RegionRow(Protocol):
    """What a list of regions says of each; a parent comes before its children."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A region as a household chooses it."""

    code: str
    name: str
    level: str
    parent: str | None
    has_children: bool


def load_regions(session: Session, rows: Iterable[RegionRow]) -> int:
    """Put the regions in, or bring their names up to date; gives how many there were."""
    values = [
        {"code": row.code, "name": row.name, "level": row.level, "parent_code": row.parent}
        for row in rows
    ]
    for start in range(0, len(values), ROWS_A_STATEMENT):
        fresh = insert(Region).values(values[start : start + ROWS_A_STATEMENT])
        session.execute(
            fresh.on_conflict_do_update(
                index_elements=["code"],
                set_={
                    "name": fresh.excluded.name,
                    "level": fresh.excluded.level,
                    "parent_code": fresh.excluded.parent_code,
                },
            )
        )
    return len(values)


def children(
    session: Session, parent_code: str | None, *, home: str, today: date
) -> Sequence[Place]:
    """The regions below the parent that there are today, or the topmost ones.

    home: the region of the settings; its province alone is offered, where it is on the list.
    Raises RegionNotFound.
    """
    if parent_code is not None and session.get(Region, parent_code) is None:
        raise RegionNotFound
    below = aliased(Region)
    query = (
        select(
            Region,
            select(below.code)
            .where(below.parent_code == Region.code, _valid(below, today))
            .exists(),
        )
        .where(Region.parent_code.is_not_distinct_from(parent_code), _valid(Region, today))
        .order_by(Region.code)
    )
    places = [
        Place(
            code=region.code,
            name=region.name,
            level=region.level,
            parent=region.parent_code,
            has_children=has_children,
        )
        for region, has_children in session.execute(query)
    ]
    at_home = [place for place in places if parent_code is None and home.startswith(place.code)]
    return at_home or places


def require_valid(session: Session, code: str, today: date) -> None:
    """Make sure that there is such a region today. Raises UnknownRegion."""
    query = select(Region.code).where(Region.code == code, _valid(Region, today))
    if session.scalar(query) is None:
        raise UnknownRegion


def _valid(region: type[Region], today: date) -> ColumnElement[bool]:
    return and_(region.valid_from <= today, or_(region.valid_to.is_(None), region.valid_to > today))
