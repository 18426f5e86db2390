"""Somebody presses anything: the focus is never lost, nothing breaks, Back always leads home."""

from __future__ import annotations

import random

import pytest

from tests.tv.laws import broken, look
from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

# In all as many as somebody presses in five minutes who never lets go.
KEYS_FROM_EACH = 250
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
WEIGHTS = {
    "left": 8,
    "right": 12,
    "up": 8,
    "down": 12,
    "ok": 7,
    "back": 4,
    "PageUp": 1,
    "PageDown": 1,
    "MediaPlayPause": 1,
    # No key of any remote, for a hand that lies on the wrong button.
    "Insert": 1,
    **dict.fromkeys("0123456789", 1),
}


def goes_home(viewer: Viewer) -> None:
    """Back, as often as it takes."""
    for _ in range(MOST_STEPS_HOME):
        if viewer.address == "#/home" and viewer.page.locator(".veil").count() == 0:
            return
        viewer.press("back")
    raise AssertionError(f"Back does not lead home from {viewer.address}: {viewer.focused}")


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_random_keys_break_no_law_of_a_screen(
    viewer: Viewer, stand_in: StandIn, beginning: str
) -> None:
    if beginning == "#/hall":
        stand_in.settings["hall"] = ["203", "501", "101", "102", "301"]
    dice = random.Random(beginning)
    # A box whose shell stays when the page asks to be closed.
    viewer.page.add_init_script("window.android = {finish() {}}")
    viewer.switch_on(beginning)
    for at, key in enumerate(dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=KEYS_FROM_EACH)):
        viewer.press_quickly(key)
        # Mostly as it is in the moment after a key, sometimes with all that comes afterwards.
        if at % WHOLE_EVERY == 0:
            viewer.sees_all()
        seen = look(viewer.page)
        if not seen["choosable"] and not seen["address"].startswith("#/play/"):
            # A part of the page is on its way.
            viewer.page.wait_for_selector(".on")
            seen = look(viewer.page)
        assert broken(seen) == [], f"after key {at} ({key}) on {seen['address']}"
    goes_home(viewer)
