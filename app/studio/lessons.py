"""The lessons of a course: their order, titles, videos and what completes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import EditorDep
from app.accounts.audit import record
from app.pages.rendering import page
from app.studio import shelf
from app.studio.making import makings
from app.studio.progress import remedy_of
from app.web import HouseDep
from catalog import editing
from catalog.tables import Course
from transcode.tables import UNDER_WAY

router = APIRouter(prefix="/studio", include_in_schema=False)


def lesson_list(session: Session, course: Course) -> dict[str, Any]:
    """What the template of the list needs."""
    session.refresh(course, ["lessons"])
    lessons = course.lessons
    return {
        "course": course,
        "lessons": lessons,
        "counts": shelf.counts_of(course),
        "busy": any(lesson.video and lesson.video.state in UNDER_WAY for lesson in lessons),
        "makings": makings(session, [lesson.video for lesson in lessons if lesson.video]),
        "poster_of": shelf.poster_key,
        "remedy_of": remedy_of,
        "least_completion": editing.LEAST_COMPLETION_PERCENT,
    }


@router.get("/courses/{course_id}/lessons")
def lessons_part(request: Request, house: HouseDep, _: EditorDep, course_id: int) -> Response:
    """The list alone, for a page that keeps itself up to date."""
    with house.db.begin() as session:
        return _part(request, session, editing.course_by_id(session, course_id))


@router.post("/courses/{course_id}/order")
def order(
    request: Request,
    house: HouseDep,
    account: EditorDep,
    course_id: int,
    lesson: Annotated[list[int], Query()],
) -> Response:
    """Put the lessons in this order."""
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        editing.order_lessons(session, course, lesson)
        record(session, account.id, "lessons_ordered", f"course {course_id}", lessons=lesson)
        return _part(request, session, course)


@router.post("/lessons/{lesson_id}/title")
def rename(
    request: Request,
    house: HouseDep,
    account: EditorDep,
    lesson_id: int,
    title: Annotated[str, Form()] = "",
) -> Response:
    """Give the lesson another title."""
    with house.db.begin() as session:
        lesson = editing.lesson_by_id(session, lesson_id)
        before = lesson.title
        editing.update_lesson(session, lesson, title=title)
        record(
            session,
            account.id,
            "lesson_renamed",
            f"lesson {lesson_id}",
            title=[before, lesson.title],
        )
        return _part(request, session, lesson.course)


@router.post("/lessons/{lesson_id}/completion")
def set_completion(
    request: Request,
    house: HouseDep,
    account: EditorDep,
    lesson_id: int,
    percent: Annotated[str, Form()] = "",
) -> Response:
    """Say how much of the lesson a play that begins from now on must see to be complete."""
    # What is no whole number is refused as one out of range: what to do is the same.
    wanted = int(percent) if re.fullmatch(r"\s*\d{1,3}\s*", percent) else 0
    with house.db.begin() as session:
        lesson = editing.lesson_by_id(session, lesson_id)
        before = lesson.completion_percent
        editing.update_lesson(session, lesson, completion_percent=wanted)
        if wanted != before:
            record(
                session,
                account.id,
                "lesson_completion_set",
                f"lesson {lesson_id}",
                completion_percent=[before, wanted],
            )
        return _part(request, session, lesson.course)


@router.post("/lessons/{lesson_id}/remove")
def remove(request: Request, house: HouseDep, account: EditorDep, lesson_id: int) -> Response:
    """Take the lesson out of its course."""
    with house.db.begin() as session:
        lesson = editing.lesson_by_id(session, lesson_id)
        course = lesson.course
        editing.remove_lesson(session, lesson, datetime.now(UTC))
        record(session, account.id, "lesson_removed", f"lesson {lesson_id}", title=lesson.title)
        return _part(request, session, course)


def _part(request: Request, session: Session, course: Course) -> Response:
    return page(request, "studio/lessons.html", **lesson_list(session, course))
