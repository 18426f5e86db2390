"""Somebody presses anything, in whatever engine, and every screen is held to the laws."""

from __future__ import annotations

import json
import random
from typing import Any, Protocol

from tests.tv.laws import LOOK_NOW, broken
from tests.tv.stand_in import StandIn, extras

MOST_STEPS_HOME = 12
WHOLE_EVERY = 5
BEGINNINGS = (
    "#/home",
    "#/category/1",
    "#/category/2",
    "#/course/501",
    "#/play/551",
    "#/mine",
    "#/settings",
    "#/region",
    "#/hall",
    "#/search",
)
LETTERS = {
    "r": "red",
    "g": "green",
    "y": "yellow",
    "b": "blue",
    "m": "menu",
    "p": "play_pause",
    "s": "stop",
    "f": "forward",
    "w": "rewind",
}
ARROWS_AND_PAGES = ("page_up", "page_down", "none", "home", "left", "up", "right", "down")
# A remote with every key that the page knows, on keys that each engine's driver can press.
REMOTE = {
    **dict(enumerate(ARROWS_AND_PAGES, 33)),
    **{ord(key): key for key in "0123456789"},
    **{ord(key.upper()): action for key, action in LETTERS.items()},
    13: "ok",
    27: "back",
}
WEIGHTS = {
    "left": 8,
    "right": 12,
    "up": 8,
    "down": 12,
    "ok": 7,
    "back": 4,
    "PageUp": 1,
    "PageDown": 1,
    "Home": 0.5,
    **dict.fromkeys(LETTERS, 0.5),
    # No key of any remote, for a hand that lies on the wrong button.
    "Insert": 1,
    **dict.fromkeys("0123456789", 1),
}


class Walker(Protocol):
    """Whoever holds the remote."""

    @property
    def address(self) -> str: ...

    @property
    def focused(self) -> str: ...

    def switch_on(self, address: str = "", query: str = "") -> None: ...

    def press(self, *keys: str) -> None: ...

    def press_quickly(self, key: str) -> None: ...

    def sees_all(self) -> None: ...

    def script(self, expression: str) -> Any: ...

    def watches(self, at_least_s: float) -> None: ...

    def waits_until(self, script: str) -> None: ...


def walk(walker: Walker, stand_in: StandIn, beginning: str, keys: int) -> None:
    """So many random keys from there on, then home; the same ones in every run."""
    stand_in.playback = extras()
    if beginning == "#/hall":
        stand_in.settings["hall"] = ["203", "501", "101", "102", "301"]
    dice = random.Random(beginning)
    walker.switch_on(beginning, query=f"?keys={json.dumps(REMOTE, separators=(',', ':'))}")
    # A row that glides is off the screen for a moment.
    walker.script("nk.mark(nk.stage, 'smooth', false)")
    # A box whose shell stays when the page asks to be closed.
    walker.script("window.android = {finish: function () {}}")
    if beginning.startswith("#/play/"):
        walker.watches(0.5)
    for at, key in enumerate(dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=keys)):
        walker.press_quickly(key)
        # Mostly as it is in the moment after a key, sometimes with all that comes afterwards.
        if at % WHOLE_EVERY == 0:
            walker.sees_all()
        seen = walker.script(LOOK_NOW)
        if not seen["choosable"] and not seen["address"].startswith("#/play/"):
            # A part of the page is on its way.
            walker.waits_until("document.querySelectorAll('.on').length > 0")
            seen = walker.script(LOOK_NOW)
        faults = broken(seen)
        assert faults == [], f"after key {at} ({key}) on {seen['address']}: {faults}"
    _goes_home(walker)


def _goes_home(walker: Walker) -> None:
    """Back, as often as it takes."""
    for _ in range(MOST_STEPS_HOME):
        if walker.address == "#/home" and not walker.script(
            "document.querySelectorAll('.veil').length"
        ):
            return
        walker.press("back")
    raise AssertionError(f"Back does not lead home from {walker.address}: {walker.focused}")
