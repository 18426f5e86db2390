"""What a box's shell offers around the page: a number, keys, the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

FAKES = Path(__file__).parent / "fakes"
BOXES = {
    "ctc": "00100399007018700000A0B1C2D3E4F5",
    "android": "GDJL2-0042",
    "starcor": "8520 0000 1234",
}
TIZEN = """
  window.asked = [];
  window.tizen = {
    tvinputdevice: { registerKey: (name) => {
      if (name === 'ChannelUp') throw new Error('unknown key');
      asked.push(name);
    } },
    application: { getCurrentApplication: () => ({ exit: () => (window.hasLeft = 'exit') }) },
  };
"""
HBBTV = """
  const application = {
    show: () => (window.shown = true),
    privateData: { keyset: { setValue: (mask) => (window.mask = mask) } },
    destroyApplication: () => (window.hasLeft = 'destroyed'),
  };
  window.oipfObjectFactory = {
    isObjectSupported: (type) => type === 'application/oipfApplicationManager',
    createApplicationManagerObject: () => ({ getOwnerApplication: () => application }),
  };
"""


def give_box(viewer: Viewer, box: str) -> None:
    """The page runs on this box."""
    for fake in ("tape", box):
        viewer.page.add_init_script((FAKES / f"{fake}.js").read_text())


def leave(viewer: Viewer) -> None:
    """Back on the first page, then yes."""
    viewer.press("back")
    viewer.sees("要离开农课吗")
    viewer.press("right", "ok")


def introduced(viewer: Viewer, stand_in: StandIn, boxes: int = 1) -> str | None:
    """The card of the box that introduced itself last."""
    viewer.waits_for(lambda: len(stand_in.boxes) >= boxes)
    card: str | None = stand_in.boxes[-1]["card"]
    return card


@pytest.mark.parametrize("box", BOXES)
def test_a_box_that_tells_its_number_is_known_by_it(
    viewer: Viewer, stand_in: StandIn, box: str
) -> None:
    give_box(viewer, box)
    viewer.switch_on()
    assert introduced(viewer, stand_in) == BOXES[box]


def test_the_start_address_goes_before_the_shell(viewer: Viewer, stand_in: StandIn) -> None:
    give_box(viewer, "android")
    viewer.switch_on(query="?card=8520+9999")
    assert introduced(viewer, stand_in) == "8520 9999"


def test_a_box_with_another_card_is_another_households(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on(query="?card=1")
    assert introduced(viewer, stand_in) == "1"
    viewer.switch_on(query="?card=1")
    viewer.waits_until("() => nk.token() === 'token-1'")
    viewer.switch_on(query="?card=2")
    assert introduced(viewer, stand_in, boxes=2) == "2"
    assert len(stand_in.boxes) == 2


@pytest.mark.parametrize("told", ["null", "undefined", "", "0000"])
def test_a_number_that_is_none_is_not_taken(viewer: Viewer, stand_in: StandIn, told: str) -> None:
    viewer.page.add_init_script(f"window.android = {{ get_device_id: () => {told!r} }}")
    viewer.switch_on()
    assert introduced(viewer, stand_in) is None


def test_a_shell_on_which_every_call_breaks_harms_nothing(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.page.add_init_script(
        "const broken = new Proxy({}, { get() { throw new Error('no such call') } });"
        "for (const name of ['starcorExt', 'android', 'Utility', 'Authentication', 'tizen',"
        " 'oipfObjectFactory']) window[name] = broken;"
        "window.MediaPlayer = function () { throw new Error('not here') };"
    )
    viewer.switch_on("#/course/501", query="?keys=pc")
    assert introduced(viewer, stand_in) is None
    viewer.press("ok")
    viewer.watches(0.5)


@pytest.mark.parametrize(("box", "says"), [("starcor", "back"), ("android", "finish")])
def test_leaving_goes_through_the_boxs_own_door(viewer: Viewer, box: str, says: str) -> None:
    give_box(viewer, box)
    viewer.switch_on(query="?keys=pc")
    leave(viewer)
    viewer.waits_until("(says) => window.hasLeft === says", says)


@pytest.mark.parametrize(("shell", "says"), [(TIZEN, "exit"), (HBBTV, "destroyed")])
def test_leaving_ends_the_application_of_a_set(viewer: Viewer, shell: str, says: str) -> None:
    viewer.page.add_init_script(shell)
    viewer.switch_on()
    leave(viewer)
    viewer.waits_until("(says) => window.hasLeft === says", says)


def test_leaving_leads_where_the_start_address_says(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("404",)
    give_box(viewer, "android")
    viewer.switch_on(query=f"?return={stand_in.url}/media/portal.html")
    leave(viewer)
    viewer.page.wait_for_url("**/media/portal.html")


def test_leaving_runs_no_script_of_the_start_address(viewer: Viewer) -> None:
    give_box(viewer, "android")
    viewer.switch_on(query="?return=javascript:document.title='taken'")
    leave(viewer)
    viewer.waits_until("() => window.hasLeft === 'finish'")
    assert viewer.page.title() != "taken"


def test_where_no_page_may_close_itself_the_way_out_is_said(viewer: Viewer) -> None:
    viewer.page.add_init_script("window.android = { finish() {} }")
    viewer.switch_on()
    leave(viewer)
    viewer.sees("请按遥控器上的“主页”键")
    viewer.press("ok")
    assert viewer.page.locator(".dialog").count() == 0


def test_sets_are_asked_for_the_keys_that_they_keep(viewer: Viewer) -> None:
    viewer.page.add_init_script(TIZEN)
    viewer.page.add_init_script(HBBTV)
    viewer.switch_on()
    asked = viewer.page.evaluate("asked")
    assert {"ColorF0Red", "MediaPlayPause", "ChannelDown", "0", "9"} <= set(asked)
    # Colours, arrows, player, pages, digits: ETSI TS 102 796, A.1.
    assert viewer.page.evaluate("[shown, mask]") == [True, 0x1 + 2 + 4 + 8 + 16 + 32 + 64 + 256]


def test_a_start_address_that_is_no_utf8_opens_the_page(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on(query="?card=%D6%D0+7&area=5%&x=%E4%B8%AD")
    assert introduced(viewer, stand_in) == "%D6%D0 7"
    assert viewer.page.evaluate("nk.startParameters.area + nk.startParameters.x") == "5%中"


def test_leaving_leaves_at_once_after_reloads_too(viewer: Viewer) -> None:
    viewer.expected_complaints = ("404",)
    before = f"{viewer.url}/tv/tv.css"
    viewer.page.goto(before)
    viewer.switch_on()
    viewer.press("down", "down", "ok")
    # A reload before that would begin at home.
    viewer.waits_until("() => location.hash !== '#/home'")
    entries = viewer.page.evaluate("history.length")
    for _ in range(2):
        viewer.page.reload()
        viewer.page.wait_for_selector(".on")
    assert viewer.page.evaluate("history.length") == entries
    viewer.page.evaluate("history.back()")
    viewer.waits_until("() => window.nk && nk.shownAddress() === '#/home'")
    leave(viewer)
    viewer.page.wait_for_url(before)
