"""A film with two sound tracks in an engine that plays by hls.js."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tv.stand_in import SOUNDTRACKS, StandIn, make_film
from tests.tv.test_over_picture import COURSE, choose
from tests.tv.viewer import Viewer

# The loudest frequency of what the element plays, in steps of 23 Hz.
LISTEN = """() => {
  const sound = new AudioContext({ sampleRate: 48000 });
  window.ear = new AnalyserNode(sound, { fftSize: 2048, smoothingTimeConstant: 0 });
  sound.createMediaElementSource(document.querySelector('video')).connect(ear);
}"""
HEARS = """(hz) => {
  const heard = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(heard);
  const loudest = heard.indexOf(Math.max(...heard));
  return heard[loudest] > -60 && Math.abs(loudest * 48000 / 2048 - hz) < 40;
}"""


@pytest.fixture
def bilingual(viewer: Viewer, stand_in: StandIn, media: Path) -> Viewer:
    """Somebody who watches it."""
    if not (media / "bilingual").exists():
        make_film(media / "bilingual", 40, further_sound=True)
    stand_in.playback = {
        "playlist": "/media/bilingual/multivariant.m3u8",
        "duration_s": 40,
        "soundtracks": SOUNDTRACKS,
    }
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.5)
    return viewer


def test_the_second_language_can_be_chosen_heard_and_left_again(bilingual: Viewer) -> None:
    bilingual.page.evaluate(LISTEN)
    bilingual.waits_until(HEARS, 440)
    choose(bilingual, "苗语", "back")
    bilingual.waits_until(HEARS, 880)
    choose(bilingual, "原声", "back")
    bilingual.waits_until(HEARS, 440)


def test_the_language_chosen_holds_for_the_next_lesson(bilingual: Viewer) -> None:
    choose(bilingual, "苗语", "back")
    bilingual.press("back")
    bilingual.page.reload()
    bilingual.page.wait_for_selector(".on")
    with bilingual.page.expect_request("**/audio-2/media0.ts"):
        bilingual.press("ok")
    bilingual.watches(0.5)
    bilingual.page.evaluate(LISTEN)
    bilingual.waits_until(HEARS, 880)


def test_the_larger_hls_js_is_fetched_for_several_tracks_only(
    bilingual: Viewer, stand_in: StandIn
) -> None:
    stand_in.playback.clear()
    fetched: list[str] = []
    bilingual.page.on("request", lambda request: fetched.append(request.url))
    bilingual.page.reload()
    bilingual.watches(0.5)
    builds = {name for name in ("hls.light.min.js", "hls.min.js") if name in "".join(fetched)}
    assert builds == {"hls.light.min.js"}
