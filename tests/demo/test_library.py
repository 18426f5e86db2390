"""The written part of the demonstration library keeps its promises."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.demo import courses as library
from app.demo.clips import CLIPS, CLIPS_OF_CATEGORY, clip_of
from app.demo.courses import DemoCourse, load_categories, load_courses
from app.demo.regions import load_regions
from catalog import editing

COURSES = load_courses()
CATEGORIES = load_categories()


def test_there_are_223_courses_each_with_its_own_number_and_title() -> None:
    assert len(COURSES) == 223
    assert len({course.number for course in COURSES}) == 223
    assert len({course.title for course in COURSES}) == 223
    assert all(100 <= course.number <= 999 for course in COURSES)


def test_typing_203_finds_black_goats() -> None:
    (goats,) = [course for course in COURSES if course.number == 203]
    assert "黑山羊" in goats.title


def test_every_sub_category_has_courses_and_every_course_a_sub_category() -> None:
    leaves = {category.slug for category in CATEGORIES if category.parent}
    assert {course.category for course in COURSES} == leaves


def test_four_great_categories_hold_four_to_eight_sub_categories() -> None:
    great = {category.slug: category.name for category in CATEGORIES if not category.parent}
    assert set(great.values()) == {"种植养殖", "技术技能", "民族工艺", "政策讲堂"}
    sizes = Counter(category.parent for category in CATEGORIES if category.parent)
    assert set(sizes) == set(great)
    assert all(4 <= size <= 8 for size in sizes.values())


@pytest.mark.parametrize("course", COURSES, ids=lambda course: str(course.number))
def test_a_course_is_complete(course: DemoCourse) -> None:
    assert 40 <= len(course.summary) <= 80
    assert course.summary.endswith("。")
    assert course.teacher and course.teacher_role.startswith("演示")
    assert 2 <= len(course.tags) <= 4 and all(course.tags)
    assert set(course.months) <= set(range(1, 13))
    editing.checked_goals(course.goals)
    assert 1 <= len(course.lessons) <= 6
    assert len(set(course.lessons)) == len(course.lessons)
    texts = [course.title, course.summary, *course.tags, *course.goals, *course.lessons]
    assert all(text and text == text.strip() for text in texts)


def test_every_lesson_shows_a_film_and_every_film_is_shown() -> None:
    slugs = [clip.slug for clip in CLIPS]
    shown = {clip_of(course, i) for course in COURSES for i in range(len(course.lessons))}
    assert len(slugs) == len(set(slugs)) >= 14
    assert shown == set(slugs)


def test_a_film_suits_the_great_category_of_its_courses() -> None:
    parents = {category.slug: category.parent for category in CATEGORIES}
    themes = {clip.slug: clip.theme for clip in CLIPS}
    for category, slugs in CLIPS_OF_CATEGORY.items():
        assert themes[slugs[0]] == parents[category]


def test_a_row_with_a_comma_too_many_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library").mkdir()
    for table in ("teachers.csv", *library.COURSE_TABLES):
        with (tmp_path / "library" / table).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["name", "role"], ["甲", "演示员", "多余"]])
    monkeypatch.setattr(library, "files", lambda _: tmp_path)
    load_courses.cache_clear()
    with pytest.raises(ValueError, match=r"teachers\.csv"):
        load_courses()
    load_courses.cache_clear()


def test_a_region_comes_after_its_parent_and_starts_with_its_code() -> None:
    levels: dict[str, str] = {}
    steps = {"province": None, "prefecture": "province", "county": "prefecture"}
    for region in load_regions():
        if region.level == "province":
            assert region.parent is None
        else:
            assert region.parent is not None
            assert region.code.startswith(region.parent)
            assert levels[region.parent] == steps.get(region.level, "county")
        assert region.name
        levels[region.code] = region.level
    assert Counter(levels.values())["prefecture"] == 9
    assert Counter(levels.values())["county"] == 88
