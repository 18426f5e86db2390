"""Files and folders become courses: one file a lesson, one folder a course."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import editing, errors
from catalog.tables import Category, Course
from transcode.tables import Video

# By ending only: what is inside is the pipeline's to judge, and it says why it refuses.
ENDINGS = {
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".vob", ".ts", ".m2ts"),
    *(".mts", ".flv", ".f4v", ".wmv", ".asf", ".3gp", ".3g2", ".ogv", ".rm", ".rmvb", ".mxf"),
}


@dataclass(frozen=True, kw_only=True)
class FoundCourse:
    """A course to be: its title and the films of its lessons, in order."""

    title: str
    films: tuple[Path, ...]


def find_courses(path: Path) -> list[FoundCourse]:
    """A file is a course of one lesson; a folder a course; its folders are courses, too.

    Films are put in the order of their names, with numbers in them read as numbers.
    """
    if path.is_file():
        return [FoundCourse(title=editing.title_of_file(path.name), films=(path,))]
    found = []
    for folder in [path, *sorted(p for p in path.rglob("*") if p.is_dir())]:
        films = sorted(
            (p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in ENDINGS),
            key=lambda film: _natural(film.name),
        )
        if films:
            title = editing.checked_title(folder.resolve().name[: editing.TITLE_LIMIT])
            found.append(FoundCourse(title=title, films=tuple(films)))
    return found


def import_course(
    begin: Callable[[], AbstractContextManager[Session]],
    found: FoundCourse,
    accept: Callable[[Path], Video],
    *,
    category: str | None,
    number: int | None,
    publish_at: datetime | None,
) -> Iterator[tuple[Path, Video, str]]:
    """Make the course and send its films on their way; gives each film, its video, the number.

    begin: starts a transaction that its ``with`` block commits. accept: stores a film. number:
    of an existing course, which the films are added to, or of the new one. publish_at: boxes show
    the course as soon as a film is ready; None leaves a new course a draft. Raises catalogue
    errors before anything is stored.
    """
    with begin() as session:
        course_id = _course_of(session, found.title, category, number).id
    for film in found.films:
        video = accept(film)
        with begin() as session:
            course = editing.course_by_id(session, course_id)
            title = editing.title_of_file(film.name)
            if not any(lesson.video_id == video.id for lesson in course.lessons):
                editing.add_lesson(session, course, title=title, video_id=video.id)
            if publish_at is not None and course.state == "draft":
                editing.publish_course(session, course, publish_at, ahead=True)
            shown = course.number_text
        yield film, video, shown


def _course_of(session: Session, title: str, category: str | None, number: int | None) -> Course:
    if number is not None:
        known = session.scalar(select(Course).where(Course.number == number))
        if known is not None:
            return known
    shelf = _category(session, category)
    return editing.create_course(session, title=title, category_id=shelf.id, number=number)


def _category(session: Session, name: str | None) -> Category:
    if name is None:
        return editing.create_category(session, slug="imported", title="新课程", position=9999)
    query = select(Category).where((Category.slug == name) | (Category.title == name))
    found = session.scalars(query.order_by(Category.id)).first()
    if found is None:
        raise errors.CategoryNotFound(f"没有分类“{name}”。")
    return found


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
