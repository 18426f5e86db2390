"""The addresses of the player API, ``/api/player/v1``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.web import HouseDep, one_of_app
from catalog.errors import CourseNotFound, LessonNotFound
from player_api import answers, courses, errors, favourites, menu, regions
from player_api import playback as playing
from player_api.boxes import BoxDep, OptionalBoxDep, Said, register_box, token_of
from player_api.moving import choose_region
from player_api.openapi import UNKNOWN_BOX, InvalidRequest, problems
from player_api.rates import admit_introduction, admit_move
from player_api.tables import Box

PREFIX = "/api/player/v1"
CACHEABLE = "public, max-age=30"
router = APIRouter(prefix=PREFIX, tags=["player"])

Number = Annotated[
    str, Path(pattern=r"^[0-9]{1,3}$", description="The course's number", examples=["203"])
]
LessonId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The lesson's id")]


MenuCacheDep = Annotated[menu.MenuCache, Depends(one_of_app("menu_cache", menu.MenuCache))]


def _snapshot_of(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI answers of a document that is kept until the catalogue changes."""
    return {
        200: {"model": model, "headers": {"ETag": {"schema": {"type": "string"}}}},
        304: {"description": "The document is the one that `If-None-Match` names"},
    }


@router.post(
    "/boxes",
    status_code=201,
    operation_id="register_box",
    summary="Introduce a box",
    response_model=answers.Registered,
    dependencies=[Depends(admit_introduction)],
    responses=problems(
        errors.BoxBlocked,
        errors.BoxNotListed,
        errors.TooManyRequests,
        errors.UnknownRegion,
        errors.UnreadableBody,
        InvalidRequest,
    ),
)
def register(house: HouseDep, box: answers.Introduction) -> Any:
    """Give the box an identity and a token.

    A card number that is known already gets its old box back, with its plays and marks. A region
    other than before is a move: from now on the box counts there. Where the operator's list has
    the card, the list says where the box stands, and the answer tells.
    """
    said = Said(
        model=box.model,
        engine=box.engine,
        region_code=box.region or None,
        card_number=box.card or None,
    )
    with house.db.begin() as session:
        registered = register_box(session, said, house.settings, datetime.now(UTC))
    return answers.Registered(
        box=registered.id,
        token=token_of(house.settings, registered),
        region=registered.region_code,
    )


@router.put(
    "/boxes/me/region",
    operation_id="move_box",
    summary="Say where the box stands",
    response_model=answers.Standing,
    dependencies=[Depends(admit_move)],
    responses=problems(
        *UNKNOWN_BOX,
        errors.RegionIsListed,
        errors.TooManyRequests,
        errors.UnknownRegion,
        errors.UnreadableBody,
        InvalidRequest,
    ),
)
def move(house: HouseDep, box: BoxDep, wanted: answers.Move) -> Any:
    """What the box plays from now on counts there; what it played before stays where it was."""
    now = datetime.now(UTC)
    with house.db.begin() as session:
        moved = session.get_one(Box, box.id)
        today = now.astimezone(house.settings.zone).date()
        choose_region(session, moved, wanted.region, now=now, today=today)
        return answers.Standing(box=moved.id, region=moved.region_code)


@router.get(
    "/menu",
    operation_id="menu",
    summary="The whole catalogue",
    responses=_snapshot_of(answers.Menu),
)
def whole_menu(request: Request, house: HouseDep, cache: MenuCacheDep) -> Response:
    """All published courses in one document, as gzip or zstd where the client takes it.

    Ask again with `If-None-Match`; nothing changed is answered by 304 without a body.
    """
    return menu.menu_answer(request, cache.current(house).whole)


@router.get(
    "/menu/list",
    operation_id="menu_list",
    summary="The whole catalogue without the courses' words",
    responses=_snapshot_of(answers.MenuList),
)
def menu_list(request: Request, house: HouseDep, cache: MenuCacheDep) -> Response:
    """The menu but for summaries and goals, in half the bytes: for thin lines."""
    return menu.menu_answer(request, cache.current(house).list)


@router.get(
    "/menu/words",
    operation_id="menu_words",
    summary="The courses' words",
    responses=_snapshot_of(answers.MenuWords),
)
def menu_words(request: Request, house: HouseDep, cache: MenuCacheDep) -> Response:
    """Summaries and goals by the courses' numbers: what `menu/list` leaves out."""
    return menu.menu_answer(request, cache.current(house).words)


