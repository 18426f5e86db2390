"""Courses as the studio lists them: every state, with how their lessons stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.pages.paging import Pages, pages_of
from catalog.tables import COURSE_STATES, Category, Course, Lesson
from transcode.tables import UNDER_WAY, Video

PAGE_SIZE = 20
TROUBLE = ("refused", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class CourseFilter:
    """What the list is narrowed to; empty means everything."""

    words: str = ""
    category_id: int | None = None
    state: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return not self.words and self.category_id is None and self.state is None


@dataclass(frozen=True, kw_only=True)
class LessonCounts:
    """The lessons of a course: all, those boxes can play, those under way, those in trouble."""

    total: int
    ready: int
    busy: int
    trouble: int

    @property
    def why_not_published(self) -> str | None:
        """The key of the sentence that says why it can't be published; None when it can."""
        if self.ready:
            return None
        if not self.total:
            return "course.why_not.no_lessons"
        return "course.why_not.busy" if self.busy else "course.why_not.trouble"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A category for a menu of choices, with its depth in the tree."""

    category: Category
    depth: int


def list_courses(
    session: Session, wanted: CourseFilter, page: int
) -> tuple[Sequence[Course], Pages]:
    """The courses that match, by number, one page of them."""
    conditions = _conditions(session, wanted)
    total = session.scalar(select(func.count()).select_from(Course).where(*conditions)) or 0
    pages = pages_of(total, page, PAGE_SIZE)
    query = (
        select(Course)
        .where(*conditions)
        .options(
            joinedload(Course.category),
            selectinload(Course.tags),
            selectinload(Course.lessons).joinedload(Lesson.video),
        )
        .order_by(Course.number)
        .limit(PAGE_SIZE)
        .offset(pages.offset)
    )
    return session.scalars(query).unique().all(), pages


def counts_of(course: Course) -> LessonCounts:
    """How the lessons of a course stand."""
    videos = [lesson.video for lesson in course.lessons]
    return LessonCounts(
        total=len(videos),
        ready=sum(1 for video in videos if video and video.package_id),
        busy=sum(1 for video in videos if video and video.state in UNDER_WAY),
        trouble=sum(1 for video in videos if video and video.state in TROUBLE),
    )


def poster_key(video: Video | None) -> str | None:
    """Where a small picture of the video lies in the storage, once there is one."""
    return video.small_poster_key if video else None


def course_poster_key(course: Course) -> str | None:
    """The picture of the first lesson that has one."""
    keys = (poster_key(lesson.video) for lesson in course.lessons)
    return next((key for key in keys if key), None)


def shelves(session: Session) -> list[Shelf]:
    """All categories, each below its parent, in the order of the menu."""
    query = select(Category).order_by(Category.position, Category.id)
    below: dict[int | None, list[Category]] = {}
    for category in session.scalars(query):
        below.setdefault(category.parent_id, []).append(category)

    def walk(parent_id: int | None, depth: int) -> list[Shelf]:
        return [
            shelf
            for category in below.get(parent_id, [])
            for shelf in [Shelf(category=category, depth=depth), *walk(category.id, depth + 1)]
        ]

    return walk(None, 0)


def _conditions(session: Session, wanted: CourseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state in COURSE_STATES:
        conditions.append(Course.state == wanted.state)
    if wanted.category_id is not None:
        conditions.append(Course.category_id.in_(_with_children(session, wanted.category_id)))
    if words := wanted.words.strip().lower()[:40]:
        conditions.append(_matches(words))
    return conditions


def _matches(words: str) -> ColumnElement[bool]:
    number = int(words) if words.isascii() and words.isdecimal() else -1
    return or_(
        Course.number == min(number, 1000),
        func.lower(Course.title).contains(words, autoescape=True),
        Course.initials.contains(words, autoescape=True),
        func.lower(Course.teacher).contains(words, autoescape=True),
    )


def _with_children(session: Session, category_id: int) -> list[int]:
    family = select(Category.id).where(Category.id == category_id).cte(recursive=True)
    children = select(Category.id).join(family, Category.parent_id == family.c.id)
    return list(session.scalars(select(family.union_all(children).c.id)))
