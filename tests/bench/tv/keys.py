"""From a key to the frame that shows what it did, on a box twenty times slower."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.bench.table import Figure
from tests.bench.tv.world import START, World
from tests.tv.viewer import Viewer

SLOWER = 20
PRESSES = 100  # on each screen, and on those that it leads to
BETWEEN_MS = 200  # a quick thumb
SCREENS = ("#/home", "#/category/{}", "#/course/501")
MANY = 5_000
WALK = {"left": 3, "right": 6, "up": 3, "down": 6, "ok": 1, "back": 1}
# The browser's own account: from when it received a key to the frame that shows what came of
# it, in steps of 8 ms. What is quicker than two frames it leaves out.
QUICKEST_MS = 16
TIMING = """
  window.painted_ms = [];
  new PerformanceObserver(function (list) {
    list.getEntriesByName('keydown').forEach(function (key) { painted_ms.push(key.duration); });
  }).observe({ type: 'event', durationThreshold: 16 });
  window.frames_seen = 0;
  window.addEventListener('keydown', function () {
    requestAnimationFrame(function () {
      requestAnimationFrame(function () { frames_seen += 1; });
    });
  }, true);
"""


def keys_figures(world: World) -> Iterator[Figure]:
    """With the library as it is, and with as many courses as nobody has."""
    menu = httpx.get(f"{world.url}/api/player/v1/menu").json()
    for document in (menu, enlarged(menu, MANY)):
        measured = _walked(world, document)
        edge = statistics.quantiles(measured, n=20)[-1]
        yield Figure(
            measure=f"key to paint, p95, {len(document['courses'])} courses, 20× slower",
            measured=edge,
            goal=100,
            unit="ms",
            detail=f"median {statistics.median(measured):.0f}, most {max(measured):.0f} ms, "
            f"{len(measured)} presses, a third each from home, a category and a course on",
        )


def enlarged(menu: dict[str, Any], count: int) -> dict[str, Any]:
    """The same courses again and again, with numbers and lessons of their own."""
    courses = []
    for at in range(count):
        course = menu["courses"][at % len(menu["courses"])]
        lessons = [
            {**lesson, "id": 1_000_000 + at * 100 + n} for n, lesson in enumerate(course["lessons"])
        ]
        courses.append({**course, "id": at + 1, "number": str(100 + at), "lessons": lessons})
    return {**menu, "version": f"{menu['version']}-{count}", "courses": courses}


def _walked(world: World, document: dict[str, Any]) -> list[float]:
    box = world.box()
    page = box.new_page()
    page.route("**/api/player/v1/menu", lambda route: route.fulfill(json=document))
    page.route("**/api/player/v1/menu/list", lambda route: route.fulfill(json=document))
    page.route("**/api/player/v1/menu/words", lambda route: route.fulfill(json=_words(document)))
    viewer = Viewer(page, world.url)
    viewer.switch_on(query=START)
    page.evaluate(TIMING)
    box.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    dice = random.Random(5)
    great = page.evaluate("nk.index.great[0].id")
    for screen in SCREENS:
        _open(viewer, screen.format(great))
        for key in dice.choices(list(WALK), list(WALK.values()), k=PRESSES):
            # A player would measure films instead; Back at home asks whether to leave.
            if key == "ok" and viewer.address.startswith("#/course/"):
                key = "back"
            if key == "back" and viewer.address == "#/home":
                key = "down"
            if viewer.address == "#/home" != screen:
                _open(viewer, screen.format(great))
            _press(page, viewer, key)
            page.wait_for_timeout(BETWEEN_MS)
    # The account of a key comes up to some frames after it.
    page.wait_for_timeout(1000)
    measured: list[float] = page.evaluate("painted_ms")
    box.close()
    return measured + [QUICKEST_MS] * (len(SCREENS) * PRESSES - len(measured))


def _open(viewer: Viewer, address: str) -> None:
    viewer.page.evaluate("(address) => { location.hash = address }", address)
    viewer.waits_until("(address) => nk.shownAddress() === address", address)


def _press(page: Page, viewer: Viewer, key: str) -> None:
    before = page.evaluate("frames_seen")
    viewer.press(key)
    page.wait_for_function("(n) => frames_seen > n", arg=before, timeout=60_000)


def _words(document: dict[str, Any]) -> dict[str, Any]:
    words = {
        course["number"]: {name: course[name] for name in ("summary", "goals")}
        for course in document["courses"]
    }
    return {"version": document["version"], "courses": words}
