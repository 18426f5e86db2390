"""How many boxes watched: exact, whatever the days, the region and the lessons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.desk.asked import Asked
from app.desk.breakdowns import Group
from app.desk.look import Inquiry
from catalog.tables import Lesson
from player_api.reports.errors import PlaysReduced
from player_api.reports.reach import unique_boxes, unique_boxes_by

OF_COURSES = ("courses", "categories", "tags")


def boxes_of(inquiry: Inquiry) -> int | None:
    """The boxes with at least one play that counts; None: only plays that are gone could tell."""
    return _boxes(inquiry, inquiry.asked)


def boxes_by_group(inquiry: Inquiry, groups: Sequence[Group]) -> list[int | None]:
    """The same for each line; a line without a place of its own in the catalogue has none."""
    if inquiry.view in OF_COURSES or inquiry.view == "lessons":
        return _by_lessons(inquiry, groups)
    if inquiry.view == "regions":
        return [
            None if group.is_rest else _boxes(inquiry, inquiry.asked.in_region(group.of))
            for group in groups
        ]
    return [_boxes(inquiry, inquiry.asked.between(*group.of)) for group in groups]


def _by_lessons(inquiry: Inquiry, groups: Sequence[Group]) -> list[int | None]:
    asked = inquiry.asked
    lessons = _lessons_by_course(inquiry)
    wanted = {
        number: [group.of]
        if inquiry.view == "lessons"
        else [lesson for course in group.of for lesson in lessons.get(course, ())]
        for number, group in enumerate(groups)
        if group.of is not None
    }
    try:
        found = unique_boxes_by(
            inquiry.session, wanted, start=asked.start, end=asked.end, region=asked.region
        )
    except PlaysReduced:
        found = {}
    return [found.get(number) for number in range(len(groups))]


def _boxes(inquiry: Inquiry, asked: Asked) -> int | None:
    subject = inquiry.subject
    try:
        return unique_boxes(
            inquiry.session,
            start=asked.start,
            end=asked.end,
            region=asked.region,
            lessons=None if subject.is_everything else list(subject.lessons or ()),
        )
    except PlaysReduced:
        return None


def _lessons_by_course(inquiry: Inquiry) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for lesson_id, course_id in inquiry.session.execute(select(Lesson.id, Lesson.course_id)):
        found.setdefault(course_id, []).append(lesson_id)
    return found
