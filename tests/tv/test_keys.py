"""Remotes: each one's key map, presses that come twice, held keys, keys that nobody knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

FAKES = Path(__file__).parent / "fakes"
COURSE = "#/course/501"
# (code, kind of event, name of the key that the bridge tells)
PRESS = """([code, name]) => { nk.onKey(code, 'keydown', name); nk.onKey(code, 'keyup', name) }"""

DIGITS = [*range(48, 58)]
HBBTV = {
    "arrows": [38, 40, 37, 39],
    "ok": [13],
    "back": [461],
    "digits": DIGITS,
    "pages": [(33, 34)],
    "media": {"play": [415], "pause": [19], "stop": [413], "forward": [417], "rewind": [412]},
    "colours": [403, 404, 405, 406],
}
CTC = {
    "arrows": [38, 40, 37, 39],
    "ok": [13],
    "back": [8, 24, 27, 640, 399, 280],
    "home": [272, 512],
    "digits": DIGITS,
    "pages": [(33, 34), (257, 258)],
    "media": {"play_pause": [263], "forward": [264], "rewind": [265], "stop": [270]},
    "colours": [275, 276, 277, 278],
}
# What people have measured and read, remote by remote; the page's own tables must agree.
REMOTES = {
    "common": CTC | {"back": [8, 24, 27, 640, 399, 280, 166, 65535]},
    "ctc": CTC,
    "ipanel": CTC
    | {
        "arrows": [1, 2, 3, 4],
        "back": [340],
        "home": [339, 514],
        "pages": [(372, 373)],
    },
    "android_raw": {
        "arrows": [19, 20, 21, 22],
        "ok": [23, 66],
        "back": [4, 27, 65535],
        "digits": [*range(7, 17)],
        "pages": [(92, 93), (166, 167)],
        "media": {"play_pause": [85], "stop": [86], "rewind": [89], "forward": [90]},
        "colours": [183, 184, 185, 186],
    },
    "android": {
        "arrows": [38, 40, 37, 39],
        "ok": [13],
        "back": [27, 8, 166, 65535],
        "digits": DIGITS,
        "pages": [(33, 34)],
        "media": {"play_pause": [179], "forward": [228], "rewind": [227], "stop": [178]},
    },
    "samsung_old": {
        "arrows": [29460, 29461, 4, 5],
        "ok": [29443],
        "back": [88],
        "home": [45],
        "digits": [17, 101, 98, 6, 8, 9, 10, 12, 13, 14],
        "colours": [108, 20, 21, 22],
    },
    "tizen": HBBTV | {"back": [10009], "media": HBBTV["media"] | {"play_pause": [10252]}},  # type: ignore[operator]
    "webos": HBBTV,
    "hbbtv": HBBTV,
    "pc": {
        "arrows": [38, 40, 37, 39],
        "ok": [13],
        "back": [8, 27],
        "home": [36],
        "digits": DIGITS,
        "pages": [(33, 34)],
        "media": {"play_pause": [32, 179]},
    },
}


def actions_of(remote: dict[str, object]) -> Iterator[tuple[int, str]]:
    """Every key of a remote with the action that its label means."""
    named = {
        "arrows": ("up", "down", "left", "right"),
        "digits": tuple("0123456789"),
        "colours": ("red", "green", "yellow", "blue"),
    }
    for part, codes in remote.items():
        if isinstance(codes, dict):
            yield from ((code, action) for action, all_ in codes.items() for code in all_)
        elif part in named:
            yield from zip(codes, named[part], strict=True)  # type: ignore[call-overload]
        elif part == "pages":
            for up, down in codes:  # type: ignore[attr-defined]
                yield from ((up, "page_up"), (down, "page_down"))
        else:
            yield from ((code, part) for code in codes)  # type: ignore[attr-defined]


@pytest.fixture
def listening(viewer: Viewer) -> Viewer:
    """A viewer whose page writes down what each key means."""
    viewer.switch_on()
    viewer.page.evaluate("() => { window.done = []; nk.act = (action) => done.push(action) }")
    return viewer


def heard(viewer: Viewer) -> list[str]:
    """The actions since the last time."""
    actions: list[str] = viewer.page.evaluate("() => done.splice(0)")
    return actions


@pytest.mark.parametrize("profile", REMOTES)
def test_every_key_of_each_remote_means_what_is_printed_on_it(
    listening: Viewer, profile: str
) -> None:
    listening.page.evaluate("(name) => { nk.useKeys(nk.keyProfiles[name]) }", profile)
    keys = list(actions_of(REMOTES[profile]))  # type: ignore[arg-type]
    for code, _ in keys:
        listening.page.evaluate(PRESS, [code, None])
    assert heard(listening) == [action for _, action in keys]


@pytest.mark.parametrize(
    ("profile", "down", "right", "ok", "back"),
    [
        ("common", 40, 39, 13, 8),
        ("common", 40, 39, 13, 65535),
        ("ctc", 40, 39, 13, 640),
        ("ipanel", 2, 4, 13, 340),
        ("android_raw", 20, 22, 23, 4),
        ("android", 40, 39, 13, 27),
        ("samsung_old", 29461, 5, 29443, 88),
        ("tizen", 40, 39, 13, 10009),
        ("webos", 40, 39, 13, 461),
        ("hbbtv", 40, 39, 13, 461),
        ("pc", 40, 39, 13, 27),
    ],
)
def test_each_remote_walks_opens_and_goes_back(
    viewer: Viewer, profile: str, down: int, right: int, ok: int, back: int
) -> None:
    viewer.switch_on(query=f"?keys={profile}")
    for code in (down, down, right, ok):
        viewer.page.evaluate(PRESS, [code, None])
    assert viewer.address.startswith("#/course/")
    viewer.page.evaluate(PRESS, [back, None])
    assert viewer.address == "#/home"


def test_no_remotes_codes_are_mixed_with_anothers(listening: Viewer) -> None:
    for profile, code, action in (
        ("ipanel", 4, "right"),
        ("samsung_old", 4, "left"),
        ("android_raw", 4, "back"),
        ("android_raw", 19, "up"),
        ("hbbtv", 19, "pause"),
        ("android_raw", 8, "1"),
        ("common", 8, "back"),
    ):
        listening.page.evaluate("(name) => { nk.useKeys(nk.keyProfiles[name]) }", profile)
        listening.page.evaluate(PRESS, [code, None])
        assert heard(listening) == [action], (profile, code)


# ---- which remote it is


@pytest.mark.parametrize(
    ("agent", "profile"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/156", "pc"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156", "pc"),
        ("Mozilla/5.0 (Linux; mips) AppleWebKit/534.24", "common"),
        ("Mozilla/5.0 (Linux; U; Linux; zh-CN) AppleWebKit/534.24 iPanel", "ipanel"),
        ("Mozilla/5.0 (SmartHub; SMART-TV; U; Linux/SmartTV; Maple2012)", "samsung_old"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/537.36", "tizen"),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36", "webos"),
        ("HbbTV/1.2.1 (+PVR;Humax;)", "hbbtv"),
        ("Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7233) Chrome/70", "android"),
        ("Mozilla/5.0 (Linux; Android 11; BRAVIA 4K) AppleWebKit/537.36", "android"),
    ],
)
def test_the_remote_is_known_by_the_engines_name(viewer: Viewer, agent: str, profile: str) -> None:
    viewer.switch_on()
    assert viewer.page.evaluate("(agent) => nk.keyProfileFor(agent, {})", agent) == profile


@pytest.mark.parametrize(
    ("thing", "profile"),
    [("starcorExt", "starcor"), ("android", "android"), ("Authentication", "ctc")],
)
def test_the_remote_is_known_by_the_boxs_objects(viewer: Viewer, thing: str, profile: str) -> None:
    viewer.switch_on()
    agent = "Mozilla/5.0 (Linux) AppleWebKit/534"
    found = "([agent, thing]) => nk.keyProfileFor(agent, {[thing]: {}})"
    assert viewer.page.evaluate(found, [agent, thing]) == profile


def test_the_start_address_may_bring_a_profile_of_its_own(viewer: Viewer) -> None:
    codes = json.dumps({"900": "down", "901": "right", "902": "ok", "903": "back"})
    viewer.page.goto(f"{viewer.url}/tv/?keys={codes}")
    viewer.page.wait_for_selector(".on")
    for code in (900, 900, 901, 902):
        viewer.page.evaluate(PRESS, [code, None])
    assert viewer.address.startswith("#/course/")


# ---- presses that come twice, and held keys


DISPATCH = """(events) => events.map(([type, keyCode]) => document.body.dispatchEvent(
  new KeyboardEvent(type, { keyCode, bubbles: true, cancelable: true })))"""


@pytest.mark.parametrize("second", ["keydown", "keypress"])
def test_a_press_that_a_box_sends_twice_counts_once(listening: Viewer, second: str) -> None:
    events = [("keydown", 39), (second, 39), ("keyup", 39)]
    kept = listening.page.evaluate(DISPATCH, events)
    assert heard(listening) == ["right"]
    assert kept == [False, False, True], "the engine would scroll"


def test_a_box_that_sends_keypress_alone_is_heard(listening: Viewer) -> None:
    listening.page.evaluate(DISPATCH, [("keypress", 40)])
    assert heard(listening) == ["down"]


def test_a_box_with_an_event_of_its_own_is_heard(listening: Viewer) -> None:
    listening.page.evaluate(
        "document.onirkeypress({ which: 40, preventDefault() {}, stopPropagation() {} })"
    )
    assert heard(listening) == ["down"]


def test_two_quick_presses_count_twice(listening: Viewer) -> None:
    listening.press("right", "right", "down", "right")
    assert heard(listening) == ["right", "right", "down", "right"]


def test_a_held_arrow_repeats_no_faster_than_the_page_draws(listening: Viewer) -> None:
    listening.page.evaluate(
        """async () => {
          const slow = nk.act;
          nk.act = (action) => {
            const until = performance.now() + 150; // an old box at work
            while (performance.now() < until) continue;
            slow(action);
          };
          for (let at = 0; at < 20; at += 1) {
            nk.onKey(39, 'keydown');
            await new Promise((go) => setTimeout(go, 30));
          }
          nk.onKey(39, 'keyup');
        }"""
    )
    steps = heard(listening)
    assert 2 <= len(steps) <= 10
    assert set(steps) == {"right"}


def test_ok_held_presses_once(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.press("down", "right")
    viewer.page.evaluate("() => { window.done = []; nk.act = (action) => done.push(action) }")
    for _ in range(4):
        viewer.page.keyboard.down("Enter")
        viewer.page.wait_for_timeout(120)
    viewer.page.keyboard.up("Enter")
    assert heard(viewer) == ["ok"]


def test_0_held_leads_home_from_anywhere(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    viewer.press("down")
    viewer.page.keyboard.down("0")
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.page.keyboard.up("0")
    assert viewer.page.locator(".number").count() == 0


# ---- the bridge of Starcor boxes


@pytest.mark.parametrize("numbers", ["false", "true"])
def test_the_starcor_bridge_brings_its_keys_by_name_and_code(viewer: Viewer, numbers: str) -> None:
    viewer.page.add_init_script(f"window.tellsNumbers = {numbers}")
    viewer.page.add_init_script((FAKES / "tape.js").read_text())
    viewer.page.add_init_script((FAKES / "starcor.js").read_text())
    viewer.switch_on()
    for code, name in ((20, "down"), (20, "down"), (22, "right"), (66, "enter")):
        viewer.page.evaluate("([code, name]) => pressOnBox(code, name)", [code, name])
    assert viewer.address.startswith("#/course/")
    viewer.page.evaluate("() => pressOnBox(4, 'return')")
    assert viewer.address == "#/home"
    for code in (9, 7, 10):
        viewer.page.evaluate("(code) => pressOnBox(code, 'UNKNOWN')", code)
    assert viewer.address == "#/course/203"


# ---- keys that nobody knows


def test_an_unknown_key_shows_what_the_keys_do_here(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    before = viewer.focused
    viewer.press("Insert")
    viewer.sees("遥控器怎么按")
    viewer.sees("播放选中的这一课")
    viewer.sees("键码 45")
    viewer.press("ok")
    assert viewer.page.locator(".remote").count() == 0
    assert viewer.address == COURSE
    assert viewer.focused == before


def test_the_picture_says_what_keys_do_while_a_lesson_plays(viewer: Viewer) -> None:
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(0.3)
    viewer.press("Insert")
    viewer.sees("暂停，再按接着看")
    viewer.press("Insert")
    assert viewer.page.locator(".remote").count() == 0
    assert viewer.address.startswith("#/play/")


def test_volume_and_modifier_keys_are_none_of_the_pages_business(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.waits_until("() => nk.hasPart('more')")
    viewer.press("Shift", "Control", "AudioVolumeUp", "AudioVolumeMute", "F2")
    viewer.page.evaluate(PRESS, [229, None])
    assert viewer.page.locator(".remote").count() == 0


def test_the_info_key_shows_the_picture_over_a_question_too(viewer: Viewer) -> None:
    viewer.switch_on(query="?keys=hbbtv")
    viewer.page.evaluate(PRESS, [461, None])
    viewer.sees("要离开农课吗")
    viewer.page.evaluate(PRESS, [457, None])
    viewer.sees("关掉这个窗口")
    viewer.page.evaluate(PRESS, [457, None])
    assert viewer.page.locator(".remote").count() == 0
    assert viewer.page.locator(".dialog").count() == 1


@pytest.mark.parametrize(
    ("code", "leads_to"),
    [(403, "#/search"), (404, "#/mine"), (405, "#/hall"), (406, "#/settings")],
)
@pytest.mark.parametrize("start", ["", COURSE])
def test_coloured_keys_are_short_ways_from_every_screen(
    viewer: Viewer, code: int, leads_to: str, start: str
) -> None:
    viewer.switch_on(start, query="?keys=hbbtv")
    before = viewer.address
    viewer.page.evaluate(PRESS, [code, None])
    assert viewer.address == leads_to
    viewer.page.wait_for_selector(".on")
    viewer.page.evaluate(PRESS, [461, None])
    assert viewer.address == before


# ---- learning


def test_a_remote_of_unknown_keys_alone_finds_the_page_that_learns_it(viewer: Viewer) -> None:
    viewer.switch_on()
    for _ in range(2):
        viewer.press("Insert")
        viewer.sees("遥控器怎么按")
        viewer.press("Pause")
    assert viewer.page.locator(".remote").count() == 0
    assert viewer.address == "#/learn"


def test_a_remote_nobody_knows_is_learned_and_kept(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.dial("000")
    viewer.sees("认识遥控器")
    asked = [
        "ok",
        "up",
        "down",
        "left",
        "right",
        "back",
        "1",
        "9",
        "0",
        "home",
        "play_pause",
        "rewind",
        "forward",
        "stop",
    ]
    for at, action in enumerate(asked):
        viewer.sees(f"第 {at + 1} 个")
        code = {"1": 701, "9": 709, "0": 700}.get(action, 900 + at)
        viewer.page.evaluate(PRESS, [code, None])
    for code in range(950, 961):
        viewer.page.evaluate(PRESS, [code, None])
    viewer.sees('"900":"ok"')
    viewer.sees('"705":"5"')
    viewer.page.evaluate(PRESS, [900, None])
    assert viewer.address == "#/home"
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    for code in (702, 700, 703):
        viewer.page.evaluate(PRESS, [code, None])
    assert viewer.address == "#/course/203"
    viewer.page.evaluate(PRESS, [905, None])
    assert viewer.address == "#/home"


def test_keys_that_a_remote_lacks_are_passed_over(viewer: Viewer) -> None:
    viewer.page.clock.install()
    viewer.switch_on("#/learn")
    for code in (13, 38, 40, 37, 39, 27):
        viewer.page.evaluate(PRESS, [code, None])
    for _ in range(15):
        viewer.page.clock.run_for(12_000)
    viewer.sees("认识了 6 个键")
    viewer.page.evaluate(PRESS, [39, None])
    assert viewer.focused == "不用"


def test_the_same_key_three_times_leaves_the_learning_page(viewer: Viewer) -> None:
    viewer.switch_on("#/learn")
    viewer.sees("认识遥控器")
    viewer.press("Enter", "Enter", "Enter")
    assert viewer.address == "#/home"
    viewer.press("down", "down", "right", "ok")
    assert viewer.address.startswith("#/course/")


def test_the_start_address_goes_before_what_was_learned(viewer: Viewer) -> None:
    viewer.page.add_init_script("localStorage.setItem('nk.keys', '{\"900\":\"down\"}')")
    viewer.switch_on(query="?keys=pc")
    viewer.page.evaluate("() => { window.done = []; nk.act = (action) => done.push(action) }")
    viewer.press("down")
    assert heard(viewer) == ["down"]


def test_keys_that_are_not_wanted_are_forgotten_at_once(viewer: Viewer) -> None:
    viewer.page.add_init_script("localStorage.setItem('nk.keys', '{\"900\":\"down\"}')")
    viewer.page.clock.install()
    viewer.switch_on("#/learn")
    for code in range(901, 907):
        viewer.page.evaluate(PRESS, [code, None])
    for _ in range(15):
        viewer.page.clock.run_for(12_000)
    viewer.sees("认识了 6 个键")
    viewer.page.evaluate(PRESS, [905, None])
    viewer.page.evaluate(PRESS, [901, None])
    assert viewer.address == "#/home"
    before = viewer.focused
    viewer.press("down")
    assert viewer.focused != before
