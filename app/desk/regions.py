"""The choice of a place, as far as an account may look: prefecture, county, township."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.asked import Asked
from app.problems import Problem
from player_api.tables import Region

# What a menu offers below a region of so many digits; the boxes' own province is not chosen.
MENUS = {0: "prefecture", 2: "prefecture", 4: "county", 6: "township"}
LONGEST_CODE = 9


class OutsideOwnRegion(Problem):
    """The account sees one region, and another was asked for; an administrator can widen it."""

    status = 403
    code = "outside_own_region"
    title = "Your account sees the figures of its own region only."


@dataclass(frozen=True, kw_only=True)
class Menu:
    """The regions of one level to choose from.

    name: of the address parameter. upper: the code that stands for all of them together.
    """

    name: str
    upper: str
    options: Sequence[Region]
    chosen: str


@dataclass(frozen=True, kw_only=True)
class RegionChoice:
    """The menus, and the regions on the way down to the one that is asked for, topmost first."""

    menus: Sequence[Menu]
    way: Sequence[Region]

    @property
    def name(self) -> str | None:
        """The name of the region that is asked for."""
        return self.way[-1].name if self.way else None


def wanted_region(region: str, *menus: str) -> str:
    """The code that the address asks for: one region, or the deepest of the menus.

    A county of another prefecture is what the menu showed before the prefecture was changed.
    """
    if region:
        return region
    wanted = ""
    for code in menus:
        if code and not code.startswith(wanted):
            break
        wanted = code or wanted
    return wanted


def is_region(session: Session, code: str) -> bool:
    """Whether there is such a region; empty means everywhere."""
    return not code or session.get(Region, code) is not None


def own_region(session: Session, code: str, own: str | None) -> str:
    """The region to show to an account that sees its own alone. Raises OutsideOwnRegion.

    A region's code starts with the codes of all regions around it, and code is one that exists:
    so the beginning says whether it lies inside.
    """
    if not own or code.startswith(own):
        return code
    if not code:
        return own
    name = region_name(session, own)
    raise OutsideOwnRegion(f"您的账号只能查看“{name}”的数据。", region=own)


def region_name(session: Session, code: str) -> str:
    """What the region is called; its code where it is not in the list."""
    region = session.get(Region, code)
    return region.name if region else code


def region_choice(session: Session, asked: Asked, own: str | None) -> RegionChoice:
    """The menus for the region that is asked for; they begin below the account's own region."""
    menus = []
    upper = own or ""
    while level := MENUS.get(len(upper)):
        options = _below(session, level, upper, asked)
        chosen = next((one.code for one in options if asked.region.startswith(one.code)), "")
        if options:
            menus.append(Menu(name=level, upper=upper, options=options, chosen=chosen))
        if not chosen:
            break
        upper = chosen
    return RegionChoice(menus=menus, way=_way(session, asked.region, own or ""))


def _way(session: Session, code: str, own: str) -> Sequence[Region]:
    """The regions around the code, and itself, as far as the account may look."""
    around = [code[:digits] for digits in (2, 4, 6, 9) if len(own) <= digits <= len(code)]
    query = select(Region).where(Region.code.in_(around)).order_by(Region.code)
    return session.scalars(query).all()


def _below(session: Session, level: str, prefix: str, asked: Asked) -> Sequence[Region]:
    """The regions of the level that there were at some time of the period."""
    query = (
        select(Region)
        .where(
            Region.level == level,
            Region.code.startswith(prefix),
            Region.valid_from <= asked.end,
            (Region.valid_to.is_(None)) | (Region.valid_to > asked.start),
        )
        .order_by(Region.code)
    )
    return session.scalars(query).all()
