"""The first start asks where the household lives, once and never in the way."""

from __future__ import annotations

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

LINE_DOWN = ("ERR_EMPTY_RESPONSE",)


def test_the_first_start_asks_for_the_township_once(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.region = "52"
    viewer.switch_on()
    viewer.sees("贵阳市")
    viewer.press("down", "down", "ok")
    viewer.sees("七星关区")
    viewer.press("down", "down", "right", "ok")
    viewer.sees("海边街道")
    viewer.press("ok")
    viewer.sees("您家在海边街道，对吗")
    viewer.press("ok")
    assert viewer.address == "#/home"
    viewer.waits_for(lambda: stand_in.region == "520526001")
    viewer.page.reload()
    viewer.page.wait_for_selector(".hero.on")


def test_the_region_can_wait(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.region = "52"
    viewer.switch_on()
    viewer.sees("贵阳市")
    viewer.press("left")
    assert viewer.focused == "以后再说"
    viewer.press("ok")
    assert viewer.address == "#/home"
    viewer.page.reload()
    viewer.page.wait_for_selector(".hero.on")
    assert stand_in.region == "52"


def test_back_is_one_level_up_and_then_home(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.region = "52"
    viewer.switch_on()
    viewer.sees("贵阳市")
    viewer.press("down", "down", "ok")
    viewer.sees("七星关区")
    viewer.press("back")
    viewer.sees("遵义市")
    assert viewer.focused == "毕节市"
    viewer.press("back")
    assert viewer.address == "#/home"


def test_who_does_not_know_the_township_chooses_the_county(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.region = "52"
    viewer.switch_on()
    viewer.sees("贵阳市")
    viewer.press("ok")
    viewer.sees("南明区")
    viewer.press("ok")
    viewer.page.wait_for_selector(".pick.on")
    viewer.sees("新华路街道")
    viewer.press("left", "ok")
    viewer.sees("您家在南明区，对吗")
    viewer.press("ok")
    viewer.waits_for(lambda: stand_in.region == "520102")


def test_who_does_not_wait_for_the_question_comes_home(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.region = "52"
    stand_in.held.add("boxes/me")
    viewer.page.add_init_script(
        "const later = setTimeout; window.setTimeout = (act, wait_ms) => later(act,"
        " wait_ms === 5000 ? 600_000 : wait_ms)"  # the page's own patience
    )
    viewer.page.goto(f"{viewer.url}/tv/")
    viewer.waits_for(lambda: "boxes/me" in stand_in.asked)
    viewer.press("back")
    viewer.page.wait_for_selector(".hero.on")
    stand_in.held.clear()
    viewer.page.reload()
    viewer.sees("贵阳市")


def test_a_start_address_with_a_region_asks_nothing(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.region = "52"
    viewer.switch_on(query="?region=520502")
    viewer.waits_until("nk.ownBox")
    assert viewer.address == "#/home"


def test_with_the_line_down_home_comes_and_the_next_start_asks(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = LINE_DOWN
    stand_in.region = "52"
    stand_in.cut.add("regions")
    viewer.switch_on()
    viewer.page.wait_for_selector(".hero.on")
    assert viewer.address == "#/home"
    stand_in.cut.clear()
    viewer.page.reload()
    viewer.sees("贵阳市")


def test_a_household_that_moved_chooses_again_in_the_settings(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.switch_on("#/settings")
    viewer.sees("金钟镇")
    viewer.press("down", "down", "down", "down", "ok")
    viewer.sees("遵义市")
    assert viewer.page.get_by_text("以后再说").count() == 0
    viewer.press("ok")
    viewer.sees("南明区")
    viewer.press("ok")
    viewer.sees("新华路街道")
    viewer.press("ok", "ok")
    assert viewer.address == "#/settings"
    viewer.sees("新华路街道")
    viewer.waits_for(lambda: stand_in.region == "520102016")
