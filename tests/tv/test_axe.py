"""Every screen through axe-core, with the stricter contrast of 7:1, and by the laws of type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tv.contrast import pale_letters
from tests.tv.laws import broken, look
from tests.tv.stand_in import StandIn, extras
from tests.tv.viewer import Viewer

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# A card is named by number and title alone, for that is what is read aloud; nobody calls it by
# the mark "demonstration", as one may on a computer that listens.
RUN = """() => axe.run(document, {
  rules: {
    'color-contrast-enhanced': { enabled: true },
    'label-content-name-mismatch': { enabled: false },
  },
  resultTypes: ['violations'],
})"""

Way = Callable[[Viewer, StandIn], None]


def home(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()


def further_down_home(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.press("down", "down", "down", "right", "right")


def category(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/category/1")


def category_without_parts(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/category/2")
    viewer.press("down", "right")


def course(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/course/501")


def course_with_long_words(viewer: Viewer, stand_in: StandIn) -> None:
    long = stand_in.course("101")
    long["title"] = "高山茶园新建与定植" * 6
    long["summary"] = "选向阳缓坡、酸性土开园，开沟施足底肥再定植。" * 12
    long["lessons"] = [
        {"id": 9000 + at, "title": "很长的课名" * 8, "duration_s": 5400} for at in range(40)
    ]
    viewer.switch_on("#/course/101")
    viewer.press("right", "down")


def mine_of_a_new_box(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/mine")


def mine(viewer: Viewer, stand_in: StandIn) -> None:
    playing(viewer, stand_in)
    viewer.press("back")
    viewer.switch_on("#/mine")


def settings(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/settings")


def region(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/region")
    viewer.page.wait_for_selector(".pick.on")


def hall(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/hall")


def search(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/search")
    viewer.page.wait_for_selector(".pad-key.on")


def search_that_found(viewer: Viewer, stand_in: StandIn) -> None:
    search(viewer, stand_in)
    viewer.press("2", "0", "right", "right", "right")


def search_in_vain(viewer: Viewer, stand_in: StandIn) -> None:
    search(viewer, stand_in)
    viewer.press("0", "9", "9", "9")
    viewer.sees("没有找到")


def half_a_number(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.dial("50")


def unknown_number(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.dial("999")
    viewer.page.wait_for_selector(".number.unknown")


def leaving(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.press("back")


def playing(viewer: Viewer, stand_in: StandIn) -> None:
    course(viewer, stand_in)
    viewer.press("ok")
    viewer.watches(0.5)


def paused(viewer: Viewer, stand_in: StandIn) -> None:
    playing(viewer, stand_in)
    viewer.press("ok")


def lists_over_the_picture(viewer: Viewer, stand_in: StandIn) -> None:
    playing(viewer, stand_in)
    viewer.press("down")


def settings_over_the_picture(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.playback = extras()
    playing(viewer, stand_in)
    viewer.press("up")
    viewer.page.wait_for_selector(".drawer .on")


def stopped(viewer: Viewer, stand_in: StandIn, kind: str) -> None:
    """What is said when a lesson does not play."""
    course(viewer, stand_in)
    viewer.waits_until("() => nk.sayStopped")
    viewer.page.evaluate("(kind) => nk.sayStopped(kind, () => {})", kind)


def too_slow(viewer: Viewer, stand_in: StandIn) -> None:
    stopped(viewer, stand_in, "slow")


def server_busy(viewer: Viewer, stand_in: StandIn) -> None:
    stopped(viewer, stand_in, "server")


def not_decoded(viewer: Viewer, stand_in: StandIn) -> None:
    stopped(viewer, stand_in, "decode")


def still_watching(viewer: Viewer, stand_in: StandIn) -> None:
    course(viewer, stand_in)
    viewer.waits_until("() => nk.offerNext")
    viewer.page.evaluate(
        "() => { nk.patience.next_s = 0; const none = () => {};"
        " window.asking = setInterval(() => { if (document.querySelector('.dialog')) return;"
        " if (!nk.offerNext({title: '下一课'}, none, none)) clearInterval(asking) }, 50) }"
    )
    viewer.sees("还在看吗" if stand_in.settings["language"] == "zh" else "Still watching")


def learned_remote(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.page.clock.install()
    viewer.switch_on("#/learn")
    for code in (13, 38, 40, 37, 39, 27):
        viewer.page.evaluate(
            "(code) => { nk.onKey(code, 'keydown'); nk.onKey(code, 'keyup') }", code
        )
    for _ in range(15):
        viewer.page.clock.run_for(12_000)
    viewer.page.wait_for_selector(".choice.on")


def running_hall(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.settings["hall"] = ["203", "501"]
    hall(viewer, stand_in)
    viewer.press("2", "3")
    viewer.page.evaluate("() => { nk.startHall(); nk.redraw() }")
    viewer.page.wait_for_selector(".hall-end")


def picture_of_the_remote(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.press("Insert")
    viewer.page.wait_for_selector(".remote")


def learning_a_remote(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.waits_until("() => nk.hasPart('more')")
    viewer.page.evaluate("location.hash = '#/learn'")
    viewer.sees("认识遥控器")


def next_lesson(viewer: Viewer, stand_in: StandIn) -> None:
    playing(viewer, stand_in)
    viewer.press("right", "right", "right")
    viewer.page.wait_for_selector(".dialog")


def film_gone(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("404", "status")
    stand_in.answers["media"] = 404
    course(viewer, stand_in)
    viewer.press("ok")
    viewer.sees("这一课暂时不能看")


def line_down(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("menu")
    viewer.switch_on()


def no_courses(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.menu = {**stand_in.menu, "courses": []}
    viewer.switch_on()


def nothing_here(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/course/998")


SCREENS: dict[str, Way] = {
    way.__name__: way
    for way in (
        home,
        further_down_home,
        category,
        category_without_parts,
        course,
        course_with_long_words,
        mine_of_a_new_box,
        mine,
        settings,
        region,
        hall,
        search,
        search_that_found,
        search_in_vain,
        half_a_number,
        unknown_number,
        leaving,
        playing,
        paused,
        lists_over_the_picture,
        settings_over_the_picture,
        too_slow,
        server_busy,
        not_decoded,
        still_watching,
        learned_remote,
        running_hall,
        picture_of_the_remote,
        learning_a_remote,
        next_lesson,
        film_gone,
        line_down,
        no_courses,
        nothing_here,
    )
}


def violations(viewer: Viewer) -> list[str]:
    """What axe-core finds."""
    viewer.page.add_script_tag(path=AXE)
    report: dict[str, Any] = viewer.page.evaluate(RUN)
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_can_be_read_and_told(viewer: Viewer, stand_in: StandIn, name: str) -> None:
    SCREENS[name](viewer, stand_in)
    assert broken(look(viewer.page)) == []
    assert violations(viewer) == []
    assert pale_letters(viewer.page) == []


@pytest.mark.parametrize(
    "name",
    ["home", "category", "course", "mine", "settings", "region", "hall", "search"]
    + ["unknown_number", "paused", "lists_over_the_picture", "settings_over_the_picture"]
    + ["too_slow", "still_watching", "running_hall", "next_lesson"],
)
@pytest.mark.parametrize("setting", [("text", "large"), ("language", "en")])
def test_other_letters_break_no_law(
    viewer: Viewer, stand_in: StandIn, name: str, setting: tuple[str, str]
) -> None:
    stand_in.settings |= dict([setting])
    kept = json.dumps(dict([setting]))
    viewer.page.add_init_script(f"localStorage.setItem('nk.settings', JSON.stringify({kept}))")
    SCREENS[name](viewer, stand_in)
    assert broken(look(viewer.page)) == []
    assert pale_letters(viewer.page) == []
