"""A village watches together: number of people, playlist, lesson after lesson."""

from __future__ import annotations

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

# Half as large again as what is read from the sofa.
POSTER_PX = 42


def open_hall(viewer: Viewer, stand_in: StandIn) -> None:
    """The hall's screen, with one course on the list."""
    stand_in.settings["hall"] = ["203"]
    viewer.switch_on("#/hall")
    viewer.sees("要放的课（1门）")


def test_courses_are_added_by_number_and_kept(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/hall")
    viewer.sees("现在有几个人")
    viewer.press("right")
    viewer.dial("203")
    viewer.dial("501")
    viewer.sees("要放的课（2门）")
    assert viewer.address == "#/hall"
    viewer.waits_for(lambda: stand_in.settings["hall"] == ["203", "501"])


def test_courses_are_moved_and_taken_off(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.settings["hall"] = ["203", "501", "101"]
    viewer.switch_on("#/hall")
    viewer.sees("要放的课（3门）")
    viewer.press("right", "down", "down", "down", "ok", "right", "ok")
    viewer.waits_for(lambda: stand_in.settings["hall"] == ["203", "101", "501"])
    assert viewer.focused.startswith("101")
    viewer.press("up", "ok", "right", "ok")
    viewer.waits_for(lambda: stand_in.settings["hall"] == ["101", "501"])


def test_the_playlist_plays_lesson_after_lesson(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.settings["hall"] = ["203", "501"]
    first = stand_in.course("203")["lessons"]
    viewer.switch_on("#/hall")
    viewer.sees("要放的课（2门）")
    viewer.press("2", "3")
    viewer.sees("23人")
    viewer.press("ok", "ok")
    viewer.watches(0.5)
    assert viewer.address == f"#/play/{first[0]['id']}"
    assert viewer.page.evaluate("nk.people()") == 23
    after = stand_in.course("501")["lessons"][0]["id"]
    assert viewer.page.evaluate(f"nk.hallNext({first[0]['id']})") == first[1]["id"]
    assert viewer.page.evaluate(f"nk.hallNext({first[-1]['id']})") == after
    viewer.press("back", "back")
    assert viewer.address == "#/hall"


def test_the_number_of_people_changes_at_any_time(viewer: Viewer, stand_in: StandIn) -> None:
    open_hall(viewer, stand_in)
    viewer.press("7")
    viewer.page.evaluate("nk.startHall()")
    viewer.press("down", "3", "1")
    viewer.sees("31人")
    assert viewer.page.evaluate("nk.people()") == 31


def test_0_held_leads_home_and_leaves_the_people(viewer: Viewer) -> None:
    viewer.switch_on("#/hall")
    viewer.press("2", "0")
    viewer.sees("20人")
    viewer.page.keyboard.down("0")
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.page.keyboard.up("0")
    assert viewer.page.evaluate("nk.peopleTyped()") == 20


def test_two_zeros_are_typed_where_no_key_is_heard_coming_up(
    viewer: Viewer, stand_in: StandIn
) -> None:
    open_hall(viewer, stand_in)
    viewer.page.evaluate(
        "() => { nk.onKey(50, 'keydown'); nk.onKey(48, 'keydown');"
        " setTimeout(() => nk.onKey(48, 'keydown'), 300) }"
    )
    viewer.sees("200人")


def test_leaving_the_hall_asks_once_and_counts_nobody_after(
    viewer: Viewer, stand_in: StandIn
) -> None:
    open_hall(viewer, stand_in)
    viewer.press("7", "ok", "ok")
    viewer.watches(0.3)
    viewer.page.evaluate("nk.act('home')")
    viewer.sees("要结束集体学习吗")
    viewer.press("back")
    assert viewer.address.startswith("#/play/")
    viewer.page.evaluate("nk.act('home')")
    viewer.press("right", "ok")
    assert viewer.address == "#/home"
    assert viewer.page.evaluate("nk.people()") == 0


def test_the_hall_survives_a_reload_but_not_the_night(viewer: Viewer, stand_in: StandIn) -> None:
    open_hall(viewer, stand_in)
    viewer.press("9")
    viewer.page.evaluate("nk.startHall()")
    viewer.page.reload()
    viewer.sees("9人")
    assert viewer.page.evaluate("nk.people()") == 9
    viewer.page.evaluate("const now = Date.now; Date.now = () => now() + 3600000")
    assert viewer.page.evaluate("nk.people()") == 0


def test_a_hall_begins_with_people_and_courses(viewer: Viewer) -> None:
    viewer.switch_on("#/hall")
    viewer.sees("现在有几个人")
    viewer.press("down", "ok")
    viewer.sees("这门课就加进来了")
    viewer.press("ok")
    viewer.dial("203")
    viewer.sees("要放的课（1门）")
    viewer.press("left", "ok")
    viewer.sees("先按数字键输入人数")
    viewer.press("ok", "5", "down", "ok")
    viewer.watches(0.3)
    assert viewer.page.evaluate("nk.people()") == 5


def test_the_last_row_of_a_hall_can_read_it(viewer: Viewer, stand_in: StandIn) -> None:
    open_hall(viewer, stand_in)
    sizes_px = {
        name: viewer.page.locator(f".hall-{name}").first.evaluate(
            "(node) => parseFloat(getComputedStyle(node).fontSize)"
        )
        for name in ("ask", "digits", "start", "number", "title")
    }
    assert min(sizes_px.values()) >= POSTER_PX


def test_a_lesson_in_the_hall_tells_how_many_are_present(viewer: Viewer, stand_in: StandIn) -> None:
    open_hall(viewer, stand_in)
    viewer.press("2", "3", "ok", "ok")
    viewer.watches(1)
    viewer.press("back")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert {event.get("people") for event in stand_in.events} == {23}


def test_0_held_over_a_question_ends_the_hall_and_leads_home(
    viewer: Viewer, stand_in: StandIn
) -> None:
    open_hall(viewer, stand_in)
    viewer.press("7", "ok", "ok")
    viewer.watches(0.3)
    viewer.page.evaluate("nk.act('home')")
    viewer.sees("要结束集体学习吗")
    viewer.page.keyboard.down("0")
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.page.keyboard.up("0")
    assert viewer.page.locator(".dialog").count() == 0
    assert viewer.page.evaluate("nk.people()") == 0
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    assert stand_in.events[-1]["people"] == 7


def test_a_lesson_left_standing_keeps_the_hall_for_two_hours(
    viewer: Viewer, stand_in: StandIn
) -> None:
    open_hall(viewer, stand_in)
    viewer.press("7", "ok", "ok")
    viewer.watches(0.3)
    viewer.press("ok")
    viewer.page.evaluate(
        "() => { const now = Date.now; window.later_ms = 0; Date.now = () => now() + later_ms }"
    )
    viewer.page.evaluate("later_ms = 3600000 * 1.5")
    assert viewer.page.evaluate("nk.people()") == 7
    viewer.page.evaluate("later_ms += 3600000 * 24 * 365")
    assert viewer.page.evaluate("nk.people()") == 7
    viewer.page.evaluate("later_ms += 3600000 * 2.5")
    assert viewer.page.evaluate("nk.people()") == 0


def test_a_full_list_says_so_wherever_a_course_is_added(viewer: Viewer, stand_in: StandIn) -> None:
    numbers = [course["number"] for course in stand_in.menu["courses"] if course["number"] != "203"]
    stand_in.settings["hall"] = numbers[:50]
    viewer.switch_on()
    viewer.waits_until("() => nk.settings.hall.length === 50 && nk.screens.hall")
    viewer.dial("203")
    viewer.press("down", "right")
    before = viewer.focused
    viewer.press("ok")
    viewer.sees("课单满了")
    viewer.press("ok")
    assert viewer.focused == before
    viewer.page.evaluate("nk.go('#/hall')")
    viewer.sees("要放的课（50门）")
    viewer.press("right")
    viewer.dial("203")
    viewer.sees("课单满了")
    assert stand_in.settings["hall"] == numbers[:50]


@pytest.mark.parametrize("together", [False, True])
def test_a_course_that_is_not_on_the_list_is_the_villages_if_somebody_says_so(
    viewer: Viewer, stand_in: StandIn, together: bool
) -> None:
    open_hall(viewer, stand_in)
    viewer.press("2", "3", "ok", "ok")
    viewer.watches(0.3)
    viewer.dial("501")
    viewer.press("ok")
    viewer.sees("要结束集体学习吗")
    viewer.watches(0.3)
    viewer.press("ok") if together else viewer.press("right", "ok")
    viewer.watches(1)
    viewer.press("back")
    lesson = stand_in.course("501")["lessons"][0]["id"]
    viewer.waits_for(
        lambda: [lesson, "stopped"] in [[e["lesson"], e["state"]] for e in stand_in.events]
    )
    told = [event.get("people", 0) for event in stand_in.events if event["lesson"] == lesson]
    assert [told[0], told[-1]] == [0, 23 if together else 0]  # before the answer, after it
    viewer.press("ok")
    viewer.watches(0.1)
    assert viewer.page.locator(".dialog").count() == 0
