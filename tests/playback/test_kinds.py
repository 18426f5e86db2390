"""The package of every kind of source plays in FFmpeg, in GStreamer, and in hls.js."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.playback.test_gstreamer import played
from tests.playback.test_hls_js import fatal_errors, opened
from tests.transcode.conftest import PackagedOnce
from tests.transcode.test_sources import KINDS
from transcode.oneshot import Report
from transcode.playlists import parse_multivariant

Served = Callable[[Path], str]
Packaged = tuple[Path, Report]


@pytest.fixture(params=KINDS)
def of_a_kind(request: pytest.FixtureRequest, packaged_once: PackagedOnce) -> Packaged:
    return packaged_once(request.param, *KINDS[request.param][0])


@pytest.fixture(scope="module")
def same_page(browser: Browser) -> Iterator[Page]:
    """One page for all films, as a box has."""
    page = browser.new_page()
    yield page
    page.close()


def test_ffmpeg_decodes_all_rungs_without_an_error(of_a_kind: Packaged, ffmpeg: str) -> None:
    folder, report = of_a_kind
    command = [ffmpeg, "-nostdin", "-v", "error", "-xerror"]
    playlist = ["-i", str(folder / "multivariant.m3u8"), "-map", "0:v", "-map", "0:a"]
    done = subprocess.run(
        [*command, *playlist, "-fps_mode", "passthrough", "-f", "framecrc", "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    frames = Counter(int(line.partition(",")[0]) for line in lines)
    # FFmpeg has the rungs in the playlist's order, which is not the plan's.
    listed = parse_multivariant((folder / "multivariant.m3u8").read_text()).variants
    steps_of = {rung.name: rung.frame_step for rung in report.plan.rungs}
    steps = [steps_of[variant.uri.split("/")[0]] for variant in listed]
    assert len(steps) == len(steps_of)
    assert len(frames) == 2 * len(steps)
    assert [frames[n] for n in range(len(steps))] == [report.plan.total_frames // s for s in steps]


def test_gstreamer_plays_to_the_end(of_a_kind: Packaged, served: Served) -> None:
    done = played(served(of_a_kind[0]))
    assert done.returncode == 0, done.stderr
    assert "EOS" in done.stdout


def test_hls_js_moves_seeks_changes_the_rung_and_ends(
    same_page: Page, served: Served, of_a_kind: Packaged
) -> None:
    folder, report = of_a_kind
    page, duration_s = same_page, report.plan.duration_s
    opened(page, served(folder))
    page.evaluate("video.playbackRate = 4")
    levels = range(len(report.plan.rungs))
    for level in [*levels, *reversed(levels[:-1])]:
        # Not to 0: there is no picture yet, and hls.js gives up on a viewer who insists on it.
        page.evaluate(f"hls.currentLevel = {level}; video.currentTime = 0.5; void video.play()")
        page.wait_for_function(f"hls.currentLevel === {level} && video.currentTime > 0.6")
    page.evaluate(f"video.currentTime = {duration_s - 0.5}; void video.play()")
    page.wait_for_function(f"!video.seeking && video.currentTime > {duration_s - 0.4}")
    page.wait_for_function("video.ended")
    # hls.js begins its clock with the first picture's decoding, two pictures before its showing.
    reordering_s = 2 / float(report.plan.rungs[-1].fps)
    assert page.evaluate("video.duration") == pytest.approx(duration_s, abs=0.1 + reordering_s)
    assert fatal_errors(page) == []
