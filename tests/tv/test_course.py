"""A course's page: what one learns, its lessons, the mark, what is like it."""

from __future__ import annotations

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer


def test_a_course_says_what_one_learns(viewer: Viewer, stand_in: StandIn) -> None:
    course = stand_in.course("101")
    assert course["goals"]
    viewer.switch_on("#/course/101")
    viewer.sees("学会什么")
    for goal in course["goals"]:
        viewer.sees(goal)
    viewer.sees(f"老师：{course['teacher']}")


@pytest.mark.parametrize("begun", [False, True])
def test_larger_type_still_says_how_long_a_course_is(
    viewer: Viewer, stand_in: StandIn, begun: bool
) -> None:
    course = stand_in.course("101")
    stand_in.settings["text"] = "large"
    if begun:
        stand_in.progress[str(course["lessons"][0]["id"])] = [12, 0, 1_790_000_000_000]
    viewer.switch_on("#/course/101")
    viewer.page.wait_for_selector("#stage.large .course-title")
    viewer.sees("上次看到 0:12" if begun else f"老师：{course['teacher']}")
    viewer.sees(f"共{len(course['lessons'])}课")


def test_a_course_without_goals_shows_its_summary(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.course("101")["goals"] = []
    viewer.switch_on("#/course/101")
    viewer.sees(stand_in.course("101")["summary"][:20])
    assert viewer.page.get_by_text("学会什么").count() == 0


def test_a_mark_is_kept_and_told(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/course/203")
    viewer.press("down")
    assert viewer.focused == "☆ 收藏"
    viewer.press("ok")
    assert viewer.focused == "★ 已收藏"
    viewer.waits_for(lambda: stand_in.favourites == ["203"])
    viewer.page.reload()
    viewer.sees("★ 已收藏")
    assert viewer.page.evaluate("nk.favourites().map((course) => course.number)") == ["203"]
    viewer.press("ok")
    viewer.waits_for(lambda: stand_in.favourites == [])


def test_marks_of_a_box_that_forgot_come_from_the_server(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.favourites = ["222", "101"]
    viewer.switch_on()
    viewer.waits_until("() => nk.favourites().length === 2")
    viewer.dial("222")
    viewer.sees("★ 已收藏")


def test_a_mark_made_with_the_line_down_outlives_the_servers_list(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    viewer.switch_on("#/course/203")
    viewer.waits_for(lambda: "favourites" in stand_in.asked)
    stand_in.cut.add("favourites/203")
    viewer.press("down", "ok")
    stand_in.favourites = ["101"]
    viewer.page.reload()
    viewer.waits_until("() => nk.favourites().length === 2")
    assert viewer.page.evaluate("nk.favourites().map((course) => course.number)") == ["203", "101"]
    viewer.waits_for(lambda: bool(stand_in.boxes))


def test_a_mark_that_the_server_does_not_take_yet_holds_up_no_other(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("503",)
    stand_in.answers["favourites/203"] = 503
    viewer.switch_on("#/course/203")
    viewer.press("down", "ok")
    viewer.dial("101")
    viewer.press("down", "ok")
    viewer.waits_for(lambda: stand_in.favourites == ["101"])
    stand_in.answers.clear()
    viewer.waits_for(lambda: stand_in.favourites == ["203", "101"])


def test_a_course_joins_the_villages_list_only_in_a_hall(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/course/203")
    assert viewer.page.get_by_text("加入集体").count() == 0
    stand_in.settings["hall"] = ["101"]
    viewer.page.reload()
    viewer.sees("加入集体")
    viewer.press("down", "right")
    assert viewer.focused == "加入集体"
    viewer.press("ok")
    viewer.waits_for(lambda: stand_in.settings["hall"] == ["101", "203"])
    viewer.press("ok")
    viewer.waits_for(lambda: stand_in.settings["hall"] == ["101"])


def test_related_courses_are_alike_and_never_the_same(viewer: Viewer, stand_in: StandIn) -> None:
    course = stand_in.course("203")
    viewer.switch_on("#/course/203")
    viewer.press("down", "down")
    viewer.sees_all()
    numbers = viewer.page.locator(".badge").all_inner_texts()
    assert numbers
    assert "203" not in numbers
    for number in numbers:
        other = stand_in.course(number)
        assert other["category"] == course["category"] or set(other["tags"]) & set(course["tags"])
    assert all(box["inside"] for box in viewer.focus_boxes())
    focused = viewer.focused
    viewer.press("ok", "back")
    assert viewer.address == "#/course/203"
    assert viewer.focused == focused
    viewer.press("up")
    assert viewer.focused == "☆ 收藏"


def test_sixty_lessons_lead_down_to_related_courses(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.course("203")["lessons"] = [
        {"id": 9000 + at, "title": f"第{at + 1}节", "duration_s": 600} for at in range(60)
    ]
    viewer.switch_on("#/course/203")
    viewer.press("right")
    for _ in range(60):
        assert all(box["inside"] for box in viewer.focus_boxes())
        viewer.press("down")
    assert viewer.page.locator(".card.on").count() == 1
    viewer.press("up")
    assert "第60节" in viewer.focused


def test_watched_lessons_are_marked(viewer: Viewer, stand_in: StandIn) -> None:
    first, second = stand_in.course("203")["lessons"][:2]
    stand_in.progress = {str(first["id"]): [24, 1, 5], str(second["id"]): [11, 0, 9]}
    viewer.switch_on("#/course/203")
    viewer.sees("已看完")
    viewer.sees("看到0:11")
    assert viewer.focused == "继续看第2课"


def test_what_the_server_knows_by_now_is_told_with_the_next_key(
    viewer: Viewer, stand_in: StandIn
) -> None:
    first = stand_in.course("101")["lessons"][0]
    viewer.switch_on("#/course/101")
    viewer.press("right")
    viewer.sees_all()
    assert "已看完" not in viewer.focused
    # With keys pressed the screen is not drawn anew.
    stand_in.progress = {str(first["id"]): [24, 1, 5]}
    viewer.page.evaluate("nk.refreshProgress()")
    viewer.waits_until(f"() => (nk.progressOf({first['id']}) || {{}}).done")
    viewer.press("up")
    assert "已看完" in viewer.focused


def test_words_that_come_before_the_hero_is_drawn_wait_for_it(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down")
    viewer.page.evaluate("nk.redraw(); nk.go('#/course/101'); nk.goBack(); nk.showWords()")
    viewer.sees_all()
    assert viewer.page.locator(".hero-summary").inner_text() != ""


def test_a_course_is_not_its_own_neighbour_after_a_new_menu(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.page.evaluate(
        "nk.go('#/course/203'); nk.index = nk.indexMenu(JSON.parse(JSON.stringify(nk.index)))"
    )
    viewer.sees_all()
    assert "203" not in viewer.page.locator(".badge").all_inner_texts()
