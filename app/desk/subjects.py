"""What of the catalogue is asked about: everything, a category, a tag, a course or a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.problems import Problem
from catalog.editing import course_by_id
from catalog.errors import CategoryNotFound, LessonNotFound
from catalog.tables import Category, Course, Lesson, Tag, course_tag

Kind = Literal["everything", "category", "tag", "search", "course", "lesson"]
# More words than these are no search.
LONGEST_SEARCH = 40


class TagNotFound(Problem):
    """There is no tag of that id."""

    status = 404
    code = "tag_not_found"
    title = "There is no such tag."


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way down to a subject, with the address that leads back to it."""

    title: str
    address: str
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The lessons that are asked about.

    courses, lessons: their ids; None: all there are, deleted ones as well. Without hand-picked
    lessons, ``lessons`` are all that the courses have or had. way: what is around it, outermost
    first. query: its address parameters on the desk's first page.
    """

    kind: Kind
    id: int = 0
    title: str = ""
    address: str = "/desk/"
    courses: tuple[int, ...] | None = None
    lessons: tuple[int, ...] | None = None
    way: Sequence[Step] = ()
    query: dict[str, str] = field(default_factory=dict)
    file_name: str = ""
    # Of a lesson: from how much of it on a play that begins now is complete.
    completion_percent: int = 0

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out, so that the tallies of all lessons answer."""
        return self.courses is None


EVERYTHING = Subject(kind="everything")


def subject_of(session: Session, category: int | None, tag: int | None, search: str) -> Subject:
    """What the desk's first page is asked about. Raises CategoryNotFound, TagNotFound."""
    if category is not None:
        return category_subject(session, category)
    if tag is not None:
        return tag_subject(session, tag)
    words = search.strip()[:LONGEST_SEARCH]
    return search_subject(session, words) if words else EVERYTHING


def category_subject(session: Session, category_id: int) -> Subject:
    """All courses of a category and of those below it. Raises CategoryNotFound."""
    categories = {one.id: one for one in session.scalars(select(Category))}
    if category_id not in categories:
        raise CategoryNotFound("没有这个分类。")
    chosen = categories[category_id]
    inside = {one for one in categories if category_id in _upwards(categories, one)}
    courses = session.scalars(select(Course.id).where(Course.category_id.in_(inside))).all()
    around = [categories[one] for one in reversed(_upwards(categories, category_id)[1:])]
    return Subject(
        kind="category",
        id=category_id,
        title=chosen.title,
        courses=tuple(courses),
        lessons=_lessons_of(session, courses),
        way=[_category_step(one) for one in around],
        query={"category": str(category_id)},
        file_name=f"category-{category_id}-",
    )


def tag_subject(session: Session, tag_id: int) -> Subject:
    """All courses with a tag. Raises TagNotFound."""
    tag = session.get(Tag, tag_id)
    if tag is None:
        raise TagNotFound("没有这个标签。")
    query = select(course_tag.c.course_id).where(course_tag.c.tag_id == tag_id)
    courses = session.scalars(query).all()
    return Subject(
        kind="tag",
        id=tag_id,
        title=tag.title,
        courses=tuple(courses),
        lessons=_lessons_of(session, courses),
        query={"tag": str(tag_id)},
        file_name=f"tag-{tag_id}-",
    )


def search_subject(session: Session, words: str) -> Subject:
    """All courses, published or not, that the words find: a number, initials, title, teacher."""
    term = words.lower()
    number = int(term) if term.isdecimal() and term.isascii() else -1
    query = select(Course.id).where(
        or_(
            Course.number == number,
            func.lower(Course.title).contains(term, autoescape=True),
            func.lower(Course.teacher).contains(term, autoescape=True),
            Course.initials.contains(term, autoescape=True),
        )
    )
    courses = session.scalars(query).all()
    return Subject(
        kind="search",
        title=f"“{words}”",
        courses=tuple(courses),
        lessons=_lessons_of(session, courses),
        query={"q": words},
        file_name="search-",
    )


def course_subject(session: Session, course_id: int) -> Subject:
    """One course. Raises CourseNotFound."""
    course = course_by_id(session, course_id)
    return Subject(
        kind="course",
        id=course_id,
        title=f"{course.number_text} {course.title}",
        address=f"/desk/courses/{course_id}",
        courses=(course_id,),
        lessons=_lessons_of(session, [course_id]),
        way=[_category_step(course.category)],
        file_name=f"{course.number_text}-",
    )


def lesson_subject(session: Session, lesson_id: int) -> Subject:
    """One lesson, removed or not: its plays stay. Raises LessonNotFound."""
    lesson = session.get(Lesson, lesson_id)
    if lesson is None:
        raise LessonNotFound("没有这个课时。")
    course = course_subject(session, lesson.course_id)
    return Subject(
        kind="lesson",
        id=lesson_id,
        title=lesson.title,
        address=f"/desk/lessons/{lesson_id}",
        courses=course.courses,
        lessons=(lesson_id,),
        way=[*course.way, Step(title=course.title, address=course.address)],
        file_name=f"{course.file_name}lesson-{lesson_id}-",
        completion_percent=lesson.completion_percent,
    )


def _category_step(category: Category) -> Step:
    return Step(title=category.title, address="/desk/", query={"category": str(category.id)})


def _upwards(categories: dict[int, Category], category_id: int) -> list[int]:
    """The category and those around it, up to the topmost."""
    way: list[int] = []
    upper: int | None = category_id
    while upper is not None and upper not in way:
        way.append(upper)
        upper = categories[upper].parent_id
    return way


def _lessons_of(session: Session, courses: Sequence[int]) -> tuple[int, ...]:
    return tuple(session.scalars(select(Lesson.id).where(Lesson.course_id.in_(courses))))
