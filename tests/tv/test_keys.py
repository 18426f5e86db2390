"""Remotes that a keyboard cannot imitate: key codes go through the page's one door."""

from __future__ import annotations

import pytest

from tests.tv.viewer import Viewer


@pytest.mark.parametrize(
    ("profile", "down", "right", "ok", "back"),
    [
        ("common", 40, 39, 13, 8),
        ("common", 40, 39, 13, 65535),
        ("ipanel", 2, 4, 13, 340),
        ("android_raw", 20, 22, 23, 4),
        ("samsung_old", 29461, 5, 29443, 88),
        ("tizen", 40, 39, 13, 10009),
        ("hbbtv", 40, 39, 13, 461),
    ],
)
def test_each_remote_walks_opens_and_goes_back(
    viewer: Viewer, profile: str, down: int, right: int, ok: int, back: int
) -> None:
    viewer.switch_on(query=f"?keys={profile}")
    for code in (down, down, right, ok):
        viewer.page.evaluate(
            "(code) => { nk.onKey(code, 'keydown'); nk.onKey(code, 'keyup') }", code
        )
    assert viewer.address.startswith("#/course/")
    viewer.page.evaluate("(code) => nk.onKey(code, 'keydown')", back)
    assert viewer.address == "#/home"


def test_a_press_that_a_box_sends_twice_counts_once(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "down")
    viewer.page.evaluate(
        "() => { nk.onKey(39, 'keydown'); nk.onKey(39, 'keypress'); nk.onKey(39, 'keydown') }"
    )
    assert viewer.page.evaluate("document.querySelector('.card.on').style.left") == "344px"


def test_unknown_keys_do_nothing(viewer: Viewer) -> None:
    viewer.switch_on()
    before = viewer.focused
    viewer.press("F2", "q", "Tab", "Insert")
    assert viewer.focused == before


@pytest.mark.parametrize(
    ("agent", "profile"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/156", "common"),
        ("Mozilla/5.0 (Linux; U; Linux; zh-CN) AppleWebKit/534.24 iPanel", "ipanel"),
        ("Mozilla/5.0 (SmartHub; SMART-TV; U; Linux/SmartTV; Maple2012)", "samsung_old"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/537.36", "tizen"),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36", "hbbtv"),
        ("HbbTV/1.2.1 (+PVR;Humax;)", "hbbtv"),
    ],
)
def test_the_remote_is_known_by_the_engines_name(viewer: Viewer, agent: str, profile: str) -> None:
    viewer.switch_on()
    assert viewer.page.evaluate("(agent) => nk.keyProfileFor(agent)", agent) == profile
