"""What lies over the picture: captions, seeking by pictures, lessons, chapters, settings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.tv.stand_in import StandIn, extras
from tests.tv.viewer import Viewer

COURSE = "#/course/501"
NOW_S = "document.querySelector('video').currentTime"


@pytest.fixture(autouse=True)
def complete(stand_in: StandIn) -> None:
    """The lesson has captions, chapters and a storyboard."""
    stand_in.playback = extras()


@pytest.fixture
def playing(viewer: Viewer) -> Iterator[Viewer]:
    """Somebody who has begun to watch."""
    begin(viewer)
    yield viewer


def begin(viewer: Viewer, query: str = "") -> None:
    viewer.switch_on(COURSE, query)
    viewer.press("ok")
    viewer.watches(0.5)


def find(viewer: Viewer, label: str) -> None:
    """Open the settings and go down, row by row, to what is called so."""
    viewer.press("up")
    viewer.sees("播放设置")
    for _ in range(12):
        row = viewer.page.locator(".drawer .on").text_content() or ""
        if label in row:
            break
        viewer.press("right")
        if viewer.page.locator(".drawer .on").text_content() == row:
            viewer.press("down", "left", "left")
    assert label in viewer.focused


def choose(viewer: Viewer, label: str, *ways: str) -> None:
    """Find it and press OK."""
    find(viewer, label)
    viewer.press("ok", *ways)


def seconds(viewer: Viewer) -> float:
    return float(viewer.page.evaluate(NOW_S))


def test_captions_are_drawn_once_they_are_wanted(playing: Viewer) -> None:
    assert not playing.page.locator(".captions").is_visible()
    choose(playing, "中文", "back")
    playing.sees("先看牙口 & 蹄子")
    playing.watches(9)
    playing.sees("豆粕一份")


def test_captions_stay_on_in_the_next_lesson(playing: Viewer) -> None:
    choose(playing, "English", "back")
    playing.sees("Look at the teeth")
    playing.press("back")
    playing.page.reload()
    playing.switch_on(COURSE)
    playing.press("ok")
    playing.sees("Look at the teeth")
    choose(playing, "不要", "back")
    playing.waits_until("() => document.querySelector('.captions').style.display === 'none'")


def test_forced_captions_are_shown_to_all_and_offered_to_nobody(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.playback["captions"][1].update(name="招牌", language="zh", forced=True)
    begin(viewer)
    viewer.sees("Look at the teeth")
    choose(viewer, "中文")
    assert viewer.page.get_by_text("招牌").count() == 0
    viewer.press("back")
    viewer.sees("先看牙口")
    assert viewer.page.get_by_text("Look at the teeth").count() == 0


def test_the_speed_is_kept_and_told(playing: Viewer, stand_in: StandIn) -> None:
    choose(playing, "慢", "back")
    assert playing.page.evaluate("document.querySelector('video').playbackRate") == 0.75
    playing.press("back")
    playing.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert [stand_in.events[0]["speed"], stand_in.events[-1]["speed"]] == [1, 0.75]
    playing.press("ok")
    playing.waits_until("() => (document.querySelector('video') || {}).playbackRate === 0.75")


def test_a_slow_second_still_counts_as_seen(playing: Viewer, stand_in: StandIn) -> None:
    choose(playing, "更快", "back")
    playing.watches(8)
    playing.press("back")
    playing.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    seen_s = sum(end - start for event in stand_in.events for start, end in event["spans"])
    assert 7.5 <= seen_s <= 9.5
    assert stand_in.events[-1]["watch_s"] <= 8


def test_seeking_shows_a_picture_of_the_place(playing: Viewer) -> None:
    playing.press("ok")  # paused: the place stands
    at_s = seconds(playing)
    playing.press("right")
    playing.waits_until("() => document.querySelector('.frame').offsetWidth === 320")
    picture = int((at_s + 10) // 2)
    assert playing.page.evaluate(
        "() => { const s = document.querySelector('.sheet').style; return [s.left, s.top] }"
    ) == [f"{-(picture % 5) * 320}px", f"{-(picture // 5) * 180}px"]
    playing.sees("2 配好饲料")


def test_without_a_storyboard_seeking_still_tells_the_time(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("404",)
    stand_in.answers["storyboard.vtt"] = 404
    begin(viewer)
    viewer.press("right")
    assert viewer.page.locator(".bubble").is_visible()
    viewer.watches(10)


def test_down_shows_the_lessons_and_plays_another(playing: Viewer, stand_in: StandIn) -> None:
    lessons = stand_in.course("501")["lessons"]
    playing.press("2")
    playing.watches(8)
    playing.press("down")
    assert "正在看" in playing.focused
    playing.press("down")
    assert lessons[1]["title"] in playing.focused
    playing.press("ok")
    assert playing.address == f"#/play/{lessons[1]['id']}"
    playing.watches(0.5)
    playing.press("down")
    playing.sees("看到0:")


def test_a_digit_jumps_to_its_chapter(playing: Viewer) -> None:
    assert playing.page.locator(".tick").count() == 2
    playing.press("2")
    playing.sees("第2段　配好饲料")
    assert 8 <= seconds(playing) < 12
    playing.press("7")
    playing.sees("这一课只有3段")


def test_chapters_stand_beside_the_lessons(playing: Viewer) -> None:
    playing.press("down", "left")
    assert "挑选种羊" in playing.focused
    playing.press("down", "down", "ok")
    playing.waits_until(f"() => {NOW_S} >= 16")
    assert playing.page.locator(".drawer").count() == 0


def test_a_course_number_still_opens_from_the_player(playing: Viewer) -> None:
    playing.dial("203")
    assert playing.address == "#/course/203"


def test_0_shows_the_last_half_minute_again(playing: Viewer) -> None:
    playing.press("3")
    playing.waits_until(f"() => {NOW_S} > 16")
    playing.press("0")
    playing.waits_until(f"() => {NOW_S} < 6")
    playing.sees("再看一遍刚才的30秒")


def test_the_green_key_shows_the_last_half_minute_again(viewer: Viewer) -> None:
    begin(viewer, '?keys={"13":"ok","27":"back","38":"up","39":"right","71":"green"}')
    viewer.press("right", "right")
    viewer.waits_until(f"() => {NOW_S} > 16")
    viewer.press("up", "g")
    viewer.waits_until(f"() => {NOW_S} < 6")
    viewer.sees("再看一遍刚才的30秒")
    assert viewer.page.locator(".drawer").count() == 0
    viewer.press("back", "back", "g")
    assert viewer.address == "#/mine"


def test_a_resumed_lesson_says_so_and_0_starts_it_anew(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.playback["resume_s"] = 12
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees("从 0:12 接着看")
    viewer.watches(12)
    viewer.press("0")
    viewer.waits_until(f"() => {NOW_S} < 5")


@pytest.mark.parametrize("resume_s", [0, 12])
def test_where_numbers_begin_with_0_it_waits_for_what_follows(
    viewer: Viewer, stand_in: StandIn, resume_s: int
) -> None:
    stand_in.course("501")["number"] = "001"
    stand_in.playback = {"resume_s": resume_s}
    viewer.switch_on("#/course/001")
    viewer.press("ok")
    viewer.watches(0.5)
    if not resume_s:
        viewer.press("right")
    viewer.watches(10)
    viewer.press("0")
    viewer.sees("稍等就从头看" if resume_s else "稍等就再看30秒")
    viewer.waits_until(f"() => {NOW_S} < 8")
    viewer.dial("001")
    assert viewer.address == "#/course/001"


def test_0_held_leads_home_and_keeps_the_place(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.playback |= {"resume_s": 12, "duration_s": 600}
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees("从 0:12 接着看")
    viewer.watches(13)
    viewer.page.keyboard.down("0")
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.page.keyboard.up("0")
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees("从 0:1")


def test_0_held_keeps_the_place_where_no_key_is_heard_coming_up(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.playback |= {"resume_s": 12, "duration_s": 600}
    viewer.page.clock.install()
    viewer.switch_on(f"#/play/{stand_in.course('501')['lessons'][0]['id']}")
    viewer.watches(13)
    viewer.page.clock.pause_at(viewer.page.evaluate("Date.now()") / 1000 + 1)
    for gap_ms in (500, *[60] * 10):
        viewer.page.evaluate("() => nk.onKey(48, 'keydown')")
        viewer.page.clock.run_for(gap_ms)
    viewer.page.clock.resume()
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.sees("从 0:1")


def test_menu_opens_and_closes_the_settings(playing: Viewer) -> None:
    menu = "() => { nk.onKey(82, 'keydown', 'menu'); nk.onKey(82, 'keyup', 'menu') }"
    playing.page.evaluate(menu)
    playing.sees("播放设置")
    playing.page.evaluate(menu)
    assert playing.page.locator(".drawer").count() == 0


def test_pause_and_play_keys_work_while_a_panel_is_open(viewer: Viewer) -> None:
    begin(viewer, "?keys=hbbtv")
    viewer.press("up")
    viewer.sees("播放设置")
    viewer.page.evaluate("() => { nk.onKey(19, 'keydown'); nk.onKey(19, 'keyup') }")
    viewer.waits_until("() => document.querySelector('video').paused")
    viewer.sees("继续看")
    viewer.press("down")
    viewer.page.evaluate("() => { nk.onKey(415, 'keydown'); nk.onKey(415, 'keyup') }")
    assert viewer.page.locator(".drawer").count() == 0


def speak_two_languages(viewer: Viewer) -> None:
    """The engine finds two sound tracks in every film."""
    viewer.page.add_init_script(
        "const tracks = [{label: '普通话', language: 'zh', enabled: true},"
        " {label: '苗语', language: 'hmn', enabled: false}];"
        "Object.defineProperty(HTMLMediaElement.prototype, 'audioTracks', {value: tracks,"
        " configurable: true})"
    )


def test_the_sound_chosen_is_kept_by_its_name(viewer: Viewer, stand_in: StandIn) -> None:
    speak_two_languages(viewer)
    begin(viewer, "?player=native")
    choose(viewer, "苗语", "back")
    enabled = "() => document.querySelector('video').audioTracks.map((track) => track.enabled)"
    assert viewer.page.evaluate(enabled) == [False, True]
    viewer.page.reload()
    viewer.watches(0.5)
    viewer.waits_until("() => document.querySelector('video').audioTracks[1].enabled")


def test_a_sound_chosen_while_the_player_starts_anew_is_heard_afterwards(
    viewer: Viewer, stand_in: StandIn
) -> None:
    speak_two_languages(viewer)
    begin(viewer, "?player=native")
    find(viewer, "苗语")
    stand_in.held |= {"media0.ts", "media1.ts"}
    viewer.page.evaluate(
        "() => { document.querySelector('video').dispatchEvent(new Event('ended')) }"
    )
    viewer.waits_until("() => (document.querySelector('video') || {}).readyState === 0")
    viewer.press("ok")
    assert viewer.page.locator(".drawer .on").count() == 1
    stand_in.held.clear()
    viewer.watches(0.5)
    viewer.waits_until("() => document.querySelector('video').audioTracks[1].enabled")


def test_a_panel_is_never_too_much_for_a_box(viewer: Viewer, stand_in: StandIn) -> None:
    lessons = stand_in.course("501")["lessons"]
    lessons += [
        {"id": 90_000 + n, "title": f"第{n}讲 怎样给很大很大的一群黑山羊打扫羊圈", "duration_s": 24}
        for n in range(60)
    ]
    begin(viewer)
    for key in ("down", "left"):
        viewer.press(key)
        assert viewer.page.locator(".focusable").count() <= 40
        assert viewer.page.locator("*").count() <= 300
    viewer.press("right", *["PageDown"] * 20)
    assert "第59讲" in viewer.focused
    assert all(box["inside"] for box in viewer.focus_boxes())


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (
            "WEBVTT\n\n00:01.500 --> 01:00:02.000 align:left\nhallo\ntwo\n",
            [[1.5, 3602, "hallo\ntwo"]],
        ),
        ("\ufeffWEBVTT\r\n\r\nname\r\n00:00:00.000 --> 00:00:01.000\r\na\r\n", [[0, 1, "a"]]),
        ("WEBVTT\n\nNOTE 00:00\n\nSTYLE\n::cue{}\n\n", []),
        ("", []),
    ],
)
def test_webvtt_is_read(viewer: Viewer, text: str, cues: list[object]) -> None:
    viewer.switch_on()
    viewer.waits_until("() => nk.readVtt")
    assert (
        viewer.page.evaluate("(t) => nk.readVtt(t).map((c) => [c.start_s, c.end_s, c.text])", text)
        == cues
    )


def test_each_further_press_in_a_direction_seeks_further(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.playback["duration_s"] = 3600
    begin(viewer)
    viewer.press("ok")
    viewer.sees("继续看")
    # All in one turn of the page: a seek that rests for a moment is done.
    places = viewer.page.evaluate(
        """() => [...Array(12).fill(39), 37, 37].map((code) => {
          nk.onKey(code, 'keydown');
          nk.onKey(code, 'keyup');
          const [, m, s] = /^(\\d+):(\\d+)/.exec(document.querySelector('.panel-time').textContent);
          return m * 60 + Number(s);
        })"""
    )
    steps_s = [b - a for a, b in pairwise(places)]
    assert steps_s == [10, 10, 20, 20, 20, 20, 20, 20, 60, 60, 60, -10, -10]
