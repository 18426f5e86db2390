"""The addresses of searching: in the catalogue, and what boxes searched for by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.house import House
from app.web import HouseDep
from catalog.search import LONGEST_QUERY, search_courses
from player_api import answers, courses, errors
from player_api.boxes import BoxDep, KnownBox, OptionalBoxDep
from player_api.event_routes import admitted
from player_api.openapi import UNKNOWN_BOX, InvalidRequest, codes_explained, problems
from player_api.routes import CACHEABLE, PREFIX
from player_api.searches import REFUSALS, Search, add_miss, hear_searches, normalised

router = APIRouter(prefix=PREFIX, tags=["player"])

MOST_SEARCHES = 50
Milliseconds = Annotated[int, Field(ge=0, le=2**53 - 1)]


class SearchForm(BaseModel):
    """One search that the box made in its snapshot of the menu."""

    id: UUID = Field(description="Made by the box; the same search sent again counts once")
    q: Annotated[str, StringConstraints(max_length=LONGEST_QUERY, pattern=answers.PRINTABLE)]
    at: Milliseconds = Field(description="The box's clock at the search, ms since 1970")
    found: int = Field(ge=0, le=2**31 - 1, description="How many courses it showed")


class SearchBatch(BaseModel):
    """Searches, most of all those without a result."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sent": 1767226330000,
                    "searches": [
                        {
                            "id": "0198c4b0-7b1e-7000-8000-000000000001",
                            "q": "折耳根",
                            "at": 1767226325000,
                            "found": 0,
                        }
                    ],
                }
            ]
        }
    )

    sent: Milliseconds | None = Field(
        None, description="The box's clock at sending; without it, `at` is taken for right"
    )
    searches: Annotated[list[SearchForm], Field(max_length=MOST_SEARCHES)]


class SearchRefusal(BaseModel):
    """A search that is not counted; sending it again will not help."""

    index: int = Field(description="Place in the batch, from 0")
    code: str = Field(
        description=codes_explained(REFUSALS), json_schema_extra={"enum": list(REFUSALS)}
    )


class SearchReceipt(BaseModel):
    """What became of the searches; the three add up to them."""

    accepted: int
    unchanged: int = Field(description="Searches that were heard before")
    refused: list[SearchRefusal]


@router.get(
    "/search",
    operation_id="search",
    summary="Courses by pinyin initials, number or words",
    response_model=answers.Courses,
    responses=problems(InvalidRequest),
)
def search(
    response: Response,
    house: HouseDep,
    box: OptionalBoxDep,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            pattern=answers.PRINTABLE,
            examples=["hsy", "203", "黑山羊"],
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """Best first: the number, titles that begin with the initials, titles, tags and teachers."""
    with house.db.begin() as session:
        found = search_courses(session, q, limit=limit)
        entries = [courses.public_entry(course, house.storage) for course in found]
        if not found:
            _miss(session, house, box, q)
    response.headers["Cache-Control"] = CACHEABLE
    return {"courses": entries}


def _miss(session: Session, house: House, box: KnownBox | None, q: str) -> None:
    today = datetime.now(house.settings.zone).date()
    region_code = box.region_code if box else house.settings.region
    words = normalised(q)
    add_miss(session, box=box, region_code=region_code, words=words, day=today, today=today)


@router.post(
    "/searches",
    operation_id="hear_searches",
    summary="Report what was searched for",
    response_model=SearchReceipt,
    dependencies=[Depends(admitted)],
    responses=problems(*UNKNOWN_BOX, errors.TooManyRequests, errors.UnreadableBody, InvalidRequest),
)
def hear(house: HouseDep, box: BoxDep, batch: SearchBatch) -> Any:
    """Searches in the snapshot, where the server can't see them: at most 50.

    Words that found nothing are counted by day and county, once a day for each box. Send again
    what got no answer, for up to 30 days: a search counts once by its `id`.
    """
    searches = [
        Search(id=one.id, words=one.q, at_ms=one.at, found=one.found) for one in batch.searches
    ]
    with house.db.begin() as session:
        heard = hear_searches(
            session,
            box,
            searches,
            sent_ms=batch.sent,
            received_at=datetime.now(house.settings.zone),
        )
    return SearchReceipt(
        accepted=heard.accepted,
        unchanged=heard.unchanged,
        refused=[
            SearchRefusal(index=index, code=code) for index, code in sorted(heard.refused.items())
        ],
    )
