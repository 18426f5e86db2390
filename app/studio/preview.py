"""A course as a box would show it, before anybody else can see it: the TV page in a frame.

The frame's page asks here instead of at the player API. There is no box to introduce and
nowhere to send events, so what an editor watches is never counted.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from app.accounts.access import EditorDep, editor_only
from app.pages.rendering import language_of, page
from app.studio import shelf
from app.web import HouseDep
from catalog import editing, menu
from catalog.tables import Course
from player_api import answers
from player_api import playback as playing

# What the answers say is an editor's alone, and changes with the next key press.
PRIVATE = {"Cache-Control": "no-store"}

pages = APIRouter(prefix="/studio", include_in_schema=False)
api = APIRouter(
    prefix="/api/studio/preview/{course_id}",
    include_in_schema=False,
    dependencies=[Depends(editor_only)],
)

CourseId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@pages.get("/courses/{course_id}/preview")
def preview_page(
    request: Request, house: HouseDep, _: EditorDep, course_id: CourseId, lesson: str = ""
) -> Response:
    """The TV page at the course, or playing one of its lessons."""
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        playable = [one.id for one in course.lessons if one.video and one.video.package_id]
        wanted = int(lesson) if lesson.isascii() and lesson.isdecimal() else 0
        return page(
            request,
            "studio/preview.html",
            course=course,
            counts=shelf.counts_of(course),
            frame=_frame(request, course, wanted if wanted in playable else None),
        )


@api.get("/menu")
def preview_menu(house: HouseDep, course_id: CourseId) -> Response:
    """The menu as it would be if the course were published."""
    settings = house.settings
    with house.db.begin() as session:
        document = menu.menu_document(
            session, media_url=settings.media_url, time_zone=settings.time_zone, also=course_id
        )
    return JSONResponse(document, headers=PRIVATE)


@api.get("/lessons/{lesson_id}/playback", response_model=answers.Playback)
def preview_playback(
    response: Response,
    house: HouseDep,
    course_id: CourseId,
    lesson_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
) -> Any:
    """How to play a lesson of the course, or of a published one; always from its beginning."""
    response.headers.update(PRIVATE)
    with house.db.begin() as session:
        return playing.playback(session, house.storage, lesson_id, None, also=course_id)


def _frame(request: Request, course: Course, lesson_id: int | None) -> str:
    query = urlencode({"preview": course.id, "lang": language_of(request)})
    screen = f"play/{lesson_id}" if lesson_id else f"course/{course.number_text}"
    return f"/tv/?{query}#/{screen}"
