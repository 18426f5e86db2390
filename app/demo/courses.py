"""The courses of the demonstration library, read from the tables in ``library/``.

``categories.csv`` is the tree, ``teachers.csv`` the (invented) teachers, and each great
category has its own table of courses. A cell with several values separates them by ``|``.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

COURSE_TABLES = ("farming.csv", "skills.csv", "crafts.csv", "policy.csv")


@dataclass(frozen=True, kw_only=True)
class DemoCategory:
    """A great category, or a sub-category of one."""

    slug: str
    name: str
    parent: str | None  # slug of the great category; a great category has none
    summary: str


@dataclass(frozen=True, kw_only=True)
class DemoCourse:
    """A course as an editor would have entered it, without its films."""

    number: int  # 101..999, what a viewer types on the remote
    title: str
    category: str  # slug of a sub-category
    summary: str
    teacher: str  # an invented person
    teacher_role: str
    tags: tuple[str, ...]
    months: tuple[int, ...]  # months (1..12) in which the work is done; empty: all year
    goals: tuple[str, ...]  # what one learns, as many as four; often none
    lessons: tuple[str, ...]  # titles, in the order of watching


@cache
def load_categories() -> tuple[DemoCategory, ...]:
    """The category tree in the order of display, a parent before its children."""
    return tuple(
        DemoCategory(
            slug=row["slug"],
            name=row["name"],
            parent=row["parent"] or None,
            summary=row["summary"],
        )
        for row in _rows("categories.csv")
    )


@cache
def load_courses() -> tuple[DemoCourse, ...]:
    """All courses, by rising number."""
    roles = {row["name"]: row["role"] for row in _rows("teachers.csv")}
    courses = (_course(row, roles) for table in COURSE_TABLES for row in _rows(table))
    return tuple(sorted(courses, key=lambda course: course.number))


def _course(row: Mapping[str, str], roles: Mapping[str, str]) -> DemoCourse:
    return DemoCourse(
        number=int(row["number"]),
        title=row["title"],
        category=row["category"],
        summary=row["summary"],
        teacher=row["teacher"],
        teacher_role=roles[row["teacher"]],
        tags=_several(row["tags"]),
        months=tuple(int(month) for month in _several(row["months"])),
        goals=_several(row["goals"]),
        lessons=_several(row["lessons"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (files("app.demo") / "library" / table).open(encoding="utf-8") as lines:
        # Strict: a row with a comma too many must stop here, not shift its cells.
        for row in csv.DictReader(lines, strict=True):
            if None in row or None in row.values():
                raise ValueError(f"{table}: wrong number of cells: {row}")
            yield row
