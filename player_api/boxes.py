"""Boxes: one introduces itself, gets a signed token, and shows it with every request.

The token holds the box's id and token version; raising the version or setting ``revoked_at``
makes every token of the box worthless. What a token says is known without the database; whether
it is worth anything, by the box's row: ``read_token``, ``boxes_by_id``, ``believed``.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
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

from app.settings import Settings
from app.web import HouseDep
from player_api.errors import (
    BoxBlocked,
    BoxNotFound,
    BoxNotListed,
    BoxRevoked,
    BoxTokenForeign,
    BoxTokenInvalid,
    BoxTokenMissing,
    BoxTokenRotated,
    BoxUnknown,
)
from player_api.moving import listed_card, move_box, place_new_box
from player_api.regions import require_valid
from player_api.tables import Box

SALT = "nongke.box"
# A token begins with who signed it, so that one of another service is known for what it is.
ISSUED = re.compile(r"([0-9a-f]{8})\.(.*)", re.DOTALL)
HELP_NUMBER = re.compile(r"[0-9]{1,12}")
LARGEST_NUMBER = 2**31 - 1
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a box says of itself when it introduces itself."""

    model: str = ""
    engine: str = ""
    region_code: str | None = None
    card_number: str | None = None


def register_box(session: Session, said: Said, settings: Settings, now: datetime) -> Box:
    """A new box, or the one that has the card: its own storage may be wiped at power-off.

    Where the operator's list has the card, the list says where the box stands.
    Raises UnknownRegion, BoxNotListed, and BoxBlocked for a revoked box's card.
    """
    listed = listed_card(session, said.card_number)
    if listed is None and settings.box_registration == "listed":
        raise BoxNotListed
    if listed is None and said.region_code and not _stands_there(session, said):
        require_valid(session, said.region_code, now.astimezone(settings.zone).date())
    region_code = listed.region_code if listed else said.region_code
    box = _described_box(session, said, region_code or settings.region)
    if box.revoked_at is not None:
        raise BoxBlocked
    place_new_box(session, box)
    if region_code:
        move_box(session, box, region_code, now)
    return box


def find_box(session: Session, named: str) -> Box:
    """The box with that card number, id or help number. Raises BoxNotFound."""
    box = session.scalar(select(Box).where(Box.card_number == named))
    if box is None:
        with suppress(ValueError):
            box = session.get(Box, UUID(named))
    digits = re.sub(r"[\s-]", "", named)
    if box is None and HELP_NUMBER.fullmatch(digits):
        box = session.scalar(select(Box).where(Box.number == min(int(digits), LARGEST_NUMBER)))
    if box is None:
        raise BoxNotFound(f"There is no box {named}.")
    return box


def help_number(number: int) -> str:
    """A box's number in groups of four digits, as it is read out to the help line."""
    digits = f"{number:08d}"
    digits = digits.zfill(-(-len(digits) // 4) * 4)
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def revoke_box(session: Session, box_id: UUID, now: datetime) -> None:
    """Refuse the box from now on; its plays stay counted."""
    session.execute(update(Box).where(Box.id == box_id).values(revoked_at=now))


def restore_box(session: Session, box_id: UUID) -> None:
    """Let a revoked box in again; the tokens that it had are good again."""
    session.execute(update(Box).where(Box.id == box_id).values(revoked_at=None))


def renew_token(session: Session, box_id: UUID) -> None:
    """Make the box's present tokens worthless; the box may introduce itself again."""
    session.execute(update(Box).where(Box.id == box_id).values(token_version=Box.token_version + 1))


def token_of(settings: Settings, box: Box) -> str:
    """The token that proves to be this box."""
    return f"{_issuer(settings)}.{_signer(settings).dumps([box.id.hex, box.token_version])}"


def read_token(settings: Settings, token: str) -> tuple[UUID, int]:
    """The box id and the token version in a token that we signed.

    Raises BoxTokenInvalid, BoxTokenForeign.
    """
    issued = ISSUED.fullmatch(token)
    if issued and issued[1] != _issuer(settings):
        raise BoxTokenForeign
    try:
        # Tokens of earlier releases do not say who signed them.
        id_text, version = _signer(settings).loads(issued[2] if issued else token)
        return UUID(hex=id_text), int(version)
    except (BadData, ValueError, TypeError, AttributeError) as error:
        raise BoxTokenInvalid from error


def shown_token(
    settings: Settings, credentials: HTTPAuthorizationCredentials | None
) -> tuple[UUID, int]:
    """What the token of a request says. Raises BoxTokenMissing and as read_token."""
    if credentials is None:
        raise BoxTokenMissing
    return read_token(settings, credentials.credentials)


def boxes_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Box]:
    """The boxes that there are of these ids."""
    return {box.id: box for box in session.scalars(select(Box).where(Box.id.in_(set(ids))))}


def believed(box: Box | None, version: int) -> KnownBox:
    """The box of a token of this version. Raises BoxTokenInvalid, BoxRevoked, BoxTokenRotated."""
    if box is None:
        raise BoxTokenInvalid
    if box.revoked_at is not None:
        raise BoxRevoked
    if box.token_version != version:
        raise BoxTokenRotated
    return KnownBox(id=box.id, number=box.number, region_code=box.region_code)


CredentialsDep = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def _box(house: HouseDep, credentials: CredentialsDep) -> KnownBox:
    box_id, version = shown_token(house.settings, credentials)
    with house.db.begin() as session:
        return believed(session.get(Box, box_id), version)


def _box_or_none(house: HouseDep, credentials: CredentialsDep) -> KnownBox | None:
    # What anybody may see must not fail for a box whose token has become worthless.
    try:
        return _box(house, credentials) if credentials else None
    except BoxUnknown:
        return None


BoxDep = Annotated[KnownBox, Depends(_box)]
OptionalBoxDep = Annotated[KnownBox | None, Depends(_box_or_none)]


def _stands_there(session: Session, said: Said) -> bool:
    """Whether the card's box stands already where it says, maybe in a region of old."""
    query = select(Box.region_code).where(Box.card_number == said.card_number)
    return session.scalar(query) == said.region_code


def _described_box(session: Session, said: Said, region_code: str) -> Box:
    described = {"model": said.model, "engine": said.engine}
    fresh = insert(Box).values(**described, card_number=said.card_number, region_code=region_code)
    return session.scalars(
        fresh.on_conflict_do_update(index_elements=["card_number"], set_=described).returning(Box),
        execution_options={"populate_existing": True},
    ).one()


@lru_cache(maxsize=8)
def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret(), salt=SALT)


@lru_cache(maxsize=8)
def _issuer(settings: Settings) -> str:
    """A name of the key that does not give it away."""
    return hmac.digest(settings.secret().encode(), b"nongke.box.issuer", "sha256").hex()[:8]
