"""Five ways to play, one behaviour: the engine's HLS, hls.js, and three boxes' own players."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tv.stand_in import FILM_S, StandIn
from tests.tv.viewer import Viewer

FAKES = Path(__file__).parent / "fakes"
COURSE = "#/course/501"
PLAYERS = ["native", "hls", "ctc", "android", "starcor"]
BOXES = ["ctc", "android", "starcor"]
# The profile by which a keyboard is the box's remote.
KEYBOARD = {"native": "pc", "hls": "pc", "ctc": "ctc", "android": "android", "starcor": "pc"}
PLACE = """() => {
  const video = document.querySelector('video');
  return video ? video.currentTime : window.tape ? window.tape.position_s : 0;
}"""
PAUSED = """() => {
  const video = document.querySelector('video');
  return video ? video.paused : window.tape.paused;
}"""

each_player = pytest.mark.parametrize("player", PLAYERS)
each_box = pytest.mark.parametrize("player", BOXES)


def box_of(viewer: Viewer, player: str) -> str:
    """Gives the viewer the box that plays so; the query to start it with."""
    if player in BOXES:
        for fake in ("tape", player):
            viewer.page.add_init_script((FAKES / f"{fake}.js").read_text())
    return f"?player={player}&keys={KEYBOARD[player]}"


def reaches(viewer: Viewer, at_least_s: float) -> None:
    """The film has come to this second."""
    viewer.waits_until(f"(s) => ({PLACE})() >= s", at_least_s)


def pauses(viewer: Viewer, yes: bool = True) -> None:
    """The film stands, or goes on."""
    viewer.waits_until(f"(yes) => ({PAUSED})() === yes", yes)


def shows(viewer: Viewer, text: str) -> None:
    """The text comes up, be it after a while."""
    viewer.waits_until("(text) => document.body.textContent.indexOf(text) >= 0", text)


def leaves(viewer: Viewer) -> None:
    """Back, past what may lie over the picture."""
    for _ in range(3):
        if viewer.address != COURSE:
            viewer.press("back")
    assert viewer.address == COURSE


def place(viewer: Viewer) -> float:
    """The second that the film is at."""
    return float(viewer.page.evaluate(PLACE))


@each_player
def test_ok_pauses_and_goes_on_and_arrows_seek(viewer: Viewer, player: str) -> None:
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    reaches(viewer, 2.2)
    viewer.press("ok")
    pauses(viewer)
    stood_at_s = place(viewer)
    viewer.press("ok")
    pauses(viewer, yes=False)
    reaches(viewer, stood_at_s + 0.2)
    viewer.press("right")
    reaches(viewer, 10)


@each_player
def test_a_lesson_goes_on_where_the_viewer_stopped(viewer: Viewer, player: str) -> None:
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    reaches(viewer, 2.2)
    viewer.press("right")
    reaches(viewer, 12)
    leaves(viewer)
    viewer.sees("继续看第1课")
    viewer.press("ok")
    viewer.waits_until(f"() => {{ const s = ({PLACE})(); return s >= 10 && s < {FILM_S} }}")


@each_player
def test_the_end_of_the_film_is_noticed(viewer: Viewer, player: str) -> None:
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    reaches(viewer, 2.2)
    viewer.press("right", "right", "right")
    shows(viewer, "播放下一课")


@each_player
def test_leaving_gives_the_decoder_back(viewer: Viewer, player: str) -> None:
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    reaches(viewer, 2.2)
    leaves(viewer)
    assert viewer.page.locator("video").count() == 0
    if player in BOXES:
        assert viewer.page.evaluate("window.tape.closed")


@each_player
def test_a_line_that_is_down_is_told_from_a_film_that_is_gone(
    viewer: Viewer, stand_in: StandIn, player: str
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE", "404")
    stand_in.cut.add("media")
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    shows(viewer, "网络断了")
    stand_in.answers["media"] = 404
    stand_in.cut.clear()
    shows(viewer, "暂时不能看")


# What each box calls to stop.
STOPS = {
    "ctc": "MediaPlayer.prototype.stop = refuse",
    "android": "android.stop_miniPlayer = refuse",
    "starcor": "const exec = starcorExt.exec; starcorExt.exec = function (name) {"
    " return name === 'stop' ? refuse() : exec.apply(this, arguments) }",
}


@each_box
def test_a_box_that_does_not_stop_is_let_go_all_the_same(viewer: Viewer, player: str) -> None:
    query = box_of(viewer, player)
    viewer.page.add_init_script(
        f"(() => {{ const refuse = () => {{ throw new Error('no') }}; {STOPS[player]} }})()"
    )
    viewer.switch_on(COURSE, query=query)
    viewer.press("ok")
    reaches(viewer, 2.2)
    leaves(viewer)
    assert viewer.page.evaluate("window.tape.closed")


def test_a_box_that_does_not_pause_says_so_to_nobody(viewer: Viewer) -> None:
    query = box_of(viewer, "ctc")
    viewer.page.add_init_script("MediaPlayer.prototype.pause = () => { throw new Error('no') }")
    viewer.switch_on(COURSE, query=query)
    viewer.press("ok")
    reaches(viewer, 2.2)
    viewer.press("ok")
    viewer.sees("继续看")


@each_box
def test_the_page_is_clear_while_a_box_shows_the_picture(viewer: Viewer, player: str) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.press("ok")
    reaches(viewer, 2.2)
    assert viewer.page.evaluate(colour) == "rgba(0, 0, 0, 0)"
    leaves(viewer)
    assert viewer.page.evaluate(colour) != "rgba(0, 0, 0, 0)"


@each_box
def test_a_box_is_asked_for_its_own_player_before_the_engine(viewer: Viewer, player: str) -> None:
    box_of(viewer, player)
    viewer.switch_on(COURSE, query=f"?keys={KEYBOARD[player]}")
    viewer.press("ok")
    reaches(viewer, 2.2)
    assert viewer.page.locator("video").count() == 0


def test_the_boxs_word_on_its_player_is_no_key_of_a_remote_that_was_learned(
    viewer: Viewer,
) -> None:
    query = box_of(viewer, "ctc").replace("keys=ctc", 'keys={"13":"ok","27":"back","39":"right"}')
    viewer.switch_on(COURSE, query=query)
    viewer.waits_until("() => nk.hasPart('more')")
    viewer.press("ok")
    reaches(viewer, 2.2)
    assert viewer.page.locator(".remote").count() == 0
    viewer.page.evaluate("() => { nk.onKey(259, 'keydown'); nk.onKey(259, 'keyup') }")  # volume
    assert viewer.page.locator(".remote").count() == 0
    viewer.page.evaluate("() => window.tape.tells.failed()")
    viewer.sees("正在重新连接")


def test_where_a_box_cannot_play_the_engine_takes_over(viewer: Viewer) -> None:
    box_of(viewer, "ctc")
    # A MediaPlayer that knows channels only, and breaks on every address.
    viewer.page.add_init_script("Tape.prototype.open = function () { this.tells.failed() }")
    viewer.switch_on(COURSE, query="?keys=ctc")
    viewer.press("ok")
    viewer.watches(0.5)


def test_a_box_that_does_not_seek_is_found_out(viewer: Viewer) -> None:
    query = box_of(viewer, "ctc")
    viewer.page.add_init_script("window.boxCannotSeek = true")
    viewer.switch_on(COURSE, query=query)
    viewer.press("ok")
    reaches(viewer, 2.2)
    viewer.press("right")
    reaches(viewer, 9)
    viewer.press("right")
    viewer.sees("不能快进")
    pauses(viewer, yes=False)


@pytest.mark.parametrize(("player", "can"), [("native", True), ("hls", True), ("ctc", False)])
def test_slower_speed_is_offered_where_the_engine_has_it(
    viewer: Viewer, player: str, can: bool
) -> None:
    viewer.switch_on(COURSE, query=box_of(viewer, player))
    viewer.waits_until("() => nk.hasPart('watch')")
    quiet = "{playing() {}, waiting() {}, paused() {}, ended() {}, failed() {}, wanted: () => true}"
    viewer.page.evaluate(
        "(name) => { window.box = nk.players.filter((p) => p.name === name)[0]"
        f".make({quiet}); box.load('/media/film/multivariant.m3u8', 0) }}",
        player,
    )
    reaches(viewer, 0.3)
    assert viewer.page.evaluate("box.can.speed") == can
    viewer.page.evaluate("() => { box.setSpeed(0.75); box.useTrack(0) }")
    if can:
        assert viewer.page.evaluate("document.querySelector('video').playbackRate") == 0.75
    assert viewer.page.evaluate("Array.isArray(box.tracks())")
    viewer.page.evaluate("() => box.stop()")
