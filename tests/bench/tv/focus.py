"""From the start of the page to the first thing in focus, painted: slow processor, thin line."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import BrowserContext

from tests.bench.table import Figure
from tests.bench.tv.wire import wire
from tests.bench.tv.world import START, World

LINE_BPS = 1_000_000
SLOWER = 6
RUNS = 5
# The second frame after the one in which the focus appeared has painted it for certain.
NOTICE = """
  window.firstFocus_ms = 0;
  (function look() {
    if (!document.querySelector('.on')) { requestAnimationFrame(look); return; }
    requestAnimationFrame(function () {
      requestAnimationFrame(function () { window.firstFocus_ms = performance.now(); });
    });
  }());
"""


def focus_figures(world: World) -> Iterator[Figure]:
    """Cold: a box that was never here. Warm: the same box at its next power-on."""
    cold, warm = [], []
    with wire(world.url, line_bps=LINE_BPS) as url:
        for _ in range(RUNS):
            box = world.box()
            cold.append(_first_focus_s(box, url))
            warm.append(_first_focus_s(box, url))
            box.close()
    for name, goal, measured in (("cold", 3.0, cold), ("warm", 1.5, warm)):
        measure = f"first focus, {name}, 6× slower CPU, 1 Mbit/s"
        yield Figure.of_runs(measure, measured, goal)


def _first_focus_s(box: BrowserContext, url: str) -> float:
    page = box.new_page()
    page.add_init_script(NOTICE)
    box.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{url}/tv/{START}", wait_until="commit")
    page.wait_for_function("() => window.firstFocus_ms > 0", timeout=60_000)
    first_s = float(page.evaluate("window.firstFocus_ms")) / 1000
    # What comes after the first screen belongs to the cache of the next start.
    page.wait_for_function("() => nk.hasPart('watch') && nk.hasPart('more')", timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.close()
    return first_s
