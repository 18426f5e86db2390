"""The figures by what was watched and where; times.py has them by when it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from app.desk.figures import NEVER, Sums, Times, together
from app.desk.look import Inquiry
from app.desk.sources import DIGITS_BELOW
from catalog.tables import Category, Course, Lesson, Tag, course_tag
from player_api.tables import Region

TimesBy = dict[Any, Times]


@dataclass(frozen=True, kw_only=True)
class Group:
    """One line: names, sums now and in the time to compare with, and where it leads."""

    labels: tuple[str, ...]
    times: Times = NEVER
    link: str | None = None
    is_faint: bool = False
    # What it is: ids of courses, the id of a lesson, the code of a region, or its days.
    of: Any = None
    boxes: int | None = None
    # What belongs to none of the other lines; it stays below them in every order.
    is_rest: bool = False

    @property
    def now(self) -> Sums:
        """The sums of the whole period."""
        return self.times.now


def by_course(inquiry: Inquiry) -> list[Group]:
    """Every course that was played, or that boxes could have played."""
    times = inquiry.times("course")
    courses = _courses(inquiry, {*times})
    groups = [
        Group(
            labels=(f"{row.number:03d}", row.title),
            times=times.get(row.id, NEVER),
            link=inquiry.at(f"/desk/courses/{row.id}"),
            of=(row.id,),
        )
        for row in courses
    ]
    groups = [replace(g, is_faint=not g.now.plays) for g in groups]
    return groups + _deleted(inquiry, ("",), times, {row.id for row in courses})


def by_lesson(inquiry: Inquiry) -> list[Group]:
    """Every lesson that was played, or that boxes could have played; removed ones come last."""
    times = inquiry.times("lesson")
    lessons = _lessons(inquiry, {*times})
    in_course = inquiry.subject.kind == "course"
    groups = [
        Group(
            labels=_lesson_labels(row, in_course),
            times=times.get(row.id, NEVER),
            link=inquiry.at(f"/desk/lessons/{row.id}"),
            of=row.id,
            is_faint=row.removed_at is not None or row.id not in inquiry.sums("lesson"),
        )
        for row in lessons
    ]
    blank = ("",) if in_course else ("", "")
    return groups + _deleted(inquiry, blank, times, {row.id for row in lessons})


def by_category(inquiry: Inquiry) -> list[Group]:
    """The categories directly below, each with all that is in it, and what is in none of them."""
    times = inquiry.times("course")
    session, subject, t = inquiry.session, inquiry.subject, inquiry.t
    categories = session.scalars(select(Category).order_by(Category.position, Category.id)).all()
    parents = {one.id: one.parent_id for one in categories}
    top = subject.id if subject.kind == "category" else None
    below = {
        row.id: _ancestor_below(parents, row.category_id, top)
        for row in session.execute(select(Course.id, Course.category_id))
        if subject.courses is None or row.id in subject.courses
    }
    times = _regrouped(times, below)
    groups = [
        Group(
            labels=(one.title,),
            times=times.pop(one.id, NEVER),
            link=inquiry.at("/desk/", category=str(one.id), view="categories"),
            of=tuple(course for course, child in below.items() if child == one.id),
        )
        for one in categories
        if one.parent_id == top
    ]
    rest = Group(
        labels=(t("table.own_courses" if top else "table.unknown"),),
        times=together(times.values()),
        link=inquiry.here(view="", sort="", order="") if top else None,
    )
    return [replace(g, is_faint=not g.now.plays) for g in groups] + _if_any(rest)


def by_tag(inquiry: Inquiry) -> list[Group]:
    """Every tag with all its courses; a course of two tags is in both lines."""
    times = inquiry.times("course")
    session = inquiry.session
    courses: dict[int, set[int]] = {}
    for row in session.execute(select(course_tag.c.tag_id, course_tag.c.course_id)):
        courses.setdefault(row.tag_id, set()).add(row.course_id)
    groups = [
        Group(
            labels=(tag.title,),
            times=_of_courses(times, courses[tag.id]),
            link=inquiry.at("/desk/", tag=str(tag.id)),
            of=tuple(_kept_courses(inquiry, courses[tag.id])),
        )
        for tag in session.scalars(select(Tag).order_by(Tag.title))
        if tag.id in courses
    ]
    tagged = set().union(*courses.values())
    rest = Group(
        labels=(inquiry.t("table.untagged"),),
        times=_of_courses(times, {*times} - tagged),
    )
    return [replace(g, is_faint=not g.now.plays) for g in groups] + _if_any(rest)


def by_region(inquiry: Inquiry) -> list[Group]:
    """Every region directly below; what boxes said of no lower region has a line of its own."""
    times = inquiry.times("region")
    asked, t = inquiry.asked, inquiry.t
    digits = DIGITS_BELOW[len(asked.region)]
    found = {code for code in {*times} if len(code) == digits and code != asked.region}
    names = _regions_below(inquiry, digits, found)
    groups = [
        Group(
            labels=(code, names.get(code, code)),
            times=times.pop(code, NEVER),
            link=inquiry.at_region(code) if code in names else None,
            of=code,
        )
        for code in sorted({*names, *found})
    ]
    rest = Group(
        labels=(min({*times}, default=""), t("table.other_region")),
        times=together(times.values()),
    )
    return [replace(g, is_faint=not g.now.plays) for g in groups] + _if_any(rest)


def _courses(inquiry: Inquiry, played: set[int]) -> list[Any]:
    query = select(Course.id, Course.number, Course.title).where(
        or_(Course.id.in_(played), _was_there(inquiry))
    )
    if inquiry.subject.courses is not None:
        query = query.where(Course.id.in_(inquiry.subject.courses))
    return list(inquiry.session.execute(query.order_by(Course.number)))


def _lessons(inquiry: Inquiry, played: set[int]) -> list[Any]:
    query = (
        select(
            *(Lesson.id, Lesson.position, Lesson.title, Lesson.removed_at),
            *(Course.number, Course.title.label("course_title")),
        )
        .join(Course, Course.id == Lesson.course_id)
        .where(or_(Lesson.id.in_(played), Lesson.removed_at.is_(None) & _was_there(inquiry)))
        .order_by(Course.number, Lesson.removed_at.is_not(None), Lesson.position, Lesson.id)
    )
    if inquiry.subject.courses is not None:
        query = query.where(Course.id.in_(inquiry.subject.courses))
    return list(inquiry.session.execute(query))


def _was_there(inquiry: Inquiry) -> Any:
    """Courses that nobody played must show too: published before the period was over."""
    zone = inquiry.question.house.settings.zone
    over = datetime.combine(inquiry.asked.end + timedelta(days=1), time(), zone)
    return (Course.state == "published") & (Course.published_at < over)


def _lesson_labels(row: Row[Any], in_course: bool) -> tuple[str, ...]:
    if in_course:
        return ("" if row.removed_at else str(row.position), row.title)
    return (f"{row.number:03d}", row.title, row.course_title)


def _deleted(
    inquiry: Inquiry, blank: tuple[str, ...], times: TimesBy, known: set[int]
) -> list[Group]:
    """What was counted for courses or lessons that are in the catalogue no more."""
    name = inquiry.t("table.unknown")
    labels = (blank[0], name, *blank[1:])
    gone = Group(
        labels=labels,
        times=together(one for key, one in times.items() if key not in known),
    )
    return _if_any(gone)


def _if_any(rest: Group) -> list[Group]:
    return [replace(rest, is_rest=True)] if rest.now.plays or rest.times.before.plays else []


def _ancestor_below(
    parents: dict[int, int | None], category_id: int, top: int | None
) -> int | None:
    """Which child of ``top`` the category lies in; None: in ``top`` itself, or outside."""
    here: int | None = category_id
    while here is not None and here != top:
        upper = parents[here]
        if upper == top:
            return here
        here = upper
    return None


def _regrouped(times: TimesBy, groups: dict[int, int | None]) -> TimesBy:
    found: TimesBy = {}
    for key, one in times.items():
        group = groups.get(key)
        found[group] = found.get(group, NEVER) + one
    return found


def _kept_courses(inquiry: Inquiry, courses: set[int]) -> set[int]:
    """Those of the courses that are asked about."""
    asked_about = inquiry.subject.courses
    return courses if asked_about is None else courses & set(asked_about)


def _of_courses(times: TimesBy, courses: Iterable[int]) -> Times:
    return together(times[one] for one in courses if one in times)


def _regions_below(inquiry: Inquiry, digits: int, found: set[str]) -> dict[str, str]:
    asked = inquiry.asked
    query = select(Region.code, Region.name).where(
        func.length(Region.code) == digits,
        Region.code.startswith(asked.region),
        Region.code != asked.region,
        or_(
            Region.code.in_(found),
            (Region.valid_from <= asked.end)
            & or_(Region.valid_to.is_(None), Region.valid_to > asked.start),
        ),
    )
    return {row.code: row.name for row in inquiry.session.execute(query)}
