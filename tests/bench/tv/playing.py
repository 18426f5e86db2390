"""From OK to the first frame on a good line, and a whole lesson on a thin one."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench.table import Figure
from tests.bench.tv.wire import wire
from tests.bench.tv.world import START, World
from tests.tv.viewer import Viewer
from tests.tv.wpe import wpe

GOOD_BPS, THIN_BPS = 4_000_000, 600_000
COURSE = "#/course/501"
PLAYERS = ("native", "hls")
RUNS = 5
# Of a lesson on the thin line all is watched but the last seconds.
UNWATCHED_S = 5
SECOND = "(s) => { const v = document.querySelector('video'); return v && v.currentTime > s }"
# For every video that the page will make.
NOTICE = """
  window.okAt_ms = 0; window.firstFrame_ms = 0; window.stalls = []; window.pictured = false;
  window.addEventListener('keydown', function (event) {
    okAt_ms = okAt_ms || event.timeStamp;
  }, true);
  document.addEventListener('playing', function (event) {
    if (pictured) {
      if (stalls.length) { stalls[stalls.length - 1][1] = performance.now(); }
      return;
    }
    pictured = true;
    event.target.requestVideoFrameCallback(function (now) { firstFrame_ms = now - okAt_ms; });
  }, true);
  document.addEventListener('waiting', function () {
    if (pictured) { stalls.push([performance.now(), 0]); }
  }, true);
"""


def start_figures(world: World) -> Iterator[Figure]:
    """A course's screen is open, somebody presses OK."""
    with wire(world.url, line_bps=GOOD_BPS) as url:
        for player in PLAYERS:
            measured = [_first_frame_s(world, url, player) for _ in range(RUNS)]
            yield Figure(
                measure=f"OK to the first frame, 4 Mbit/s, {player} in Chromium",
                measured=statistics.median(measured),
                goal=2,
                unit="s",
                detail="runs: " + ", ".join(f"{s:.2f}" for s in measured),
            )


def _watcher(world: World, url: str, player: str) -> Viewer:
    """Before a course, all of the page loaded."""
    viewer = Viewer(world.box().new_page(), url)
    viewer.page.add_init_script(NOTICE)
    viewer.switch_on(COURSE, query=f"{START}&player={player}")
    viewer.waits_until("() => nk.hasPart('watch')")
    viewer.page.wait_for_load_state("networkidle")
    return viewer


def _first_frame_s(world: World, url: str, player: str) -> float:
    viewer = _watcher(world, url, player)
    viewer.press("ok")
    viewer.page.wait_for_function("() => window.firstFrame_ms > 0", timeout=60_000)
    first_s = float(viewer.page.evaluate("firstFrame_ms")) / 1000
    viewer.page.context.close()
    return first_s


def line_figures(world: World) -> Iterator[Figure]:
    """Stalls after the first frame, through most of a lesson."""
    with wire(world.url, line_bps=THIN_BPS) as url:
        for player in PLAYERS:
            viewer = _watcher(world, url, player)
            viewer.press("ok")
            viewer.page.wait_for_function(SECOND, arg=world.film_s - UNWATCHED_S, timeout=180_000)
            stalls = viewer.page.evaluate("stalls")
            first_s = float(viewer.page.evaluate("firstFrame_ms")) / 1000
            yield _stalls(f"{player} in Chromium", stalls, f"first frame after {first_s:.1f} s")
            viewer.page.context.close()
        yield _wpe_line(world, url)


def _wpe_line(world: World, url: str) -> Figure:
    home = world.folder / "wpe-line"
    home.mkdir()
    with wpe(home, url) as box:
        box.switch_on(COURSE, query=START)
        box.script(
            f"(function () {{ {NOTICE.replace('requestVideoFrameCallback', 'toString')} }}())"
        )
        box.press("ok")
        end_s = world.film_s - UNWATCHED_S
        box.waits_until(f"document.querySelector('video').currentTime > {end_s}", 180)
        return _stalls("WPE", box.script("stalls"), "")


def _stalls(whose: str, stalls: list[list[float]], detail: str) -> Figure:
    lengths = [f"{(end - begin) / 1000:.1f} s" for begin, end in stalls if end]
    return Figure(
        measure=f"stalls on 600 kbit/s, {whose}",
        measured=len(stalls),
        goal=0,
        unit="",
        detail="; ".join(filter(None, [detail, ", ".join(lengths)])),
    )
