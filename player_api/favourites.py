"""Courses that a box marked."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from catalog.tables import Course
from player_api.boxes import KnownBox
from player_api.courses import courses_by_id, published_course
from player_api.tables import Favourite


def favourite_courses(session: Session, box: KnownBox) -> list[Course]:
    """The box's marked courses, newest mark first; withdrawn ones come back when published."""
    query = (
        select(Favourite.course_id)
        .where(Favourite.box_id == box.id)
        .order_by(Favourite.marked_at.desc(), Favourite.course_id)
    )
    return courses_by_id(session, session.scalars(query).all())


def mark(session: Session, box: KnownBox, number: int) -> None:
    """Mark a course; marking it again changes nothing. Raises CourseNotFound."""
    course = published_course(session, number)
    fresh = insert(Favourite).values(box_id=box.id, course_id=course.id)
    session.execute(fresh.on_conflict_do_nothing())


def unmark(session: Session, box: KnownBox, number: int) -> None:
    """Take the mark off; no mark is no error."""
    course_id = select(Course.id).where(Course.number == number).scalar_subquery()
    session.execute(
        delete(Favourite).where(Favourite.box_id == box.id, Favourite.course_id == course_id)
    )
