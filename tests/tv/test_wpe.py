"""The page in WPE WebKit, the engine of RDK boxes: walking about, and playing with its own HLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tv.engine import finds_a_course_and_returns
from tests.tv.pictures import differing
from tests.tv.stand_in import StandIn
from tests.tv.walk import BEGINNINGS, walk
from tests.tv.wpe import Wpe, wpe

KEYS_FROM_EACH = 60
# As if the viewer had changed the screen a hundred times in half a minute.
USE_UP_ADDRESSES = """(function () {
  var at;
  for (at = 0; at < 1000; at += 1) {
    try { history.replaceState(history.state, '', location.hash); } catch (refused) { return true; }
  }
  return false;
}())"""


@pytest.fixture
def box(stand_in: StandIn, tmp_path: Path) -> Iterator[Wpe]:
    """A box with WPE; errors of the page fail the test."""
    home = tmp_path / "box"
    home.mkdir()
    with wpe(home, stand_in.url) as box:
        yield box
        assert box.complaints() == []


def test_arrow_keys_find_a_course_and_back_returns(box: Wpe) -> None:
    finds_a_course_and_returns(box)


def test_a_category_opens_and_keeps_the_focus_inside(box: Wpe) -> None:
    box.switch_on("#/category/1")
    box.sees("种植养殖")
    for key in ("down", "right", "down", "right", "down", "left", "up"):
        box.press(key)
        assert box.focus() == [True]


def test_three_digits_open_the_course_from_any_screen(box: Wpe, stand_in: StandIn) -> None:
    box.switch_on()
    box.dial("501")
    box.is_at("#/course/501")
    box.sees(stand_in.course("501")["title"])
    box.press("ok")
    box.watches(0.5)
    box.dial("222")
    box.is_at("#/course/222")
    box.press("back")
    box.is_at("#/home")


def test_a_screen_opens_whose_address_the_engine_refuses_for_now(box: Wpe) -> None:
    box.switch_on()
    assert box.script(USE_UP_ADDRESSES)
    box.dial("501")
    box.waits_until("nk.shownAddress() === '#/course/501'")
    box.press("back")
    box.waits_until("nk.shownAddress() === '#/home'")
    box.dial("222")
    box.is_at("#/course/222")


def test_a_course_is_found_by_digits(box: Wpe) -> None:
    box.switch_on("#/search")
    box.waits_until("document.querySelectorAll('.pad-key.on').length > 0")
    box.dial("203")
    box.waits_until("(document.querySelector('.badge') || {}).textContent === '203'")
    box.press("right", "right", "right", "ok")
    box.is_at("#/course/203")
    box.press("back")
    box.waits_until("(document.querySelector('.query') || {}).textContent === '203'")


def test_a_lesson_plays_with_moving_picture_and_seeks(box: Wpe) -> None:
    box.switch_on("#/course/501")
    box.press("ok")
    box.watches(1)
    assert box.script("!!document.querySelector('video').src.match(/multivariant.m3u8$/)")
    # The panel over the picture would hide it, and changes by itself.
    box.waits_until("document.querySelector('.panel').style.display === 'none'")
    first = box.screenshot()
    reached_s = float(box.script("document.querySelector('video').currentTime"))
    box.watches(reached_s + 1)
    assert differing(first, box.screenshot()) > 0.01
    # Paused first: a slow machine would reach the end of the short film between two keys.
    box.press("ok")
    box.waits_until("document.querySelector('video').paused")
    box.sees("继续看")
    paused_s = float(box.script("document.querySelector('video').currentTime"))
    box.press("right")
    box.waits_until(f"document.querySelector('video').currentTime >= {paused_s + 9}")
    box.press("left")
    box.waits_until(f"document.querySelector('video').currentTime < {paused_s + 2}")
    box.press("ok")
    box.waits_until("!document.querySelector('video').paused")
    box.press("back")
    box.is_at("#/course/501")


def test_what_was_watched_is_told_and_gone_on_with(box: Wpe, stand_in: StandIn) -> None:
    box.switch_on("#/course/501")
    box.press("ok")
    box.watches(6)
    box.press("back")
    box.is_at("#/course/501")
    box.sees("继续看第1课")
    box.waits_for(lambda: any(event["state"] == "stopped" for event in stand_in.events))
    assert max(event["position_s"] for event in stand_in.events) >= 5
    box.press("ok")
    box.watches(6)


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_random_keys_break_no_law_of_a_screen(box: Wpe, stand_in: StandIn, beginning: str) -> None:
    walk(box, stand_in, beginning, KEYS_FROM_EACH)
