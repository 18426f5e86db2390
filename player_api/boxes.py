"""Boxes: one introduces itself, gets a signed token, and shows it with every request.

The token holds the box's id and token version; raising the version or setting ``revoked_at``
makes every token of the box worthless. What a token says is known without the database; whether
it is worth anything, by the box's row: ``read_token``, ``boxes_by_id``, ``believed``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.house import House
from app.settings import Settings
from app.web import HouseDep
from player_api.errors import (
    BoxBlocked,
    BoxRevoked,
    BoxTokenInvalid,
    BoxTokenMissing,
    BoxUnknown,
    UnknownRegion,
)
from player_api.tables import Box, BoxRegion, Region

SALT = "nongke.box"
bearer = HTTPBearer(
    scheme_name="box",
    auto_error=False,
    description="The token that `POST boxes` gave to this box.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownBox:
    """A box that has shown a good token.

    number: what its plays name it by. region_code: where it is now.
    """

    id: UUID
    number: int
    region_code: str


def register_box(
    session: Session,
    *,
    model: str,
    engine: str,
    region_code: str | None,
    card_number: str | None,
    default_region: str,
) -> Box:
    """A new box, or the one that has the card: its own storage may be wiped at power-off.

    Raises UnknownRegion for a code that no region has, BoxBlocked for a revoked box's card.
    """
    if region_code is not None and session.get(Region, region_code) is None:
        raise UnknownRegion
    described = {"model": model, "engine": engine}
    fresh = insert(Box).values(
        **described, card_number=card_number, region_code=region_code or default_region
    )
    moved = {"region_code": region_code} if region_code else {}
    box = session.scalars(
        fresh.on_conflict_do_update(
            index_elements=["card_number"], set_={**described, **moved}
        ).returning(Box),
        execution_options={"populate_existing": True},
    ).one()
    if box.revoked_at is not None:
        raise BoxBlocked
    session.execute(
        insert(BoxRegion)
        .values(box_no=box.number, region_code=box.region_code)
        .on_conflict_do_nothing()
    )
    return box


def revoke_box(session: Session, box_id: UUID, now: datetime) -> None:
    """Refuse the box from now on; its plays stay counted."""
    session.execute(update(Box).where(Box.id == box_id).values(revoked_at=now))


def renew_token(session: Session, box_id: UUID) -> None:
    """Make the box's present tokens worthless; the box may introduce itself again."""
    session.execute(update(Box).where(Box.id == box_id).values(token_version=Box.token_version + 1))


def token_of(settings: Settings, box: Box) -> str:
    """The token that proves to be this box."""
    return _signer(settings).dumps([box.id.hex, box.token_version])


def read_token(settings: Settings, token: str) -> tuple[UUID, int]:
    """The box id and the token version in a token that we signed. Raises BoxTokenInvalid."""
    try:
        id_text, version = _signer(settings).loads(token)
        return UUID(hex=id_text), int(version)
    except (BadData, ValueError, TypeError, AttributeError) as error:
        raise BoxTokenInvalid from error


def boxes_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Box]:
    """The boxes that there are of these ids."""
    return {box.id: box for box in session.scalars(select(Box).where(Box.id.in_(set(ids))))}


def believed(box: Box | None, version: int) -> KnownBox:
    """The box of a token of this version. Raises BoxTokenInvalid, BoxRevoked."""
    if box is None:
        raise BoxTokenInvalid
    if box.revoked_at is not None or box.token_version != version:
        raise BoxRevoked
    return KnownBox(id=box.id, number=box.number, region_code=box.region_code)


def known_box(house: House, token: str) -> KnownBox:
    """The box of a token. Raises BoxTokenInvalid, BoxRevoked."""
    box_id, version = read_token(house.settings, token)
    with house.db.begin() as session:
        return believed(session.get(Box, box_id), version)


CredentialsDep = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def _box(house: HouseDep, credentials: CredentialsDep) -> KnownBox:
    if credentials is None:
        raise BoxTokenMissing
    return known_box(house, credentials.credentials)


def _box_or_none(house: HouseDep, credentials: CredentialsDep) -> KnownBox | None:
    # What anybody may see must not fail for a box whose token has become worthless.
    try:
        return known_box(house, credentials.credentials) if credentials else None
    except BoxUnknown:
        return None


BoxDep = Annotated[KnownBox, Depends(_box)]
OptionalBoxDep = Annotated[KnownBox | None, Depends(_box_or_none)]


@lru_cache(maxsize=8)
def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret(), salt=SALT)