@router.get(
    "/courses",
    operation_id="courses",
    summary="The catalogue in pages",
    response_model=answers.CoursePage,
    responses=problems(errors.BadCursor, InvalidRequest),
)
def course_list(
    response: Response,
    house: HouseDep,
    after: Annotated[str | None, Query(max_length=400, description="`next` of a page")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
    category: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="With the categories below it")
    ] = None,
    sort: Annotated[courses.Order, Query()] = "number",
) -> Any:
    """Published courses by number, newest first, or by title in the order of a dictionary."""
    with house.db.begin() as session:
        page = courses.course_page(
            session,
            house.storage,
            order=sort,
            limit=limit,
            after=after,
            category_id=category,
        )
    response.headers["Cache-Control"] = CACHEABLE
    return {"courses": page.courses, "next": page.next}


@router.get(
    "/courses/{number}",
    operation_id="course",
    summary="One course by its number",
    response_model=answers.Course,
    responses=problems(CourseNotFound, InvalidRequest),
)
def one_course(response: Response, house: HouseDep, number: Number) -> Any:
    """The course that a number typed on the remote means."""
    with house.db.begin() as session:
        course = courses.published_course(session, int(number))
        entry = courses.public_entry(course, house.storage)
    response.headers["Cache-Control"] = CACHEABLE
    return entry


@router.get(
    "/lessons/{lesson_id}/playback",
    operation_id="playback",
    summary="How to play a lesson",
    response_model=answers.Playback,
    responses=problems(LessonNotFound, InvalidRequest),
)
def playback(house: HouseDep, box: OptionalBoxDep, lesson_id: LessonId) -> Any:
    """Playlist and pictures of a lesson; with a token, where this box stopped.

    A token that is not valid is as good as none: a lesson that anybody may see must play.
    """
    with house.db.begin() as session:
        return playing.playback(session, house.storage, lesson_id, box)


@router.get(
    "/plays/recent",
    operation_id="recent_plays",
    summary="What the box played last",
    response_model=answers.RecentPlays,
    responses=problems(*UNKNOWN_BOX, InvalidRequest),
)
def recent(
    house: HouseDep,
    box: BoxDep,
    limit: Annotated[int, Query(ge=1, le=playing.MOST_RECENT)] = 12,
) -> Any:
    """Each course once, with the lesson to go on with."""
    with house.db.begin() as session:
        return {"plays": playing.recent_plays(session, house.storage, box, limit)}


@router.get(
    "/favourites",
    operation_id="favourites",
    summary="The box's marked courses",
    response_model=answers.Courses,
    responses=problems(*UNKNOWN_BOX),
)
def marked(house: HouseDep, box: BoxDep) -> Any:
    """Newest mark first."""
    with house.db.begin() as session:
        found = favourites.favourite_courses(session, box)
        return {"courses": [courses.public_entry(course, house.storage) for course in found]}


@router.put(
    "/favourites/{number}",
    status_code=204,
    operation_id="mark_favourite",
    summary="Mark a course",
    responses=problems(*UNKNOWN_BOX, CourseNotFound, InvalidRequest),
)
def mark(house: HouseDep, box: BoxDep, number: Number) -> None:
    """Marking a marked course changes nothing."""
    with house.db.begin() as session:
        favourites.mark(session, box, int(number))


@router.delete(
    "/favourites/{number}",
    status_code=204,
    operation_id="unmark_favourite",
    summary="Take the mark off a course",
    responses=problems(*UNKNOWN_BOX, InvalidRequest),
)
def unmark(house: HouseDep, box: BoxDep, number: Number) -> None:
    """A course without mark is no error."""
    with house.db.begin() as session:
        favourites.unmark(session, box, int(number))


@router.get(
    "/regions",
    operation_id="regions",
    summary="Regions to choose from",
    response_model=answers.Regions,
    responses=problems(errors.RegionNotFound, InvalidRequest),
)
def region_list(
    response: Response,
    house: HouseDep,
    parent: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{2,9}$", description="Its children; without it the topmost regions"),
    ] = None,
) -> Any:
    """One level of the tree, for the choice at the box's first start: places of today only."""
    with house.db.begin() as session:
        today = datetime.now(house.settings.zone).date()
        places = regions.children(session, parent, home=house.settings.region, today=today)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return {"regions": places}
