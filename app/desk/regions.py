"""The choice of a place: prefecture, then county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from player_api.tables import Region


@dataclass(frozen=True, kw_only=True)
class RegionChoice:
    """What the two menus offer, what is chosen in them, and the chosen region's name."""

    prefectures: Sequence[Region]
    counties: Sequence[Region]
    prefecture: str
    county: str
    name: str | None


def wanted_region(region: str, prefecture: str, county: str) -> str:
    """The code that the address asks for: one region, or the deeper of the two menus.

    A county of another prefecture is what the menu showed before the prefecture was changed.
    """
    if region:
        return region
    return county if county.startswith(prefecture) and county else prefecture


def is_region(session: Session, code: str) -> bool:
    """Whether there is such a region; empty means everywhere."""
    return not code or session.get(Region, code) is not None


def region_choice(session: Session, code: str) -> RegionChoice:
    """The menus for the region that is asked for."""
    region = session.get(Region, code) if code else None
    prefecture = code[:4] if len(code) >= 4 else ""
    return RegionChoice(
        prefectures=_below(session, "prefecture", ""),
        counties=_below(session, "county", prefecture) if prefecture else [],
        prefecture=prefecture,
        county=code[:6] if len(code) >= 6 else "",
        name=region.name if region else None,
    )


def _below(session: Session, level: str, prefix: str) -> Sequence[Region]:
    query = (
        select(Region)
        .where(
            Region.level == level,
            Region.code.startswith(prefix),
            (Region.valid_to.is_(None)) | (Region.valid_to > func.current_date()),
        )
        .order_by(Region.code)
    )
    return session.scalars(query).all()
