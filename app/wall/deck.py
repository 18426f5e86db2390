"""The courses that a card may show: the boxes' menu, with the shelves they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from catalog.menu import category_entries, course_entry, published_courses
from catalog.tables import Course


@dataclass(frozen=True, kw_only=True)
class PrintedCourse:
    """A course as paper shows it.

    shelf: the ids of its category and those above it, topmost first. picture: a storage key.
    months: in which it matters on the fields; empty for all of them.
    """

    number: str
    title: str
    shelf: tuple[int, ...]
    picture: str | None
    months: frozenset[int]

    def is_for(self, month: int) -> bool:
        """Whether this very month needs it; a course for all year is for no month above others."""
        return month in self.months


@dataclass(frozen=True, kw_only=True)
class Deck:
    """All courses by number, and the titles of the categories by id, in the menu's order."""

    courses: Sequence[PrintedCourse]
    titles: Mapping[int, str]

    def under(self, category_id: int | None) -> list[PrintedCourse]:
        """The courses of a category and of those below it; of None, all."""
        if category_id is None:
            return list(self.courses)
        return [course for course in self.courses if category_id in course.shelf]

    def great(self) -> list[int]:
        """The topmost categories that have courses."""
        used = {course.shelf[0] for course in self.courses}
        return [category_id for category_id in self.titles if category_id in used]


def read_deck(session: Session) -> Deck:
    """The published courses that boxes can play, at this moment."""
    categories = category_entries(session)
    parents = {category["id"]: category["parent"] for category in categories}
    courses = session.scalars(published_courses().order_by(Course.number)).unique()
    return Deck(
        courses=[_printed(course_entry(course), parents) for course in courses],
        titles={category["id"]: category["title"] for category in categories},
    )


def _printed(entry: Mapping[str, Any], parents: Mapping[int, int | None]) -> PrintedCourse:
    poster = entry["poster"]
    return PrintedCourse(
        number=entry["number"],
        title=entry["title"],
        shelf=_shelf(entry["category"], parents),
        # Paper shows more than a television's small card.
        picture=poster.replace("-small.jpg", ".jpg") if poster else None,
        months=frozenset(entry["months"]),
    )


def _shelf(category_id: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    way = [category_id]
    while (parent := parents.get(way[0])) is not None and parent not in way:
        way.insert(0, parent)
    return tuple(way)
