"""Captions and a second language in players, and players that know of neither."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.playback.conftest import HLS_JS
from tests.playback.test_gstreamer import played
from tests.playback.test_hls_js import fatal_errors, opened
from transcode.oneshot import Report

Served = Callable[[Path], str]
Packaged = tuple[Path, Report]
CUES = "[...video.textTracks].flatMap(track => [...(track.cues || [])])"
# The frequency that is heard most.
PITCH_HZ = """() => {
  window.ear ||= (() => {
    video.muted = false;
    const context = new AudioContext();
    const ear = context.createAnalyser();
    ear.fftSize = 8192;
    context.createMediaElementSource(video).connect(ear);
    return ear;
  })();
  const heights = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(heights);
  const hz = heights.indexOf(Math.max(...heights)) * ear.context.sampleRate / ear.fftSize;
  return Math.abs(hz - WANTED) < 20;
}"""


def hears(page: Page, hz: int) -> None:
    page.wait_for_function(PITCH_HZ.replace("WANTED", str(hz)))


def test_captions_come_at_their_second(
    page: Page,
    served: Served,
    packaged_lesson: Packaged,
) -> None:
    opened(page, served(packaged_lesson[0]))
    assert page.evaluate("hls.subtitleTracks.map(t => [t.name, t.lang])") == [["中文", "zh"]]
    page.evaluate("hls.subtitleTrack = 0, hls.subtitleDisplay = true")
    page.wait_for_function(f"{CUES}.length > 1")
    page.evaluate("video.currentTime = 8")
    page.wait_for_function(f"{CUES}.some(cue => cue.startTime > 8)")
    times = page.evaluate(f"{CUES}.map(cue => [cue.startTime, cue.endTime])")
    # hls.js begins its clock with the first picture's decoding; the lesson begins with its showing.
    zero_s = page.evaluate("video.buffered.start(0)")
    shown = sorted({(round(start - zero_s, 2), round(end - zero_s, 2)) for start, end in times})
    assert shown == [(1, 2.5), (3.5, 5), (8.2, 9)]


def test_a_viewer_may_change_the_language_in_mid_play(
    page: Page,
    served: Served,
    packaged_lesson: Packaged,
) -> None:
    opened(page, served(packaged_lesson[0]))
    assert page.evaluate("hls.audioTracks.map(t => t.name)") == ["中文", "English"]
    hears(page, 440)
    page.evaluate("hls.audioTrack = 1")
    hears(page, 880)
    assert fatal_errors(page) == []


def test_the_light_build_of_hls_js_plays_the_main_language(
    page: Page,
    served: Served,
    packaged_lesson: Packaged,
) -> None:
    page.route("**/hls.js", lambda route: route.fulfill(path=HLS_JS.with_name("hls.light.min.js")))
    opened(page, served(packaged_lesson[0]))
    hears(page, 440)
    assert fatal_errors(page) == []


def test_gstreamer_plays_a_package_with_all_extras(
    served: Served,
    packaged_lesson: Packaged,
) -> None:
    done = played(served(packaged_lesson[0]))
    assert done.returncode == 0, done.stderr
    assert "EOS" in done.stdout


@pytest.mark.parametrize(("kind", "count"), [("v", 2), ("a", 3)])
def test_ffmpeg_reads_every_rendition(
    packaged_lesson: Packaged,
    ffmpeg: str,
    kind: str,
    count: int,
) -> None:
    playlist = str(packaged_lesson[0] / "multivariant.m3u8")
    for number in range(count):
        done = subprocess.run(
            [ffmpeg, "-nostdin", "-v", "error", "-i", playlist]
            + ["-map", f"0:{kind}:{number}", "-f", "null", "-"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert done.stderr == ""


def test_ffmpeg_shows_captions_at_their_second(
    packaged_lesson: Packaged,
    ffmpeg: str,
) -> None:
    playlist = str(packaged_lesson[0] / "multivariant.m3u8")
    command = [ffmpeg, "-nostdin", "-v", "error", "-copyts", "-i", playlist, "-map", "0:v:0"]
    copied = ["-map", "0:s:0", "-c", "copy", "-f", "framecrc", "-"]
    done = subprocess.run([*command, *copied], check=True, capture_output=True, text=True)
    lines = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    zero_s = min(int(line[2]) for line in lines if line[0] == "0") / 90_000
    shown_s = {round(int(line[2]) / 1000 - zero_s, 2) for line in lines if line[0] == "1"}
    # The very first one FFmpeg uses up while it looks what the streams are.
    assert {3.5, 8.2} <= shown_s <= {1, 3.5, 8.2}
