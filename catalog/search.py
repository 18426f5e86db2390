"""Published courses by number, pinyin initials, or words of title, tags and teacher."""

from __future__ import annotations

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session

from catalog.menu import published_courses
from catalog.tables import Course, Lesson, Tag, course_tag

LONGEST_QUERY = 40


def search_courses(session: Session, words: str, *, limit: int = 50) -> list[Course]:
    """Courses that match, best first: number, then initials from the start, then words."""
    term = words.strip().lower()[:LONGEST_QUERY]
    if not term:
        return []
    number = int(term) if term.isdecimal() and term.isascii() else -1
    anywhere = f"%{_escaped(term)}%"
    starts = Course.initials.like(f"{_escaped(term)}%", escape="\\")
    title = func.lower(Course.title).like(anywhere, escape="\\")
    tagged = exists(
        select(1)
        .select_from(course_tag)
        .join(Tag, Tag.id == course_tag.c.tag_id)
        .where(course_tag.c.course_id == Course.id, func.lower(Tag.title).like(anywhere))
    )
    # The query joins lessons too; this one looks at all that are in the course.
    taught = exists(
        select(1)
        .select_from(Lesson)
        .where(
            Lesson.course_id == Course.id,
            Lesson.removed_at.is_(None),
            func.lower(Lesson.title).like(anywhere),
        )
        .correlate(Course)
    )
    rank = case(
        (Course.number == number, 0),
        (starts, 1),
        (title, 2),
        (Course.initials.like(anywhere, escape="\\"), 3),
        (tagged, 4),
        else_=5,
    )
    query = (
        published_courses()
        .where(
            or_(
                Course.number == number,
                title,
                Course.initials.like(anywhere, escape="\\"),
                tagged,
                taught,
                func.lower(Course.teacher).like(anywhere, escape="\\"),
            )
        )
        .order_by(rank, Course.number)
    )
    return list(session.scalars(query).unique())[:limit]


def _escaped(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
