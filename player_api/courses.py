"""The catalogue in pages, for native clients and for libraries too large for one snapshot."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from app.storage import Storage
from catalog.errors import CourseNotFound
from catalog.menu import course_entry, is_playable, published_courses
from catalog.tables import Category, Course, Lesson
from player_api.errors import BadCursor

Order = Literal["number", "newest", "title"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some courses in order; ``next`` asks for those after them, None at the end."""

    courses: list[dict[str, Any]]
    next: str | None


def course_page(
    session: Session,
    storage: Storage,
    *,
    order: Order,
    limit: int,
    after: str | None,
    category_id: int | None,
) -> Page:
    """The published courses after a place, with those of categories below the given one.

    A course that is published meanwhile is never shown twice and moves none to the next page.
    Raises BadCursor.
    """
    columns, descending = _order(order)
    query = select(Course.id, *columns).where(on_the_menu())
    if category_id is not None:
        query = query.where(Course.category_id.in_(_with_descendants(category_id)))
    if after is not None:
        place, last = tuple_(*columns), tuple_(*_read_cursor(after, order))
        query = query.where(place < last if descending else place > last)
    query = query.order_by(*(c.desc() if descending else c for c in columns)).limit(limit + 1)
    rows = session.execute(query).all()
    courses = courses_by_id(session, [row[0] for row in rows[:limit]])
    more = len(rows) > limit
    return Page(
        courses=[public_entry(course, storage) for course in courses],
        next=_cursor(order, rows[limit - 1][1:]) if more else None,
    )


def courses_by_id(session: Session, ids: Sequence[int]) -> list[Course]:
    """Those of the courses that are on the menu, in the order of the ids."""
    found = session.scalars(published_courses().where(Course.id.in_(ids))).unique()
    by_id = {course.id: course for course in found}
    return [by_id[course_id] for course_id in ids if course_id in by_id]


def published_course(session: Session, number: int) -> Course:
    """The course of that number if it is on the menu. Raises CourseNotFound."""
    course = session.scalars(published_courses().where(Course.number == number)).unique().first()
    if course is None:
        raise CourseNotFound(f"没有 {number:03d} 号课程。")
    return course


def public_entry(course: Course, storage: Storage) -> dict[str, Any]:
    """The course as on the menu, and the whole address of its poster."""
    entry = course_entry(course)
    return {**entry, "poster_url": storage.url(entry["poster"]) if entry["poster"] else None}


def on_the_menu() -> ColumnElement[bool]:
    """Whether boxes can see the course."""
    playable = exists(select(Lesson.id).where(is_playable()).correlate(Course))
    return (Course.state == "published") & playable


def _order(order: Order) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    if order == "newest":
        return (Course.published_at.expression, Course.id.expression), True
    if order == "title":
        return (Course.pinyin.expression, Course.id.expression), False
    return (Course.number.expression,), False


def _with_descendants(category_id: int) -> Any:
    tree = select(Category.id).where(Category.id == category_id).cte("tree", recursive=True)
    tree = tree.union(select(Category.id).join(tree, Category.parent_id == tree.c.id))
    return select(tree.c.id)


def _cursor(order: Order, place: Sequence[Any]) -> str:
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in place]
    plain = json.dumps([order, *parts], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _read_cursor(after: str, order: Order) -> tuple[Any, ...]:
    try:
        plain = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        match order, json.loads(plain):
            case "number", ["number", int(number)] if 0 <= number < 1000:
                return (number,)
            case "title", ["title", str(pinyin), int(course_id)] if "\0" not in pinyin:
                return pinyin, _id(course_id)
            case "newest", ["newest", str(published_at), int(course_id)]:
                return _aware(published_at), _id(course_id)
    except (binascii.Error, ValueError, UnicodeError) as error:
        raise BadCursor from error
    raise BadCursor


def _id(number: int) -> int:
    if not 0 <= number < 2**31:
        raise ValueError(number)
    return number


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
