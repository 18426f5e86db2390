"""Bad days in the middle of a lesson: the place is kept, and it goes on by itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.tv.stand_in import FILM_S, StandIn
from tests.tv.viewer import Viewer

COURSE = "#/course/501"
PLAYERS = ["native", "hls"]
LOADING = "() => document.body.innerText.includes('正在加载')"
NO_DIALOG = "() => !document.querySelector('.dialog')"


def begin(viewer: Viewer, query: str = "", **patience_ms: int) -> None:
    """Open the first lesson; a household of little patience when told so."""
    viewer.page.add_init_script(
        "window.hurried = setInterval(() => { if (window.nk && nk.patience) {"
        f" Object.assign(nk.patience, {patience_ms}); clearInterval(hurried) }} }}, 1)"
    )
    viewer.switch_on(COURSE, query=query)
    viewer.waits_until("() => window.nk && nk.patience")
    viewer.press("ok")


@pytest.mark.parametrize("player", PLAYERS)
def test_a_line_cut_in_play_is_told_and_playing_goes_on_at_the_place(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.held.add("media2.ts")
    begin(viewer, f"?player={player}", slow_ms=500, first_probe_ms=300, probe_ms=300)
    viewer.watches(6)
    stand_in.cut |= {"media", "media2.ts", "playback", "events", "menu"}
    stand_in.held.clear()
    viewer.sees("网络断了")
    stand_in.cut.clear()
    viewer.watches(9)
    viewer.waits_until(NO_DIALOG)
    viewer.press("back")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert len({event["play"] for event in stand_in.events}) == 1
    seen_s = sum(end - start for event in stand_in.events for start, end in event["spans"])
    assert seen_s >= 8.5


@pytest.mark.parametrize("player", PLAYERS)
def test_a_server_that_is_away_for_a_moment_is_waited_for(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("503",)
    stand_in.held.add("media2.ts")
    begin(viewer, f"?player={player}", slow_ms=500, first_probe_ms=300, probe_ms=300)
    viewer.watches(4)
    stand_in.answers |= {"media": 503, "media2.ts": 503}
    stand_in.held.clear()
    viewer.waits_until(
        "() => document.querySelector('.player-message').style.display === 'block' ||"
        " (document.querySelector('video') || {}).currentTime > 6"
    )
    stand_in.answers.clear()
    viewer.watches(9)
    assert viewer.page.locator(".dialog").count() == 0


def test_a_line_that_is_down_at_the_start_needs_no_key(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("playback")
    begin(viewer, probe_ms=200)
    viewer.sees("网络一通就接着放")
    stand_in.cut.clear()
    viewer.watches(0.5)
    viewer.waits_until(NO_DIALOG)


@pytest.mark.parametrize(
    ("what", "status", "player"),
    [("playback", 503, "native"), ("media", 429, "native"), ("media", 429, "hls")],
)
def test_a_busy_server_is_asked_again_without_a_key(
    viewer: Viewer, stand_in: StandIn, what: str, status: int, player: str
) -> None:
    viewer.expected_complaints = (str(status),)
    stand_in.answers[what] = status
    begin(viewer, f"?player={player}", probe_ms=200)
    viewer.sees("服务器正忙")
    stand_in.answers.clear()
    viewer.watches(0.5)
    viewer.waits_until(NO_DIALOG)


def test_keys_are_answered_before_there_is_anything_to_play(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.held |= {"playback", "media0.ts"}
    begin(viewer)
    viewer.sees("正在加载")
    for key in ("ok", "right", "0"):
        viewer.press(key)
        viewer.sees("还在加载")
    stand_in.held.remove("playback")
    viewer.waits_until("() => document.querySelector('video')")
    viewer.press("right", "ok")  # carried out with the first picture
    stand_in.held.clear()
    viewer.watches(10)


def test_what_never_comes_is_told_after_a_second_try(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.held.add("media0.ts")
    begin(viewer, start_ms=700, slow_ms=300)
    viewer.sees("网络有点慢")
    viewer.sees("网络太慢了")
    assert viewer.focused == "重试"
    stand_in.held.clear()
    viewer.press("ok")
    viewer.watches(0.5)


def test_a_stall_is_ended_by_a_fresh_start_at_the_place(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_ABORTED",)
    stand_in.playback["duration_s"] = 600
    stand_in.held.add("media2.ts")
    begin(viewer, stall_ms=700)
    viewer.watches(7)
    viewer.sees("正在加载")
    stand_in.held.clear()
    viewer.watches(9)


@pytest.mark.parametrize("player", PLAYERS)
def test_an_engine_that_stops_without_a_word_is_begun_anew_at_the_place(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("ERR_ABORTED",)
    stand_in.playback["duration_s"] = 600
    begin(viewer, f"?player={player}", stall_ms=1500)
    viewer.watches(3)
    viewer.page.evaluate("() => { document.querySelector('video').playbackRate = 0 }")
    stood_s = viewer.page.evaluate("document.querySelector('video').currentTime")
    viewer.waits_until(LOADING)
    viewer.watches(stood_s + 1)
    viewer.waits_until(f"() => !({LOADING})()")
    viewer.press("back")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert len({event["play"] for event in stand_in.events}) == 1


@pytest.mark.parametrize("player", PLAYERS)
def test_an_engine_that_goes_on_without_a_word_is_believed(viewer: Viewer, player: str) -> None:
    begin(viewer, f"?player={player}")
    viewer.watches(1)
    viewer.page.evaluate("() => { document.querySelector('video').playbackRate = 0 }")
    viewer.waits_until(LOADING)
    viewer.page.evaluate("() => { document.querySelector('video').playbackRate = 1 }")
    viewer.waits_until(f"() => !({LOADING})()")


def test_in_the_last_minute_nobody_is_sent_back(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.held.add("media2.ts")
    begin(viewer, stall_ms=300, slow_ms=600)
    viewer.watches(7)
    viewer.sees("网络有点慢")
    stand_in.held.clear()
    viewer.watches(9)
    assert viewer.page.locator(".dialog").count() == 0


def test_a_box_that_cannot_decode_says_so(viewer: Viewer, stand_in: StandIn, media: Path) -> None:
    viewer.page.add_init_script(
        "const load = HTMLMediaElement.prototype.load;"
        "HTMLMediaElement.prototype.load = function () {"
        "  if (/m3u8/.test(this.src)) { this.src = 'data:video/mp4;base64,AAAA' }"
        "  return load.call(this) }"
    )
    begin(viewer, "?player=native")
    viewer.sees("这台机顶盒放不了这一课")
    viewer.press("back")
    assert viewer.address == COURSE


def test_the_place_outlives_a_failure_and_a_reload(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.playback["duration_s"] = 600
    stand_in.held.add("media2.ts")
    begin(viewer, stall_ms=900, slow_ms=300, first_probe_ms=200, probe_ms=200, lost_ms=300)
    viewer.watches(6)
    stand_in.cut |= {"media", "media2.ts", "playback", "events"}
    stand_in.held.clear()
    viewer.sees("网络一通就接着放")
    viewer.page.reload()
    stand_in.cut.clear()
    viewer.watches(6)
    assert viewer.page.evaluate("document.querySelector('video').currentTime") < 12


def test_a_verdict_on_the_line_that_comes_after_the_picture_says_nothing(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.held.add("media0.ts")
    begin(viewer, "?player=native", slow_ms=300, probe_ms=300, answer_ms=3000)
    viewer.sees("网络有点慢")
    stand_in.held.add("multivariant.m3u8")
    stand_in.asked.clear()
    viewer.waits_for(lambda: any(name.endswith("/playback") for name in stand_in.asked))
    stand_in.held.remove("media0.ts")
    viewer.watches(0.1)
    viewer.page.evaluate("() => { document.querySelector('video').first = true }")
    viewer.watches(4.5)
    assert "网络断了" not in viewer.page.inner_text("body")
    stand_in.held.clear()
    viewer.watches(6)
    assert viewer.page.evaluate("document.querySelector('video').first")


def test_an_end_that_comes_too_soon_is_a_line_that_broke(viewer: Viewer, stand_in: StandIn) -> None:
    begin(viewer, first_probe_ms=100)
    viewer.watches(2)
    viewer.page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    viewer.sees("正在重新连接")
    viewer.watches(4)
    assert viewer.page.locator(".dialog").count() == 0


def test_a_fresh_start_that_takes_its_time_is_not_called_a_failure(
    viewer: Viewer, stand_in: StandIn
) -> None:
    begin(viewer, slow_ms=3000, lost_ms=1500, first_probe_ms=100)
    viewer.watches(4)
    stand_in.held |= {"media0.ts", "media1.ts", "media2.ts"}
    viewer.page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    viewer.sees("正在重新连接")
    viewer.sees("网络有点慢")
    assert viewer.page.locator(".dialog").count() == 0
    stand_in.held.clear()
    viewer.watches(9)


def test_a_playlist_that_hangs_is_a_line_that_is_away(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.held.add("multivariant.m3u8")
    begin(viewer, start_ms=500, answer_ms=500, probe_ms=300)
    viewer.sees("网络一通就接着放")
    stand_in.held.clear()
    viewer.watches(0.5)
    viewer.waits_until(NO_DIALOG)


def line_is_said_to_be_back(viewer: Viewer, stand_in: StandIn) -> None:
    """The engine says so, and the page has asked the server what is new."""
    stand_in.asked.clear()
    viewer.page.evaluate("window.dispatchEvent(new Event('online'))")
    viewer.waits_for(lambda: "favourites" in stand_in.asked)


def test_a_lesson_that_is_over_does_not_begin_again_with_the_line(
    viewer: Viewer, stand_in: StandIn
) -> None:
    begin(viewer)
    viewer.waits_until("() => window.nk && nk.patience.next_s && document.querySelector('video')")
    viewer.page.evaluate("nk.patience.next_s = 60")
    skip_to_the_end(viewer)
    viewer.sees("播放下一课")
    line_is_said_to_be_back(viewer, stand_in)
    assert not [name for name in stand_in.asked if name.endswith("/playback")]
    assert viewer.page.locator("video").count() == 0


def test_a_paused_lesson_stays_paused_when_the_line_is_back(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.held.add("media2.ts")
    begin(viewer, "?player=native")
    viewer.watches(4)
    viewer.press("ok")
    viewer.sees("继续看")
    stand_in.cut |= {"media", "media2.ts"}
    stand_in.held.clear()
    viewer.waits_until("() => !document.querySelector('video')")
    stand_in.cut.clear()
    line_is_said_to_be_back(viewer, stand_in)
    assert viewer.page.locator("video").count() == 0
    viewer.sees("继续看")
    viewer.press("right", "ok", "ok")  # ten seconds on, there, and on with it
    viewer.watches(0.1)
    assert viewer.page.evaluate("document.querySelector('video').currentTime") >= 13.9
    assert viewer.page.locator(".dialog").count() == 0


def test_a_seek_that_the_end_overtakes_is_dropped(viewer: Viewer) -> None:
    begin(viewer)
    viewer.watches(0.5)
    viewer.press("right")
    viewer.watches(10)
    viewer.press("left")
    viewer.page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    viewer.sees("播放下一课（6）")  # by then it would have moved


def skip_to_the_end(viewer: Viewer) -> None:
    """Without a key."""
    viewer.watches(0.1)
    viewer.page.evaluate(f"document.querySelector('video').currentTime = {FILM_S - 1}")


def test_a_late_verdict_on_a_player_that_is_gone_is_not_the_next_ones(
    viewer: Viewer, stand_in: StandIn
) -> None:
    del stand_in.course("501")["lessons"][1:]
    begin(viewer, "?player=native")
    viewer.watches(0.5)
    stand_in.held.add("multivariant.m3u8")
    viewer.page.evaluate("document.querySelector('video').dispatchEvent(new Event('error'))")
    skip_to_the_end(viewer)
    viewer.sees("这门课学完了")
    viewer.press("right", "ok")
    viewer.waits_until("() => document.querySelector('video')")
    stand_in.held.clear()
    viewer.watches(0.5)
    assert viewer.page.locator(".dialog").count() == 0


@pytest.mark.parametrize("keys", [("back",), ("right", "ok")])
def test_who_wants_no_next_lesson_is_left_in_peace(
    viewer: Viewer, stand_in: StandIn, keys: tuple[str, ...]
) -> None:
    viewer.page.clock.install()
    begin(viewer)
    skip_to_the_end(viewer)
    viewer.sees("播放下一课")
    viewer.press(*keys)
    assert viewer.address == COURSE
    viewer.page.clock.run_for(20_000)
    assert viewer.address == COURSE
    assert {event["lesson"] for event in stand_in.events} == {
        stand_in.course("501")["lessons"][0]["id"]
    }


@pytest.mark.parametrize(("keys", "stays"), [("ok", False), ("back", True), ("right ok", True)])
def test_after_three_lessons_without_a_key_somebody_is_asked(
    viewer: Viewer, stand_in: StandIn, keys: str, stays: bool
) -> None:
    lessons = stand_in.course("501")["lessons"]
    lessons += [dict(lessons[0], id=90_000 + n) for n in range(3)]
    begin(viewer, next_s=1)
    for lesson in lessons[:2]:
        viewer.waits_until("(id) => location.hash === '#/play/' + id", lesson["id"])
        skip_to_the_end(viewer)
        viewer.sees("播放下一课")
        viewer.waits_until(NO_DIALOG)
    skip_to_the_end(viewer)
    viewer.sees("还在看吗")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "ended")
    assert {event["lesson"] for event in stand_in.events} == {
        lesson["id"] for lesson in lessons[:3]
    }
    viewer.press(*keys.split())
    if stays:
        assert viewer.address == COURSE
    else:
        assert viewer.address == f"#/play/{lessons[3]['id']}"
        viewer.watches(0.5)


def test_the_people_in_a_hall_are_told_with_the_events(viewer: Viewer, stand_in: StandIn) -> None:
    other = stand_in.course("203")["lessons"][0]
    del stand_in.course("501")["lessons"][1:]
    stand_in.settings["hall"] = ["501", "203"]
    begin(viewer)
    viewer.waits_until("() => nk.startHall && nk.settings.hall.length")
    viewer.page.evaluate("() => { nk.setPeople(12); nk.startHall() }")
    skip_to_the_end(viewer)
    viewer.sees("播放下一课")
    viewer.press("ok")
    assert viewer.address == f"#/play/{other['id']}"
    viewer.sees("12人一起看")
    viewer.watches(0.5)
    viewer.press("back")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert stand_in.events[-1]["people"] == 12


STARTS = (
    "window.starts = 0; const load = HTMLMediaElement.prototype.load;"
    "HTMLMediaElement.prototype.load = function () {"
    " if (/m3u8/.test(this.src)) starts += 1; return load.call(this) }"
)


def begin_by_hand(viewer: Viewer, stand_in: StandIn) -> None:
    """The clock goes on only as the test says, and so does the page; the film plays by itself."""
    stand_in.playback["duration_s"] = 600
    viewer.page.add_init_script(STARTS)
    viewer.page.clock.install()
    viewer.switch_on(COURSE, query="?player=native")
    viewer.waits_until("() => nk.screens.player")
    viewer.page.clock.pause_at(time.time() + 3600)
    viewer.press("ok")
    viewer.waits_until("() => starts === 1")


def test_a_start_is_tried_again_after_30_s(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.held.add("media0.ts")
    begin_by_hand(viewer, stand_in)
    viewer.page.clock.run_for(5_900)
    viewer.sees("正在加载")
    viewer.page.clock.run_for(200)
    viewer.sees("网络有点慢")
    viewer.page.clock.run_for(23_800)
    assert viewer.page.evaluate("starts") == 1
    viewer.page.clock.run_for(200)
    viewer.waits_until("() => starts === 2")
    stand_in.held.clear()


def test_a_stall_is_ended_after_20_s(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.held.add("media2.ts")
    begin_by_hand(viewer, stand_in)
    viewer.watches(7)
    viewer.sees("正在加载")
    viewer.page.clock.run_for(19_900)
    assert viewer.page.evaluate("starts") == 1
    viewer.page.clock.run_for(200)
    viewer.waits_until("() => starts === 2")
    stand_in.held.clear()


def test_a_line_that_broke_is_told_after_5_s(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.held.add("media2.ts")
    begin_by_hand(viewer, stand_in)
    viewer.watches(7)
    stand_in.cut |= {"media", "media2.ts", "playback", "events"}
    stand_in.held.clear()
    viewer.waits_until("() => document.querySelector('video').error")
    viewer.sees("网络断了")
    viewer.page.clock.run_for(4_900)
    viewer.waits_until(NO_DIALOG)
    viewer.page.clock.run_for(200)
    viewer.page.wait_for_selector(".dialog")
