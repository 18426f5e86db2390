"""From OK to the first frame on a good line, and a whole lesson on a thin one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.table import Figure
from tests.bench.tv.wire import wire
from tests.bench.tv.world import START, World
from tests.tv.viewer import Viewer
from tests.tv.wpe import Wpe, wpe

GOOD_BPS, THIN_BPS = 4_000_000, 600_000
COURSE = "#/course/501"
# What the page takes of itself, by engine; Chromium's own HLS is there for comparison.
CHOSEN, WPE = "Chromium (hls.js)", "WPE (its own HLS)"
TAKEN = (CHOSEN, WPE)
CHROMIUM = {CHOSEN: "", "Chromium's own HLS, which the page leaves": "&player=native"}
RUNS = 5
# Of a lesson on the thin line all is watched but the last seconds.
UNWATCHED_S = 5
# Engines say "waiting" at a change of rung too, and "playing" a moment later.
SEEN_S = 0.1
SECOND = "(s) => { const v = document.querySelector('video'); return v && v.currentTime > s }"
# For every video that the page will make. Where frames can't be noticed, the picture has
# moved when its time has.
NOTICE = """
  window.okAt_ms = 0; window.firstFrame_ms = 0; window.stalls = []; window.pictured = false;
  window.addEventListener('keydown', function (event) {
    okAt_ms = okAt_ms || performance.now();
  }, true);
  document.addEventListener('playing', function (event) {
    if (pictured) {
      if (stalls.length) { stalls[stalls.length - 1][1] = performance.now(); }
      return;
    }
    pictured = true;
    if (event.target.requestVideoFrameCallback) {
      event.target.requestVideoFrameCallback(function (now) { firstFrame_ms = now - okAt_ms; });
    }
  }, true);
  document.addEventListener('timeupdate', function (event) {
    if (!firstFrame_ms && pictured && event.target.currentTime > 0) {
      firstFrame_ms = performance.now() - okAt_ms;
    }
  }, true);
  document.addEventListener('waiting', function () {
    if (pictured) { stalls.push([performance.now(), 0]); }
  }, true);
"""


def start_figures(world: World) -> Iterator[Figure]:
    """A course's screen is open, somebody presses OK."""
    with wire(world.url, line_bps=GOOD_BPS) as url:
        runs_s = {
            name: [_first_frame_s(world, url, query) for _ in range(RUNS)]
            for name, query in CHROMIUM.items()
        }
        runs_s[WPE] = [_wpe_start_s(world, url, run) for run in range(RUNS)]
    for whose, measured in runs_s.items():
        goal_s = 2 if whose in TAKEN else None
        yield Figure.of_runs(f"OK to the first frame, 4 Mbit/s, {whose}", measured, goal_s)


def _watcher(world: World, url: str, query: str) -> Viewer:
    """Before a course, all of the page loaded."""
    viewer = Viewer(world.box().new_page(), url)
    viewer.page.add_init_script(NOTICE)
    viewer.switch_on(COURSE, query=START + query)
    viewer.waits_until("() => nk.hasPart('watch')")
    viewer.page.wait_for_load_state("networkidle")
    return viewer


def _first_frame_s(world: World, url: str, query: str) -> float:
    viewer = _watcher(world, url, query)
    viewer.press("ok")
    viewer.page.wait_for_function("() => window.firstFrame_ms > 0", timeout=60_000)
    first_s = float(viewer.page.evaluate("firstFrame_ms")) / 1000
    viewer.page.context.close()
    return first_s


@contextmanager
def _wpe_watcher(world: World, url: str, name: str) -> Iterator[Wpe]:
    """The same in WPE."""
    home = world.folder / name
    home.mkdir()
    with wpe(home, url) as box:
        box.switch_on(COURSE, query=START)
        box.waits_until("nk.hasPart('watch') && nk.hasPart('more')")
        box.script(f"(function () {{ {NOTICE} }}())")
        yield box


def _wpe_start_s(world: World, url: str, run: int) -> float:
    with _wpe_watcher(world, url, f"wpe-start-{run}") as box:
        box.press("ok")
        box.waits_until("firstFrame_ms > 0")
        return float(box.script("firstFrame_ms")) / 1000


def line_figures(world: World) -> Iterator[Figure]:
    """Stalls after the first frame, through most of a lesson."""
    with wire(world.url, line_bps=THIN_BPS) as url:
        for name, query in CHROMIUM.items():
            viewer = _watcher(world, url, query)
            viewer.press("ok")
            viewer.page.wait_for_function(SECOND, arg=world.film_s - UNWATCHED_S, timeout=180_000)
            stalls = viewer.page.evaluate("stalls")
            first_s = float(viewer.page.evaluate("firstFrame_ms")) / 1000
            yield _stalls(name, stalls, first_s, goal=0 if name == CHOSEN else None)
            viewer.page.context.close()
        with _wpe_watcher(world, url, "wpe-line") as box:
            box.press("ok")
            box.waits_until(f"({SECOND})({world.film_s - UNWATCHED_S})", 180)
            first_s = float(box.script("firstFrame_ms")) / 1000
            yield _stalls(WPE, box.script("stalls"), first_s, goal=0)


def _stalls(whose: str, stalls: list[list[float]], first_s: float, goal: float | None) -> Figure:
    lengths_s = [(end - begin) / 1000 if end else math.inf for begin, end in stalls]
    seen = [f"{s:.1f} s" if math.isfinite(s) else "to the end" for s in lengths_s if s >= SEEN_S]
    return Figure(
        measure=f"stalls on 600 kbit/s, {whose}",
        measured=len(seen),
        goal=goal,
        unit="",
        detail="; ".join([f"first frame after {first_s:.1f} s", *seen]),
    )
