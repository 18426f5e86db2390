"""What the page adds to an empty WPE, and whether it grows while somebody walks about and plays."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import psutil
from playwright.sync_api import BrowserContext, CDPSession

from tests.bench.table import Figure
from tests.bench.tv.world import START, World
from tests.tv.viewer import Viewer
from tests.tv.wpe import Wpe, wpe

WALK = {"left": 3, "right": 6, "up": 3, "down": 6, "ok": 1, "back": 1}
WALK_S, LONG_WALK_S = 120, 30 * 60
PLAYS, LONG_PLAYS = 2, 10
PLAYED_S = 12
# The first openings fill caches.
SETTLING, OPENED = 20, 500
# Caches fill at first; what comes after is growth.
SETTLED = 0.2
MB = 1_000_000
BARE_PLAY = """function (playlist) {
  var video = document.createElement('video');
  video.width = 1280; video.height = 720;
  document.body.appendChild(video);
  video.src = playlist;
  video.play();
  return true;
}"""
BARE_END = """function () {
  var video = document.querySelector('video');
  video.removeAttribute('src');
  video.load();
  video.parentNode.removeChild(video);
  return true;
}"""
# The engine sizes its caches by what the kernel tells it of memory: up to 128 MB of pictures and
# scripts where there are 2 GB, 32 MB on an old box with half a gigabyte.
BOX_RAM_BYTES = 512 << 20
SMALL_BOX = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/sysinfo.h>
int sysinfo(struct sysinfo *told) {
  int (*ask)(struct sysinfo *) = dlsym(RTLD_NEXT, "sysinfo");
  int failed = ask(told);
  if (!failed) {
    told->totalram = RAM_BYTES / told->mem_unit;
    if (told->freeram > told->totalram / 2) told->freeram = told->totalram / 2;
  }
  return failed;
}
"""
# The allocator gives back what is freed: else most of the figure is what it keeps in one arena
# for each of the engine's threads, whatever the page does.
FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}


def memory_figures(world: World) -> Iterator[Figure]:
    """Anonymous memory of WPE's web process; pages of the engine's and fonts' files apart."""
    blank = _blank(world)
    with _box(world, "page") as box, _box(world, "bare") as bare:
        box.switch_on(query=START)
        box.waits_until("nk.hasPart('watch') && nk.hasPart('more')")
        first = _settled(box)
        bare.open("about:blank")
        samples = list(_walk(box, bare, world))
        later = _settled(box)
    walked_s, plays = _extent(world)
    yield Figure(
        measure="memory that the first screen adds to an empty WPE",
        measured=first.own_mb - blank.own_mb,
        goal=30,
        unit="MB",
        detail=f"{first.own_mb:.0f} against {blank.own_mb:.0f} MB; with pages of files, which "
        f"the kernel may drop, {first.all_mb:.0f} against {blank.all_mb:.0f}",
    )
    of_page, of_bare = zip(*samples, strict=True)
    yield _growth(
        f"growth over {walked_s // 60} minutes of walking and {plays} plays",
        of_page,
        goal_mb=10 if world.long else None,
        more=f"; back at home {later.own_mb:.0f}",
    )
    yield _growth(f"growth of a bare <video> on an empty page, the same {plays} plays", of_bare)


def _growth(
    measure: str, after_plays_mb: Sequence[float], goal_mb: float | None = None, more: str = ""
) -> Figure:
    settled = after_plays_mb[int(len(after_plays_mb) * SETTLED) :]
    return Figure(
        measure=measure,
        measured=settled[-1] - settled[0],
        goal=goal_mb,
        unit="MB",
        detail=f"MB after each play: {', '.join(f'{mb:.0f}' for mb in after_plays_mb)}{more}",
    )


def heap_figures(world: World) -> Iterator[Figure]:
    """What scripts hold on to, in Chromium, where rubbish can be collected before each look."""
    yield _heap_growth(f"from play 2 to play {LONG_PLAYS}", _heap_of_plays(world)[1:])
    yield _heap_growth(f"over {OPENED} openings of a course", _heap_of_openings(world))


def _heap_growth(over: str, looks: Sequence[dict[str, float]]) -> Figure:
    first, last = looks[0], looks[-1]
    return Figure(
        measure=f"script heap in Chromium, growth {over}",
        measured=(last["JSHeapUsedSize"] - first["JSHeapUsedSize"]) / MB,
        goal=1,
        unit="MB",
        detail=f"nodes {first['Nodes']:.0f} → {last['Nodes']:.0f}, listeners "
        f"{first['JSEventListeners']:.0f} → {last['JSEventListeners']:.0f}",
    )


def _heap_of_plays(world: World) -> list[dict[str, float]]:
    looks = []
    with _chromium(world) as (box, viewer):
        for _ in range(LONG_PLAYS):
            viewer.dial("501")
            viewer.press("ok")
            viewer.watches(min(1, world.film_s / 2))
            viewer.press("back", "back")
            viewer.waits_until("() => location.hash === '#/home'")
            looks.append(_held(box.new_cdp_session(viewer.page)))
    return looks


