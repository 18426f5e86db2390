"""What a household set on its box. Kept here, since some boxes forget at power-off."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from player_api.answers import NumberText
from player_api.tables import BoxSettings

MOST_IN_HALL = 50


class Preferences(BaseModel):
    """All settings of a box, as they are until the household sets them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    text: Literal["normal", "large"] = Field("normal", description="Size of the letters")
    speak: bool = Field(False, description="Read aloud what has the focus, where the box can")
    language: Literal["zh", "en"] = "zh"
    hall: Annotated[list[NumberText], Field(max_length=MOST_IN_HALL)] = Field(
        [], description="The village's playlist: numbers of courses in order, each once"
    )
    captions: bool = False
    speed: float = Field(1, ge=0.5, le=2, description="At which lessons begin to play")

    @field_validator("hall")
    @classmethod
    def _each_once(cls, hall: list[str]) -> list[str]:
        return list(dict.fromkeys(hall))


def settings_of(session: Session, box_id: UUID) -> Preferences:
    """The box's settings."""
    kept = session.get(BoxSettings, box_id)
    return _settings(kept.chosen if kept else {})


def change_settings(session: Session, box_id: UUID, wanted: Preferences) -> Preferences:
    """Set what the request named, and only that; gives all settings."""
    chosen = wanted.model_dump(exclude_unset=True)
    fresh = insert(BoxSettings).values(box_id=box_id, chosen=chosen)
    merged = fresh.on_conflict_do_update(
        index_elements=["box_id"],
        set_={"chosen": BoxSettings.chosen.op("||")(fresh.excluded.chosen)},
    )
    return _settings(session.execute(merged.returning(BoxSettings.chosen)).scalar_one())


def _settings(chosen: dict[str, Any]) -> Preferences:
    # A setting that an older or newer release knew must not make the others unreadable.
    known = {name: value for name, value in chosen.items() if name in Preferences.model_fields}
    return Preferences.model_validate(known)
