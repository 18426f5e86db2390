"""hls.js reports by its own CMCD reporter what it plays, and that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import text

from app.house import House
from catalog.tables import Lesson
from player_api.reports.tallies import recount
from player_api.seen import from_multirange
from tests.playback.conftest import HLS_JS
from tests.player_api.box import API, Viewer
from tests.player_api.conftest import library, url, viewer  # noqa: F401 - the same library
from tests.service import wait_until
from transcode.oneshot import Report
from transcode.tables import Video

PAGE = Path(__file__).with_name("cmcd.html").read_text()
README = (Path(__file__).parents[2] / "README.md").read_text()
INTERVAL = "    includeKeys: ['sid'"
NEAR_MS = 1_000
Spans = list[tuple[float, float]]


class Watcher:
    """A household whose box plays a lesson in a page of the operator's own."""

    def __init__(self, page: Page, viewer: Viewer, lesson: int) -> None:  # noqa: F811
        self.page, self.viewer, self.lesson = page, viewer, lesson
        self.target = f"{API}/cmcd/{lesson}"

    def open(self, *, interval_s: int) -> None:
        """Open the page and begin."""
        playlist = self.viewer.get(f"lessons/{self.lesson}/playback").json()["playlist"]
        asked = {"source": playlist, "lesson": self.lesson, "token": self.viewer.token}
        body = page_of_ones_own(interval_s)
        self.page.route(
            "**/cmcd.html?**", lambda route: route.fulfill(body=body, content_type="text/html")
        )
        self.page.goto(f"{self.viewer.client.base_url}/cmcd.html?{urlencode(asked)}")
        self.play_from(0)

    def play_from(self, place_s: float) -> None:
        self.page.wait_for_function("video.readyState > 2")
        self.page.evaluate(f"{place_s} && (video.currentTime = {place_s}); void video.play()")
        self.page.wait_for_function(f"!video.seeking && video.currentTime > {place_s}")

    def watch_until(self, place_s: float) -> None:
        self.page.wait_for_function(f"video.currentTime > {place_s}")

    def pause(self) -> None:
        self.page.evaluate("video.pause()")
        self.page.wait_for_function("video.paused")

    def finish(self) -> None:
        self.page.wait_for_function("video.ended && sent.join().includes('sta=e')")
        self.page.wait_for_function("sent.every(function (body) { return taken[body]; })")

    @property
    def played(self) -> Spans:
        """What the browser itself says it has played, in ms."""
        found: list[list[float]] = self.page.evaluate(
            "[...Array(video.played.length).keys()]"
            ".map(n => [video.played.start(n) * 1000, video.played.end(n) * 1000])"
        )
        return [(start, end) for start, end in found]

    @property
    def sent(self) -> list[str]:
        found: list[str] = self.page.evaluate("sent")
        return found


@pytest.fixture
def watcher(
    page: Page,
    viewer: Viewer,  # noqa: F811
    house: House,
    library: dict[str, int],  # noqa: F811
    packaged: tuple[Path, Report],
) -> Iterator[Watcher]:
    """A box in front of ten seconds of real film."""
    folder, report = packaged
    with house.db.begin() as session:
        lesson = session.get_one(Lesson, library["点蜡"])
        video = session.get_one(Video, lesson.video_id)
        video.duration_ms = round(report.plan.duration_s * 1000)
        prefix = video.package_prefix
    for file in folder.rglob("*"):
        if file.is_file():
            house.storage.put(f"{prefix}/{file.relative_to(folder).as_posix()}", file)
    page.route("**/hls.js", lambda route: route.fulfill(path=HLS_JS))
    yield Watcher(page, viewer, library["点蜡"])


def page_of_ones_own(interval_s: int) -> str:
    """A page with the code that the README gives to operators."""
    (code,) = re.findall(r"```js\n(.*?)```", README, re.DOTALL)
    assert INTERVAL in code
    code = code.replace(INTERVAL, f"    interval: {interval_s},\n{INTERVAL}")
    return PAGE.replace("/* the README's example */", code)


def plays(house: House) -> list[Any]:
    query = text(
        "SELECT CAST(watched AS text) AS watched, watch_ms, distinct_ms, state, is_play, id"
        " FROM play ORDER BY started_at"
    )
    with house.db.begin() as session:
        assert recount(session) == []
        return list(session.execute(query))


def near(watched: str, played: Spans) -> bool:
    """Whether both are the same parts, each end and the sum within a second."""
    spans = from_multirange(watched)
    if len(spans) != len(played):
        return False
    ends = zip(sum(spans, ()), sum(played, ()), strict=True)
    lengths = sum(end - start for start, end in spans) - sum(end - start for start, end in played)
    return abs(lengths) <= NEAR_MS and all(abs(one - other) <= NEAR_MS for one, other in ends)


@pytest.mark.parametrize("interval_s", [1, 30])
def test_what_hls_js_plays_counts_within_a_second(
    watcher: Watcher, house: House, interval_s: int
) -> None:
    watcher.open(interval_s=interval_s)
    watcher.watch_until(3.5)
    watcher.pause()
    watcher.play_from(7)
    watcher.finish()
    (play,) = plays(house)
    assert len(watcher.played) == 2
    assert near(play.watched, watcher.played), (play.watched, watcher.played)
    watch_ms = sum(end_ms - start_ms for start_ms, end_ms in watcher.played)
    assert abs(play.watch_ms - watch_ms) <= NEAR_MS
    assert (play.state, play.is_play) == ("ended", True)


def test_reports_that_come_twice_count_once(watcher: Watcher, house: House) -> None:
    watcher.open(interval_s=1)
    watcher.play_from(6)
    watcher.finish()
    before = plays(house)
    address = f"{watcher.viewer.client.base_url}{watcher.target}"
    for body in reversed(watcher.sent):
        answer = httpx.post(address, content=body, headers=watcher.viewer.headers)
        assert answer.json()["refused"] == []
    assert plays(house) == before


def test_hls_js_sends_again_what_found_no_server(watcher: Watcher, house: House) -> None:
    answers = iter([503, 429, None, 503])

    def break_off(route: Route) -> None:
        status = next(answers, 200)
        if status == 200:
            route.continue_()
        elif status is None:
            route.abort()
        else:
            route.fulfill(status=status)

    watcher.page.route("**/cmcd/*?sent=*", break_off)
    watcher.open(interval_s=1)
    watcher.watch_until(1.5)
    watcher.play_from(5)
    watcher.finish()
    assert next(answers, "none left") == "none left"
    assert len(watcher.sent) >= len(set(watcher.sent)) + 4
    (play,) = plays(house)
    assert near(play.watched, watcher.played), (play.watched, watcher.played)


def test_a_page_that_is_opened_again_begins_another_play(watcher: Watcher, house: House) -> None:
    watcher.open(interval_s=30)
    watcher.watch_until(3.5)
    played = watcher.played
    watcher.page.reload()
    watcher.play_from(4)
    watcher.finish()
    wait_until(lambda: near(plays(house)[0].watched, played), what="the report of leaving")
    first, second = plays(house)
    assert first.is_play and second.is_play
    assert near(second.watched, watcher.played), (second.watched, watcher.played)
