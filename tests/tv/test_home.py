"""Home: what is most useful now comes first."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

NOVEMBER = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


def leave_unfinished(stand_in: StandIn, *numbers: str) -> None:
    """The first lesson of each was left after 12 s; the first named was watched last."""
    now_ms = int(time.time() * 1000)
    for age, number in enumerate(numbers):
        lesson = stand_in.course(number)["lessons"][0]["id"]
        stand_in.progress[str(lesson)] = [12, 0, now_ms - age * 60_000]


def shelf_titles(viewer: Viewer) -> list[str]:
    """All shelves, from the first to the last, by going through them."""
    titles: list[str] = []
    for _ in range(14):
        viewer.sees_all()
        for title in viewer.page.locator(".shelf-title").all_inner_texts():
            if title not in titles:
                titles.append(title)
        viewer.press("down")
    return titles


def test_power_on_goes_on_where_a_lesson_was_left(viewer: Viewer, stand_in: StandIn) -> None:
    leave_unfinished(stand_in, "501")
    viewer.switch_on()
    viewer.sees("按“确定”接着学")
    assert "上次学到这里" in viewer.focused
    assert "第1课，看到0:12" in viewer.focused
    viewer.press("ok")
    viewer.watches(12.5)
    viewer.press("back")
    assert viewer.address == "#/course/501"


def test_several_unfinished_courses_make_a_shelf(viewer: Viewer, stand_in: StandIn) -> None:
    leave_unfinished(stand_in, "501", "203", "101")
    viewer.switch_on()
    viewer.sees("按“确定”接着学")
    viewer.press("down", "down")
    assert stand_in.course("203")["title"] in viewer.focused
    viewer.press("right")
    assert "第1课，看到0:12" in viewer.focused
    viewer.press("ok")
    viewer.watches(12.5)


def test_without_an_unfinished_lesson_the_season_comes_first(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.now = NOVEMBER
    viewer.switch_on()
    assert "小雪 · 这个时节的农活" in viewer.focused
    viewer.press("ok")
    number = viewer.address.removeprefix("#/course/")
    assert 11 in stand_in.course(number)["months"]


def test_the_seasons_shelf_has_the_works_of_this_month(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.now = NOVEMBER
    viewer.switch_on()
    assert viewer.page.locator(".shelf-title").first.inner_text() == "小雪 · 这个时节的农活"
    viewer.press("down", "down", "right", "right", "ok")
    number = viewer.address.removeprefix("#/course/")
    assert 11 in stand_in.course(number)["months"]


@pytest.mark.parametrize(
    ("day", "term"),
    [
        ("2026-11-21", "立冬"),
        ("2026-11-22", "小雪"),
        ("2026-12-06", "小雪"),
        ("2026-12-07", "大雪"),
        ("2026-02-04", "立春"),
        ("2025-02-03", "立春"),
        ("2025-04-04", "清明"),
        ("2026-04-05", "清明"),
        ("2026-06-21", "夏至"),
        ("2024-12-21", "冬至"),
        ("2024-03-19", "惊蛰"),
        ("2024-03-20", "春分"),
    ],
)
def test_solar_terms_change_on_their_day(viewer: Viewer, day: str, term: str) -> None:
    viewer.switch_on()
    for hour in (0, 12, 23):
        moment = f"{day}T{hour:02d}:30:00+08:00"
        assert viewer.page.evaluate("(at) => nk.termName(Date.parse(at))", moment) == term


def test_what_others_watch_is_a_shelf_that_stays_with_the_line_down(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.popular = ["222", "101", "999", "511"]
    viewer.switch_on()
    viewer.waits_until("() => nk.ranks()['222']")
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("popular")
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    assert "大家都在看" in shelf_titles(viewer)


def test_the_focus_stays_on_its_shelf_when_another_comes(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.popular = ["222", "101"]
    leave_unfinished(stand_in, "501")
    viewer.switch_on()
    viewer.waits_until("() => nk.ranks()['222']")
    viewer.sees("按“确定”接着学")
    viewer.press("down", "down", "down")
    assert "222" in viewer.focused
    viewer.press("ok")
    assert viewer.address == "#/course/222"
    viewer.page.evaluate(
        "() => nk.keepProgress(nk.index.byNumber['203'].lessons[0].id, 9, 24, nk.now_ms())"
    )
    viewer.press("back")
    viewer.sees("大家都在看")
    assert "222" in viewer.focused
    viewer.press("up", "up")
    assert "501" in viewer.focused


def test_home_has_a_row_for_each_great_category(viewer: Viewer, stand_in: StandIn) -> None:
    great = [c["title"] for c in stand_in.menu["categories"] if c["parent"] is None]
    viewer.switch_on()
    assert [title for title in shelf_titles(viewer) if title in great] == great


def test_the_tiles_lead_to_search(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down")
    assert viewer.focused == "搜索"
    viewer.press("ok")
    assert viewer.address == "#/search"
    viewer.page.wait_for_selector(".pad-key.on")
    viewer.press("back")
    assert viewer.focused == "搜索"


def test_a_village_that_learns_together_finds_its_tile(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    assert viewer.page.get_by_text("集体学习").count() == 0
    stand_in.settings["hall"] = ["203"]
    viewer.page.reload()
    viewer.sees("集体学习")


def test_larger_type_shows_fewer_things(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.popular = ["222", "101"]
    stand_in.settings["text"] = "large"
    stand_in.now = NOVEMBER
    viewer.switch_on()
    viewer.page.wait_for_selector("#stage.large .tile")
    viewer.waits_until("() => nk.ranks()['222']")
    assert shelf_titles(viewer) == ["小雪 · 这个时节的农活", "大家都在看"]
    viewer.press("ok")
    viewer.page.wait_for_selector("#stage.large .course-title")


def sizes(viewer: Viewer) -> list[dict[str, Any]]:
    """Font sizes of all texts on the screen."""
    found: list[dict[str, Any]] = viewer.page.evaluate(
        "() => [...document.querySelectorAll('#stage *')]"
        ".filter((n) => [...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))"
        ".map((n) => ({text: n.textContent, px: parseFloat(getComputedStyle(n).fontSize)}))"
    )
    return found


@pytest.mark.parametrize("address", ["", "#/category/1", "#/course/203", "#/search"])
def test_texts_are_readable_from_the_sofa(viewer: Viewer, address: str) -> None:
    viewer.switch_on(address)
    if address == "#/search":
        viewer.page.wait_for_selector(".pad-key.on")
    assert [size for size in sizes(viewer) if size["px"] < 28] == []
