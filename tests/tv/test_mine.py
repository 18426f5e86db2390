"""The household's own page, with and without a line."""

from __future__ import annotations

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer


def test_mine_has_what_the_help_line_asks_for(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.watched_s = 2 * 3600 + 300
    viewer.switch_on("#/mine")
    for text in ("0001 2345", "威宁彝族回族苗族自治县", "2小时5分钟"):
        viewer.sees(text)


def test_mine_shows_what_was_watched_last_first(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.page.evaluate(
        "[['203', 1], ['501', 2]].forEach(([number, at]) =>"
        " nk.keepProgress(nk.index.byNumber[number].lessons[0].id, 9, 24, at * 1000))"
    )
    viewer.page.evaluate("nk.go('#/mine')")
    viewer.sees("最近看过")
    viewer.press("down")
    assert "501" in viewer.focused
    viewer.press("right", "ok")
    assert viewer.address == "#/course/203"
    viewer.press("back")
    assert viewer.address == "#/mine"


def test_mine_opens_with_the_line_down(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    viewer.switch_on("#/mine")
    viewer.sees("0001 2345")
    viewer.press("back")
    stand_in.cut.update(("boxes/me", "menu"))
    viewer.page.evaluate("nk.go('#/mine')")
    viewer.sees("0001 2345")


def test_one_press_on_mine_makes_the_letters_larger(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/mine")
    viewer.sees("我的")
    viewer.press("right", "ok")
    viewer.page.wait_for_selector("#stage.large .on")
    assert viewer.focused == "字小一些"
    viewer.waits_for(lambda: stand_in.settings["text"] == "large")


def test_one_press_on_mine_changes_the_language(viewer: Viewer) -> None:
    viewer.switch_on("#/mine")
    viewer.sees("我的")
    viewer.press("right", "right", "ok")
    viewer.sees("Together")
    viewer.page.reload()
    viewer.sees("Together")
    assert viewer.focused == "中文"


def test_a_mouse_works_on_the_own_screens(viewer: Viewer) -> None:
    viewer.switch_on("#/mine")
    viewer.page.locator(".tile", has_text="设置").click()
    assert viewer.address == "#/settings"
    viewer.page.locator(".pick", has_text="字幕").click()
    assert "开" in viewer.focused
    viewer.page.locator(".back").click()
    viewer.page.locator(".tile", has_text="集体学习").click()
    assert viewer.address == "#/hall"


def test_what_the_household_marked_stands_on_mine(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.favourites = ["501"]
    viewer.switch_on("#/mine")
    viewer.sees("我的收藏")
    viewer.press("down", "ok")
    assert viewer.address == "#/course/501"


def test_a_finished_course_says_so_on_mine(viewer: Viewer, stand_in: StandIn) -> None:
    for lesson in stand_in.course("501")["lessons"]:
        stand_in.progress[str(lesson["id"])] = [24, 1, 1_790_000_000_000 + lesson["id"]]
    viewer.switch_on("#/mine")
    viewer.sees("已看完")