def _heap_of_openings(world: World) -> list[dict[str, float]]:
    looks = []
    with _chromium(world) as (box, viewer):
        for opened in (SETTLING, OPENED):
            for _ in range(opened):
                viewer.press("ok")
                viewer.waits_until("() => nk.shownAddress().indexOf('#/course/') === 0")
                viewer.press("back")
                viewer.waits_until("() => nk.shownAddress() === '#/home'")
            looks.append(_held(box.new_cdp_session(viewer.page)))
    return looks


@contextmanager
def _chromium(world: World) -> Iterator[tuple[BrowserContext, Viewer]]:
    box = world.box()
    viewer = Viewer(box.new_page(), world.url)
    viewer.switch_on(query=START)
    yield box, viewer
    box.close()


def _held(devtools: CDPSession) -> dict[str, float]:
    devtools.send("Performance.enable")
    devtools.send("HeapProfiler.collectGarbage")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    devtools.detach()
    return {metric["name"]: metric["value"] for metric in metrics}


def _box(world: World, name: str) -> AbstractContextManager[Wpe]:
    home = world.folder / f"wpe-{name}"
    home.mkdir()
    return wpe(home, world.url, FRUGAL | {"LD_PRELOAD": str(_small_box(world.folder))})


def _small_box(folder: Path) -> Path:
    """A library that tells the engine of so much memory as a box has; needs a C compiler."""
    library = folder / "small_box.so"
    if not library.exists():
        compiler = shutil.which("cc")
        assert compiler, "the row on memory needs a C compiler: install gcc"
        command = [compiler, "-shared", "-fPIC", f"-DRAM_BYTES={BOX_RAM_BYTES}UL", "-x", "c", "-"]
        subprocess.run([*command, "-o", str(library)], input=SMALL_BOX, text=True, check=True)
    return library


@dataclass(frozen=True, kw_only=True)
class Look:
    """own_mb: anonymous memory. all_mb: proportional, with files that are mapped."""

    own_mb: float
    all_mb: float


def _blank(world: World) -> Look:
    with _box(world, "blank") as box:
        box.open("about:blank")
        return _settled(box)


def web_process(box: Wpe) -> Look:
    """Memory of the process that shows the page; a spare one is smaller."""
    driver = psutil.Process(box.driver_pid)
    return max(
        (
            _look(process.pid)
            for process in driver.children(recursive=True)
            if "WPEWebProcess" in process.name()
        ),
        key=lambda look: look.own_mb,
    )


def _look(pid: int) -> Look:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return Look(own_mb=kib["Anonymous"] * 1024 / MB, all_mb=kib["Pss"] * 1024 / MB)


def _settled(box: Wpe) -> Look:
    """When three looks, a second apart, agree to a megabyte."""
    box.screenshot()
    looks = [web_process(box)]
    for _ in range(60):
        time.sleep(1)
        looks.append(web_process(box))
        own_mb = [look.own_mb for look in looks[-3:]]
        if len(own_mb) == 3 and max(own_mb) - min(own_mb) < 1:
            break
    return looks[-1]


def _extent(world: World) -> tuple[int, int]:
    """Seconds of walking about, and plays."""
    return (LONG_WALK_S, LONG_PLAYS) if world.long else (WALK_S, PLAYS)


def _walk(box: Wpe, bare: Wpe, world: World) -> Iterator[tuple[float, float]]:
    """Memory of both after each play, told at once.

    Each play is of another course: one that was begun would go on where it was left.
    """
    dice = random.Random(9)
    length_s, plays = _extent(world)
    menu = httpx.get(f"{world.url}/api/player/v1/menu").json()
    lessons = [course["lessons"][0]["id"] for course in menu["courses"] if course["lessons"]]
    played_s = min(PLAYED_S, world.film_s / 2)
    began_s = time.monotonic()
    for stretch, lesson in enumerate(lessons[-plays:], 1):
        while time.monotonic() - began_s < length_s * stretch / plays:
            _step(box, dice)
        _play(box, lesson, played_s)
        _play_bare(bare, _playlist(world, lesson), played_s)
        sample = web_process(box).own_mb, web_process(bare).own_mb
        print(f"{sample[0]:.0f}, bare {sample[1]:.0f} MB", file=sys.stderr, flush=True)
        yield sample


def _step(box: Wpe, dice: random.Random) -> None:
    (key,) = dice.choices(list(WALK), list(WALK.values()))
    address, asked = box.script("[location.hash, nk.dialogOpen()]")
    if key == "ok" and address.startswith("#/course/"):
        key = "back"
    if key == "back" and address == "#/home":
        key = "down"
    # A second "back" overtakes the first one's address, and the page asks whether to leave.
    box.press("back" if asked else key)


def _play(box: Wpe, lesson: int, played_s: float) -> None:
    """Whatever the walk has left open or in focus."""
    box.script(f"location.hash = '#/play/{lesson}'")
    box.watches(played_s)
    box.press("back", "back")
    box.is_at("#/home")


def _playlist(world: World, lesson: int) -> str:
    answer = httpx.get(f"{world.url}/api/player/v1/lessons/{lesson}/playback").json()
    return urljoin(world.url, answer["playlist"])


def _play_bare(box: Wpe, playlist: str, played_s: float) -> None:
    """The least that a page can do: an element, which is emptied and taken away afterwards."""
    box.script(f"({BARE_PLAY})({json.dumps(playlist)})")
    box.watches(played_s)
    box.script(f"({BARE_END})()")
