"""The addresses of what belongs to one box: itself, its settings, how far it watched."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.web import HouseDep, one_of_app
from player_api import answers, errors
from player_api.box_settings import Preferences, change_settings, settings_of
from player_api.boxes import BoxDep, OptionalBoxDep, help_number
from player_api.moving import listed_card
from player_api.openapi import UNKNOWN_BOX, InvalidRequest, problems
from player_api.popular import RankingCache
from player_api.progress import progress_of, watched_ms
from player_api.regions import path_of
from player_api.routes import PREFIX
from player_api.tables import Box

router = APIRouter(prefix=PREFIX, tags=["player"])
MOST_POPULAR = 100


class BoxRegion(BaseModel):
    """Where a box stands."""

    code: answers.RegionCode
    path: list[str] = Field(
        description="Names from the prefecture down; empty where the code has no name",
        examples=[["遵义市", "红花岗区"]],
    )


class OwnBox(BaseModel):
    """What a household and the help line need to know of its box."""

    box: UUID
    number: str = Field(
        description="Short enough to be read out on the telephone; the help line finds the box",
        pattern=r"^\d{4}( \d{4})+$",
        examples=["0001 2345"],
    )
    region: BoxRegion
    region_fixed: bool = Field(description="The operator's list says where the box stands")
    card: str | None
    watched_s: int = Field(description="Time watched on this box, as far back as plays are kept")
    settings: Preferences


class Popular(BaseModel):
    """The most watched courses."""

    courses: list[answers.NumberText]


class Progress(BaseModel):
    """How far the box got, by the lessons' ids."""

    lessons: dict[str, Annotated[list[int], Field(min_length=3, max_length=3)]] = Field(
        description="`[position_s, done, at_ms]` of each lesson: where the last play stopped,"
        " 1 when the lesson was once watched to its end, and when that was"
    )


RankingDep = Annotated[RankingCache, Depends(one_of_app("ranking_cache", RankingCache))]


@router.get(
    "/boxes/me",
    operation_id="own_box",
    summary="The box itself",
    response_model=OwnBox,
    responses=problems(*UNKNOWN_BOX),
)
def own_box(house: HouseDep, known: BoxDep) -> Any:
    """Number and region for the help line, time watched, settings."""
    with house.db.begin() as session:
        box = session.get_one(Box, known.id)
        return OwnBox(
            box=box.id,
            number=help_number(box.number),
            region=BoxRegion(code=box.region_code, path=path_of(session, box.region_code)),
            region_fixed=listed_card(session, box.card_number) is not None,
            card=box.card_number,
            watched_s=watched_ms(session, box.number) // 1000,
            settings=settings_of(session, box.id),
        )


@router.put(
    "/boxes/me/settings",
    operation_id="change_settings",
    summary="Change settings of the box",
    response_model=Preferences,
    responses=problems(*UNKNOWN_BOX, errors.UnreadableBody, InvalidRequest),
)
def put_settings(house: HouseDep, box: BoxDep, wanted: Preferences) -> Any:
    """Only what is named changes; the answer has all settings."""
    with house.db.begin() as session:
        return change_settings(session, box.id, wanted)


@router.get(
    "/plays/progress",
    operation_id="progress",
    summary="How far the box got in each lesson",
    response_model=Progress,
    responses=problems(*UNKNOWN_BOX),
)
def progress(house: HouseDep, box: BoxDep) -> Any:
    """The 500 lessons that the box played last."""
    with house.db.begin() as session:
        return {"lessons": progress_of(session, box.number)}


@router.get(
    "/popular",
    operation_id="popular",
    summary="The most watched courses",
    response_model=Popular,
    responses=problems(InvalidRequest),
)
def popular(
    response: Response,
    house: HouseDep,
    box: OptionalBoxDep,
    cache: RankingDep,
    limit: Annotated[int, Query(ge=1, le=MOST_POPULAR)] = 24,
) -> Any:
    """Numbers by effective views of the last 30 days, in the box's prefecture before all others.

    Without a token, those of the whole service. Some minutes old at most.
    """
    # What a box gets is of its prefecture: no shared cache may give it to another's.
    response.headers["Cache-Control"] = f"{'private' if box else 'public'}, max-age=3600"
    response.headers["Vary"] = "Authorization"
    ranking = cache.current(house)
    return {"courses": ranking.numbers(box.region_code if box else "", limit)}
