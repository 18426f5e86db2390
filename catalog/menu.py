"""The published catalogue as one document, and as pages for native clients.

A course is on the menu when it is published and at least one of its lessons can be played; a
lesson is playable when its video has a package.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from catalog.tables import CatalogueVersion, Category, Course, Lesson
from transcode.tables import Video


def catalogue_version(session: Session) -> int:
    """A number that rises whenever the menu may have changed."""
    return session.execute(select(CatalogueVersion.version)).scalar_one()


def menu_document(
    session: Session, *, media_url: str, time_zone: str, also: int | None = None
) -> dict[str, Any]:
    """The whole menu: categories as a tree by ``parent``, courses by number, their lessons.

    also: a course that is on it though it is not published, for its editor's eyes.
    """
    courses = list(session.scalars(published_courses(also).order_by(Course.number)).unique())
    return {
        "version": str(catalogue_version(session)),
        "time_zone": time_zone,
        "media": media_url,
        "categories": category_entries(session),
        "courses": [course_entry(course) for course in courses],
    }


def published_courses(also: int | None = None) -> Select[Course]:
    """All courses on the menu, with their playable lessons loaded; also: see menu_document."""
    return (
        select(Course)
        .join(Lesson, is_playable())
        .join(Video, Video.id == Lesson.video_id)
        .where(_is_shown(also))
        .options(
            contains_eager(Course.lessons).contains_eager(Lesson.video),
            selectinload(Course.tags),
        )
        .execution_options(populate_existing=True)
    )


def _is_shown(also: int | None) -> ColumnElement[bool]:
    published = Course.state == "published"
    return published if also is None else published | (Course.id == also)


def is_playable() -> ColumnElement[bool]:
    """Joins a course to those of its lessons that a box can play."""
    return (
        (Lesson.course_id == Course.id)
        & Lesson.removed_at.is_(None)
        & Lesson.video_id.in_(select(Video.id).where(Video.package_id.is_not(None)))
    )


def category_entries(session: Session) -> list[dict[str, Any]]:
    """Categories in the order of their shelves."""
    query = select(Category).order_by(Category.position, Category.id)
    return [
        {"id": category.id, "parent": category.parent_id, "title": category.title}
        for category in session.scalars(query)
    ]


def course_entry(course: Course) -> dict[str, Any]:
    """A course as boxes see it; ``poster`` is a storage key."""
    lessons = sorted(course.lessons, key=lambda lesson: lesson.position)
    published_at = course.published_at or course.updated_at
    return {
        "id": course.id,
        "number": course.number_text,
        "title": course.title,
        "initials": course.initials,
        "category": course.category_id,
        "summary": course.summary,
        "teacher": course.teacher,
        "tags": [tag.title for tag in course.tags],
        "poster": _poster(lessons),
        "months": course.months,
        "goals": course.goals,
        "demo": course.is_demo,
        "published_at": published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lessons": [lesson_entry(lesson) for lesson in lessons],
    }


def lesson_entry(lesson: Lesson) -> dict[str, Any]:
    """A lesson as boxes see it."""
    assert lesson.video is not None
    duration_ms = lesson.video.duration_ms or 0
    return {"id": lesson.id, "title": lesson.title, "duration_s": round(duration_ms / 1000, 2)}


def playable_lesson(
    session: Session, lesson_id: int, also: int | None = None
) -> Row[Lesson, Course, Video] | None:
    """A published lesson with its course and video, or None; also: see menu_document."""
    query = (
        select(Lesson, Course, Video)
        .join(Course, Course.id == Lesson.course_id)
        .join(Video, Video.id == Lesson.video_id)
        .where(
            Lesson.id == lesson_id,
            Lesson.removed_at.is_(None),
            _is_shown(also),
            Video.package_id.is_not(None),
        )
    )
    return session.execute(query).one_or_none()


def next_lesson_id(session: Session, lesson: Lesson) -> int | None:
    """The playable lesson that follows in the course, or None at its end."""
    query = (
        select(Lesson.id)
        .join(Video, Video.id == Lesson.video_id)
        .where(
            Lesson.course_id == lesson.course_id,
            Lesson.position > lesson.position,
            Lesson.removed_at.is_(None),
            Video.package_id.is_not(None),
        )
        .order_by(Lesson.position)
        .limit(1)
    )
    return session.scalar(query)


def menu_size(session: Session) -> int:
    """How many courses are on the menu."""
    query = (
        select(func.count(Course.id.distinct()))
        .join(Lesson, is_playable())
        .where(Course.state == "published")
    )
    return session.execute(query).scalar_one()


def _poster(lessons: list[Lesson]) -> str | None:
    for lesson in lessons:
        if lesson.video and lesson.video.package_id:
            return lesson.video.small_poster_key
    return None
