"""Places by their official codes; a child's code starts with its parent's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from player_api.errors import RegionNotBegun, RegionNotFound, UnknownRegion
from player_api.tables import Box, Provision, Region

LISTED = ("code", "name", "level", "parent", "valid_from", "valid_to")
# One statement, so that the references of all rows are checked at its end, whatever their order.
PUT = text("""
WITH put AS (
    INSERT INTO region (code, name, level, parent_code, valid_from, valid_to)
    SELECT code, name, level, parent, coalesce(valid_from, DATE '1949-10-01'), valid_to
    FROM unnest(
        CAST(:code AS text[]), CAST(:name AS text[]), CAST(:level AS text[]),
        CAST(:parent AS text[]), CAST(:valid_from AS date[]), CAST(:valid_to AS date[])
    ) AS listed (code, name, level, parent, valid_from, valid_to)
    ORDER BY code
    ON CONFLICT (code) DO UPDATE SET
        name = excluded.name,
        level = excluded.level,
        parent_code = excluded.parent_code,
        valid_from = CASE WHEN :is_dated THEN excluded.valid_from ELSE region.valid_from END,
        valid_to = CASE WHEN :is_dated THEN excluded.valid_to ELSE region.valid_to END
    WHERE (region.name, region.level, region.parent_code)
            IS DISTINCT FROM (excluded.name, excluded.level, excluded.parent_code)
        OR :is_dated AND (region.valid_from, region.valid_to)
            IS DISTINCT FROM (excluded.valid_from, excluded.valid_to)
    RETURNING old.code IS NULL AS is_new
)
SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE NOT is_new) AS changed
FROM put
""")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRegion:
    """A line of a list of regions."""

    code: str
    name: str
    level: str
    parent: str | None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What a list has changed."""

    listed: int
    new: int
    changed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What an end concerns: regions, boxes that stand there, and listed cards."""

    regions: int
    boxes: int
    cards: int


def path_of(session: Session, code: str) -> list[str]:
    """Names of the places that hold the region, and its own; the province only when alone."""
    above = [code[:length] for length in (2, 4, 6, 9) if length <= len(code)]
    query = select(Region.name).where(Region.code.in_(above)).order_by(func.length(Region.code))
    names = list(session.scalars(query.where(func.length(Region.code) > 2)))
    return names or list(session.scalars(query))


def load_regions(session: Session, rows: Iterable[RegionRow]) -> int:
    """Put the regions in, or bring their names up to date; gives how many there were."""
    regions = [
        ListedRegion(code=row.code, name=row.name, level=row.level, parent=row.parent)
        for row in rows
    ]
    return put_regions(session, regions, is_dated=False).listed


def put_regions(session: Session, regions: Sequence[ListedRegion], *, is_dated: bool) -> Counted:
    """Put the regions in, or bring them up to date; regions that are not listed stay.

    is_dated: what the list says of their validity holds; otherwise it stays as it is.
    """
    columns = {name: [getattr(region, name) for region in regions] for name in LISTED}
    counted = session.execute(PUT, {**columns, "is_dated": is_dated}).one()
    return Counted(listed=len(regions), new=counted.new, changed=counted.changed)


def end_region(session: Session, code: str, day: date) -> Ended:
    """From that day on there is no such region, nor any below it; what they counted stays.

    Raises RegionNotFound, RegionNotBegun.
    """
    if session.get(Region, code) is None:
        raise RegionNotFound(f"There is no region {code}.")
    below = Region.code.startswith(code)
    still = below & (Region.valid_to.is_(None) | (Region.valid_to > day))
    late = session.scalars(select(Region.code).where(still, Region.valid_from >= day)).first()
    if late is not None:
        raise RegionNotBegun(f"Region {late} begins on that day or later.")
    ended = session.scalars(update(Region).where(still).values(valid_to=day).returning(Region.code))
    boxes = select(func.count()).select_from(Box).where(Box.region_code.startswith(code))
    cards = select(func.count()).select_from(Provision)
    cards = cards.where(Provision.region_code.startswith(code), Provision.retired_at.is_(None))
    return Ended(
        regions=len(ended.all()),
        boxes=session.execute(boxes).scalar_one(),
        cards=session.execute(cards).scalar_one(),
    )


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
