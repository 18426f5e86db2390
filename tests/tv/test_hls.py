"""What hls.js is told: to begin small, to fetch no more than a box can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tv.stand_in import StandIn, make_film
from tests.tv.viewer import Viewer

COURSE = "#/course/501"
LONG_S = 80
SEGMENT_S = 4


@pytest.fixture
def fetched(viewer: Viewer) -> list[str]:
    """Segments in the order in which they came, as low/0."""
    found: list[str] = []

    def note(address: str) -> None:
        segment = re.search(r"/(\w+)/media(\d+)\.ts$", address)
        if segment:
            found.append("/".join(segment.groups()))

    viewer.page.on("requestfinished", lambda request: note(request.url))
    return found


def begin(viewer: Viewer) -> None:
    viewer.switch_on(COURSE, query="?player=hls")
    viewer.press("ok")
    viewer.watches(0.5)


def test_the_smallest_rung_begins_and_the_larger_one_follows(
    viewer: Viewer, fetched: list[str]
) -> None:
    begin(viewer)
    viewer.waits_for(lambda: any(name.startswith("high/") for name in fetched))
    assert fetched[0] == "low/0"


def test_no_rung_larger_than_the_screen_is_fetched(viewer: Viewer, fetched: list[str]) -> None:
    viewer.page.set_viewport_size({"width": 160, "height": 90})
    begin(viewer)
    viewer.waits_for(lambda: len(fetched) >= 5)
    assert {name.split("/")[0] for name in fetched} == {"low"}


BUFFERED = "document.querySelector('video').buffered"


@pytest.mark.parametrize(("video_bps", "most_s"), [(300_000, 30), (6_400_000, 20)])
def test_no_more_is_fetched_than_a_box_can_hold(
    viewer: Viewer, stand_in: StandIn, media: Path, video_bps: int, most_s: int
) -> None:
    """Ahead: 30 s, and of a film of which they would be more than 8 MB, 20. Behind: 10 s."""
    film = media / f"long-{video_bps}"
    make_film(film, LONG_S)
    playlist = film / "multivariant.m3u8"
    playlist.write_text(re.sub(r":BANDWIDTH=\d+", f":BANDWIDTH={video_bps}", playlist.read_text()))
    stand_in.playback = {"playlist": f"/media/{film.name}/{playlist.name}", "duration_s": LONG_S}
    begin(viewer)
    viewer.watches(4)
    ahead_s = viewer.page.evaluate(
        f"{BUFFERED}.end({BUFFERED}.length - 1) - document.querySelector('video').currentTime"
    )
    assert most_s - SEGMENT_S <= ahead_s <= most_s + SEGMENT_S
    viewer.press("right", "right", "right", "right")
    viewer.waits_until(f"() => {BUFFERED}.start(0) > {2 * SEGMENT_S}")
    assert viewer.page.workers == []


@pytest.mark.parametrize("player", ["native", "hls"])
def test_the_engine_is_asked_to_play_only_what_is_there(viewer: Viewer, player: str) -> None:
    viewer.page.add_init_script(
        "window.asked = []; const play = HTMLMediaElement.prototype.play;"
        "HTMLMediaElement.prototype.play = function () {"
        " asked.push(this.readyState); return play.call(this) }"
    )
    viewer.switch_on(COURSE, query=f"?player={player}")
    viewer.press("ok")
    viewer.watches(0.5)
    asked = viewer.page.evaluate("asked")
    assert asked
    assert min(asked) >= 3, "play() before HAVE_FUTURE_DATA"
