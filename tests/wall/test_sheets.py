"""Which courses a season gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.wall.deck import Deck, PrintedCourse
from app.wall.sheets import chapters
from app.wall.wish import WishQuery

FARM, CRAFTS = 1, 2


def course(number: int, months: Sequence[int] = (), shelf: int = FARM) -> PrintedCourse:
    return PrintedCourse(
        number=str(number), title="", shelf=(shelf,), picture=None, months=frozenset(months)
    )


# A ploughing course, one of two months, two for all year, one of crafts.
COURSES = [
    course(101, [3]),
    course(102),
    course(103, [11, 12]),
    course(104),
    course(501, shelf=CRAFTS),
]


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (3, ["101", "102", "104"]),
        (12, ["102", "103", "104"]),
        # Nothing is due: what is good all year, of every category.
        (7, ["102", "104", "501"]),
    ],
)
def test_a_month_gets_its_courses_and_is_filled_up_with_those_for_all_year(
    month: int, expected: list[str]
) -> None:
    deck = Deck(courses=COURSES, titles={FARM: "", CRAFTS: ""})

    (chapter,) = chapters(deck, WishQuery(month=str(month)).wish(1))

    assert [course.number for course in chapter.courses] == expected


def test_what_is_due_is_never_cut_for_what_is_good_all_year() -> None:
    due = [course(number, [5]) for number in range(301, 313)]
    deck = Deck(courses=[*COURSES, *due], titles={FARM: "", CRAFTS: ""})

    (chapter,) = chapters(deck, WishQuery(month="5").wish(1))

    assert chapter.courses == due


def test_a_sheet_without_a_month_is_for_the_present_one() -> None:
    deck = Deck(courses=[replace(COURSES[0], months=frozenset({8}))], titles={FARM: ""})

    assert [len(chapter.courses) for chapter in chapters(deck, WishQuery().wish(8))] == [1]
    assert [len(chapter.courses) for chapter in chapters(deck, WishQuery().wish(9))] == [0]
