"""The page in QtWebKit 602, which knows no more than old boxes do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tv.engine import finds_a_course_and_returns
from tests.tv.pictures import differing
from tests.tv.qtwebkit import QtWebKit, qtwebkit
from tests.tv.stand_in import StandIn


@pytest.fixture
def box(stand_in: StandIn, tmp_path: Path) -> Iterator[QtWebKit]:
    """A box with an old engine; anything on its console fails the test."""
    home = tmp_path / "box"
    home.mkdir(mode=0o700)
    with qtwebkit(home, stand_in.url) as box:
        yield box
        assert box.complaints() == []


def test_the_engine_is_as_old_as_the_boxes(box: QtWebKit) -> None:
    box.switch_on()
    assert box.script("[typeof fetch, typeof MediaSource]") == ["undefined"] * 2
    assert box.script("'grid' in document.body.style") is False
    assert box.script("CSS.supports('--a', '0')") is False
    assert box.script("'key' in KeyboardEvent.prototype") is False


def test_arrow_keys_find_a_course_and_back_returns(box: QtWebKit) -> None:
    finds_a_course_and_returns(box)


def test_the_focus_can_be_seen(box: QtWebKit) -> None:
    box.switch_on()
    box.press("down", "down")
    first = box.screenshot()
    box.press("right")
    assert differing(first, box.screenshot()) > 0.002


def test_three_digits_open_the_course_from_any_screen(box: QtWebKit, stand_in: StandIn) -> None:
    box.switch_on()
    box.dial("501")
    box.is_at("#/course/501")
    box.sees(stand_in.course("501")["title"])
    box.dial("999")
    box.sees("没有999号课")
    box.press("back")
    box.dial("222")
    box.is_at("#/course/222")
    box.press("back")
    box.is_at("#/home")


def test_a_category_is_walked_without_losing_the_focus(box: QtWebKit) -> None:
    box.switch_on("#/category/1")
    box.sees("种植养殖")
    for key in ("down", "right", "down", "right", "down", "left", "up"):
        box.press(key)
        assert box.focus() == [True]


def test_reload_returns_to_the_screen_and_its_focus(box: QtWebKit) -> None:
    box.switch_on("#/category/2")
    box.press("down", "right", "right")
    kept = (box.address, box.focused)
    box.script("[window.before = true, location.reload()]")
    box.waits_until("!window.before && document.querySelectorAll('.on').length > 0")
    assert (box.address, box.focused) == kept


def test_a_course_is_found_by_digits(box: QtWebKit) -> None:
    box.switch_on("#/search")
    box.waits_until("document.querySelectorAll('.pad-key.on').length > 0")
    box.dial("203")
    box.waits_until("(document.querySelector('.badge') || {}).textContent === '203'")
    box.press("right", "right", "right", "ok")
    box.is_at("#/course/203")
    box.press("back")
    box.waits_until("(document.querySelector('.query') || {}).textContent === '203'")


@pytest.mark.parametrize("address", ["#/mine", "#/settings", "#/region", "#/hall", "#/search"])
def test_every_screen_opens_and_back_leaves_it(box: QtWebKit, address: str) -> None:
    box.switch_on(address)
    for key in ("down", "right", "down", "left", "up"):
        box.press(key)
        box.waits_until("document.querySelectorAll('.on').length > 0")
        assert all(box.focus())
    box.press("back")
    box.is_at("#/home")


def test_a_film_that_the_engine_cannot_play_is_said_plainly(box: QtWebKit) -> None:
    # Without Media Source; its own HLS never answers here, which is the engine's own fault.
    box.switch_on("#/course/501", query="?player=hls")
    box.press("ok")
    box.waits_until("document.querySelectorAll('.dialog').length > 0")
    assert box.focused == "重试"
    box.press("back")
    box.is_at("#/course/501")
    assert box.focus() == [True]


def test_the_households_own_screens_work(box: QtWebKit, stand_in: StandIn) -> None:
    stand_in.region = "52"
    box.switch_on()
    box.sees("毕节市")
    box.press("down", "down", "ok")
    box.waits_for(lambda: box.focused == "七星关区", "the counties")
    box.press("ok")
    box.sees("只选到县")
    box.waits_until("document.querySelector('.on .pick-name')")
    box.press("left", "ok")
    box.sees("您家在七星关区，对吗")
    box.press("ok")
    box.is_at("#/home")
    box.script("nk.go('#/hall')")
    box.press("right")
    box.dial("203")
    box.sees("黑山羊养殖入门")
    box.script("nk.go('#/settings')")
    box.sees("七星关区")
    box.press("ok")
    box.waits_for(lambda: stand_in.settings["text"] == "large", "the setting to arrive")
    assert stand_in.region == "520502"
    assert stand_in.settings["hall"] == ["203"]
    assert box.focus() == [True]
