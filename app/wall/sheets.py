"""Which courses go on which sheet. Pure: a deck and a wish in, sheets of paper out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from app.wall.deck import Deck, PrintedCourse
from app.wall.wish import Wish


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Courses that belong together; a chapter begins a new sheet.

    category_id: the category that they are of, if it is one.
    """

    courses: Sequence[PrintedCourse]
    category_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One side of paper."""

    courses: Sequence[PrintedCourse]
    category_id: int | None
    number: int
    total: int


def chapters(deck: Deck, wish: Wish) -> list[Chapter]:
    """The courses that the card shows, in the order in which a reader looks for numbers."""
    match wish.by:
        case "hand":
            by_number = {course.number: course for course in deck.courses}
            return [Chapter(courses=[by_number[n] for n in wish.numbers if n in by_number])]
        case "season":
            return [Chapter(courses=_by_number(_of_season(deck, wish)))]
        case "category":
            return _of_category(deck, wish)


def unknown_numbers(deck: Deck, wish: Wish) -> list[str]:
    """What was typed and is no course on the menu."""
    known = {course.number for course in deck.courses}
    return [number for number in wish.numbers if number not in known]


def sheets(of: Iterable[Chapter], size: int) -> list[Sheet]:
    """The chapters on paper, so many courses a sheet."""
    parts = [
        (chapter.category_id, chapter.courses[at : at + size])
        for chapter in of
        for at in range(0, len(chapter.courses), size)
    ]
    return [
        Sheet(courses=courses, category_id=category_id, number=number, total=len(parts))
        for number, (category_id, courses) in enumerate(parts, 1)
    ]


def spread(courses: Iterable[PrintedCourse], depth: int) -> list[PrintedCourse]:
    """The courses in turn from each shelf, so that a cut leaves something of everything.

    depth: of the shelves: 0 for the great categories, 1 for those below them.
    """
    shelves: dict[tuple[int, ...], list[PrintedCourse]] = {}
    for course in courses:
        shelves.setdefault(course.shelf[: depth + 1], []).append(course)
    turns = chain.from_iterable(zip_longest(*shelves.values()))
    return [course for course in turns if course is not None]


def _of_season(deck: Deck, wish: Wish) -> list[PrintedCourse]:
    """What the month needs first, then what is good all year, as far as the paper goes."""
    due = [course for course in deck.courses if course.is_for(wish.month)]
    # A farmer's sheet is filled up with farming, not with welding.
    fields = {course.shelf[0] for course in due}
    always = [
        course
        for course in deck.courses
        if not course.months and (not fields or course.shelf[0] in fields)
    ]
    return [*spread(due, 0), *spread(always, 0)][: wish.room]


def _of_category(deck: Deck, wish: Wish) -> list[Chapter]:
    known = wish.category_id in deck.titles
    chosen = wish.category_id if known else None
    courses = deck.under(chosen)
    if wish.room is not None and len(courses) > wish.room:
        few = spread(courses, 0 if chosen is None else 1)[: wish.room]
        return [Chapter(courses=_by_number(few), category_id=chosen)]
    if chosen is not None:
        return [Chapter(courses=courses, category_id=chosen)]
    return [Chapter(courses=deck.under(great), category_id=great) for great in deck.great()]


def _by_number(courses: Iterable[PrintedCourse]) -> list[PrintedCourse]:
    return sorted(courses, key=lambda course: course.number)
