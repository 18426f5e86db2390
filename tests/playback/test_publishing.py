"""Who watches while a fuller package takes the first one's place notices nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, TimeoutError

from app.house import House
from tests.conftest import make_film
from tests.pipeline.following import send, video_of, wait_for
from tests.playback.test_hls_js import fatal_errors
from tests.service import Service, wait_until
from tests.visiting import open_site

STATE = """JSON.stringify([
  video.currentTime, video.readyState, video.paused, video.seeking, hls.levels.length, seen,
  Array.from(video.buffered, (_, n) => [video.buffered.start(n), video.buffered.end(n)]),
])"""


def test_a_viewer_plays_on_to_the_end_while_the_fuller_package_is_published(
    house: House, service: Service, page: Page, served: Callable[[Path], str],
    tmp_path: Path, ffmpeg: str,
) -> None:  # fmt: skip
    make_film(ffmpeg, tmp_path / "film.mp4", duration_s=16, size="640x480")
    service.env["NONGKE_CHUNK_S"] = "4"
    video_id = send(house, tmp_path / "film.mp4")
    service.start_worker()
    early = wait_until(
        lambda: (v := video_of(house, video_id)).package_id and v,
        what="the early package",
        gone=service._gone("worker"),
    )
    assert early.state != "ready"
    with open_site(house) as site:
        package = f"{site.url}/media/{early.package_prefix}/multivariant.m3u8"
        # Only what is needed next is fetched, and slowly: the rest is asked for afterwards.
        page.add_init_script("testSettings = {maxBufferLength: 1, maxMaxBufferLength: 1}")
        page.goto(f"{served(tmp_path)}/player.html?{package}")
        page.evaluate("video.playbackRate = 0.1")
        page.wait_for_function("video.currentTime > 0")
        video = wait_for(house, service, video_id, "ready", "failed")
        assert video.package_id != early.package_id
        assert page.evaluate("video.buffered.end(0) < 12 && !video.paused")
        page.evaluate("hls.config.maxBufferLength = hls.config.maxMaxBufferLength = 30")
        page.evaluate("video.playbackRate = 2")
        try:
            page.wait_for_function("video.ended", timeout=120_000)
        except TimeoutError as vain:
            vain.add_note(page.evaluate(STATE))
            raise
        assert fatal_errors(page) == []
        assert page.evaluate("hls.levels.length") == 2
