"""The box is unplugged in play: what it knew is delivered, and the lesson goes on at its place."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import CHROMIUM_FLAGS
from tests.service import wait_until
from tests.tv.stand_in import FILM_S, StandIn
from tests.tv.viewer import Viewer


class Box:
    """A browser with a store of its own that can lose its power."""

    def __init__(self, browser: Browser, chromium_path: str, folder: Path) -> None:
        self.kind = browser.browser_type
        self.chromium_path = chromium_path
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def plug_in(self, url: str) -> Viewer:
        """Power on; gives whoever sits before it."""
        told = self.folder / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [self.chromium_path, *CHROMIUM_FLAGS, "--remote-debugging-port=0"]
            + [f"--user-data-dir={self.folder}", "--window-size=1280,720", "about:blank"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: told.is_file() and "\n" in told.read_text(), what="the browser's port")
        port = told.read_text().split("\n", 1)[0]
        browser = self.kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        return Viewer(browser.contexts[0].pages[0], url)

    def unplug(self) -> None:
        """All of it, in the same moment."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
        self.process = None

    def has_on_disk(self, *words: bytes) -> bool:
        """The browser writes its store some seconds after the page did."""
        files = (self.folder / "Default" / "Local Storage" / "leveldb").glob("*.log")
        kept = b"".join(file.read_bytes() for file in files)
        return all(word in kept for word in words)


@pytest.fixture
def box(browser: Browser, chromium_path: str, tmp_path: Path) -> Iterator[Box]:
    """A box on the shelf."""
    box = Box(browser, chromium_path, tmp_path / "box")
    box.folder.mkdir()
    yield box
    box.unplug()


def test_a_power_cut_loses_no_event_and_no_place(box: Box, stand_in: StandIn) -> None:
    first, second = (lesson["id"] for lesson in stand_in.course("501")["lessons"][:2])
    viewer = box.plug_in(stand_in.url)
    viewer.switch_on("#/course/501")
    viewer.press("ok")
    viewer.waits_for(lambda: len(stand_in.events) >= 2)
    stand_in.cut |= {"events", "boxes"}
    # Left alone, one lesson follows the other. Chromium writes its store once a minute.
    wait_until(
        lambda: viewer.page.wait_for_timeout(200) or box.has_on_disk(b'"state":"ended"'),
        what="the first lesson's end on the disk",
        patience_s=120,
    )
    box.unplug()
    stand_in.cut.clear()

    viewer = box.plug_in(stand_in.url)
    viewer.switch_on()
    assert "按“确定”接着学" in viewer.focused
    viewer.waits_for(lambda: second in {event["lesson"] for event in stand_in.events})
    told = {e["seq"]: e for e in stand_in.events if e["lesson"] == first}
    assert sorted(told) == list(range(len(told)))
    assert told[len(told) - 1]["state"] == "ended"
    # What was told before may be told again, in the same words: the server counts it once.
    words = {
        str({key: value for key, value in event.items() if key != "boot"})
        for event in stand_in.events
        if event["lesson"] == first
    }
    assert len(words) == len(told)
    # The clock may have been another then: the event says which power-on it is of.
    boots = {told[len(told) - 1]["boot"], stand_in.batches[0]["boot"]}
    assert len(boots) == 1
    assert boots != {stand_in.batches[-1]["boot"]}
    seen = [span for seq in sorted(told) for span in told[seq]["spans"]]
    assert seen[0][0] < 0.5
    assert all(a[1] == b[0] for a, b in pairwise(seen))
    assert seen[-1][1] >= FILM_S - 0.5

    viewer.press("ok")
    assert viewer.address.startswith("#/play/")
    viewer.watches(1)
