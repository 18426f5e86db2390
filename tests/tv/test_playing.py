"""Playing a lesson: pause, seek, the end, and what can go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.tv.stand_in import FILM_S, StandIn
from tests.tv.viewer import Viewer

COURSE = "#/course/501"
PLAYERS = ["native", "hls"]


@pytest.mark.parametrize("player", PLAYERS)
def test_ok_pauses_and_goes_on_and_arrows_seek(viewer: Viewer, player: str) -> None:
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("ok")
    viewer.waits_until("() => document.querySelector('video').paused")
    viewer.sees("继续看")
    viewer.press("ok")
    viewer.waits_until("() => !document.querySelector('video').paused")
    viewer.press("right")
    viewer.watches(10)
    viewer.press("left")
    viewer.waits_until("() => document.querySelector('video').currentTime < 9")


@pytest.mark.parametrize("player", PLAYERS)
def test_a_pause_of_the_engines_own_is_told_and_ended_by_one_ok(
    viewer: Viewer, player: str
) -> None:
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.watches(0.5)
    badge = viewer.page.locator(".pause-badge")
    for _ in range(2):
        viewer.page.evaluate("() => { document.querySelector('video').pause() }")
        viewer.sees("继续看")
        expect(badge).to_be_visible()
        viewer.page.evaluate("() => { document.querySelector('video').play() }")
        expect(badge).to_be_hidden()
    viewer.page.evaluate("() => { document.querySelector('video').pause() }")
    expect(badge).to_be_visible()
    viewer.press("ok")
    viewer.waits_until("() => !document.querySelector('video').paused")


@pytest.mark.parametrize("player", PLAYERS)
def test_an_engine_that_starts_by_itself_at_a_seek_stays_paused(
    viewer: Viewer, player: str
) -> None:
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("ok")
    viewer.sees("继续看")
    viewer.page.evaluate("""() => {
      const video = document.querySelector('video');
      const play = () => { video.play(); window.startedItself = true; };
      video.addEventListener('seeked', play, { once: true });
    }""")
    viewer.press("right")
    viewer.waits_until("() => window.startedItself && document.querySelector('video').paused")
    expect(viewer.page.locator(".pause-badge")).to_be_visible()


def test_back_drops_an_unfinished_seek_first(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("right", "back")
    assert viewer.address.startswith("#/play/")
    assert float(viewer.page.evaluate("document.querySelector('video').currentTime")) < 9
    viewer.press("back")
    assert viewer.address == COURSE


def test_back_closes_what_the_viewer_called_up_before_the_player(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("up")
    viewer.sees("播放设置")
    viewer.press("back")
    assert viewer.page.locator(".drawer").count() == 0
    assert viewer.address.startswith("#/play/")


def test_the_next_lesson_is_offered_and_played(viewer: Viewer, stand_in: StandIn) -> None:
    lessons = stand_in.course("501")["lessons"]
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("right", "right", "right")
    viewer.sees("播放下一课")
    viewer.press("ok")
    assert viewer.address == f"#/play/{lessons[1]['id']}"
    viewer.watches(0.5)
    viewer.press("back")
    assert viewer.address == COURSE
    viewer.sees("已看完")


def test_the_end_of_a_course_leads_back_to_it(viewer: Viewer, stand_in: StandIn) -> None:
    last = stand_in.course("501")["lessons"][-1]["id"]
    viewer.switch_on(f"#/play/{last}")
    viewer.watches(0.5)
    viewer.press("right", "right", "right")
    viewer.sees("这门课学完了")
    viewer.press("ok")
    assert viewer.address == COURSE


def test_page_keys_turn_to_the_lesson_before_and_after(viewer: Viewer, stand_in: StandIn) -> None:
    """By OK and the arrows it is a panel and a choice; the first and last lesson say so."""
    ids = [lesson["id"] for lesson in stand_in.course("501")["lessons"]]
    viewer.switch_on(f"#/play/{ids[0]}")
    viewer.watches(1.5)
    viewer.press("PageUp")
    viewer.sees("这是第一课")
    for lesson in ids[1:]:
        viewer.press("PageDown")
        assert viewer.address == f"#/play/{lesson}"
        viewer.watches(1.5)
    viewer.press("PageDown")
    viewer.sees("这是最后一课")
    viewer.press("PageUp")
    assert viewer.address == f"#/play/{ids[-2]}"
    viewer.watches(0.5)
    viewer.press("back")
    assert viewer.address == COURSE


def test_an_unfinished_lesson_goes_on_where_it_was(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.press("right")
    viewer.watches(11)
    viewer.press("back")
    viewer.sees("继续看第1课")
    viewer.press("back")
    viewer.page.evaluate("sessionStorage.clear()")
    viewer.switch_on()
    assert "按“确定”接着学" in viewer.focused
    viewer.press("ok")
    viewer.watches(11)


@pytest.mark.parametrize("player", PLAYERS)
def test_a_line_that_is_down_says_so_and_retry_goes_on(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("media")
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.sees("网络断了")
    assert viewer.focused == "重试"
    stand_in.cut.clear()
    viewer.press("ok")
    viewer.watches(0.5)


def test_playing_goes_on_by_itself_when_the_line_is_back(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("media")
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees("网络断了")
    stand_in.cut.clear()
    viewer.watches(0.5)
    assert viewer.page.locator(".dialog").count() == 0


@pytest.mark.parametrize("player", PLAYERS)
def test_a_film_that_is_gone_is_said_plainly(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("404", "status")
    stand_in.answers["media"] = 404
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.sees("这一课暂时不能看")
    viewer.press("back")
    assert viewer.address == COURSE


@pytest.mark.parametrize(("status", "says"), [(404, "这一课暂时不能看"), (503, "服务器正忙")])
def test_a_playback_answer_that_fails_is_said_plainly(
    viewer: Viewer, stand_in: StandIn, status: int, says: str
) -> None:
    viewer.expected_complaints = (str(status),)
    stand_in.answers["playback"] = status
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees(says)
    stand_in.answers.clear()
    viewer.press("ok")
    viewer.watches(0.5)


def test_where_the_engine_fails_hls_js_takes_over(viewer: Viewer, built_page: Path) -> None:
    assert (built_page / "hls.light.min.js").is_file()
    # An engine that claims HLS and then breaks on it, as some boxes do.
    viewer.page.add_init_script(
        "const load = HTMLMediaElement.prototype.load;"
        "HTMLMediaElement.prototype.load = function () {"
        "  if (/m3u8/.test(this.src)) { this.src = 'data:video/mp4;base64,AAAA' }"
        "  return load.call(this) }"
    )
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    assert viewer.page.evaluate("!!window.Hls")


def test_an_engine_that_wants_a_key_first_gets_one(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.page.add_init_script(
        "const play = HTMLMediaElement.prototype.play; let asked = 0;"
        "HTMLMediaElement.prototype.play = function () { asked += 1; return asked > 1 ?"
        " play.call(this) : Promise.reject(new DOMException('key', 'NotAllowedError')) }"
    )
    viewer.switch_on(f"#/play/{stand_in.course('501')['lessons'][0]['id']}")
    viewer.sees("继续看")
    viewer.press("ok")
    viewer.watches(0.5)


def test_without_hls_js_the_engine_plays_itself(viewer: Viewer) -> None:
    viewer.page.route("**/hls.light*", lambda route: route.abort())
    viewer.expected_complaints = ("ERR_FAILED",)
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    assert not viewer.page.evaluate("!!window.Hls")


@pytest.mark.parametrize(
    ("chromium", "by_hls_js"), [("90.0", False), ("141.0", False), ("142.0", True)]
)
def test_hls_js_is_loaded_only_where_the_engine_is_slow(
    viewer: Viewer, chromium: str, by_hls_js: bool
) -> None:
    viewer.page.add_init_script(
        "Object.defineProperty(navigator, 'userAgent',"
        f" {{ value: 'Mozilla/5.0 (Linux; Android 9) Chrome/{chromium} Safari/537.36' }})"
    )
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    assert viewer.page.evaluate("!!window.Hls") == by_hls_js
    assert viewer.page.evaluate("document.querySelector('video').duration") >= FILM_S - 1
