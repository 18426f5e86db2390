"""A category: its parts, an order, a grid that is as quick with 5,000 courses."""

from __future__ import annotations

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

FARMING = "#/category/1"


def first_cards(viewer: Viewer, count: int = 3) -> list[str]:
    """The numbers on the first cards."""
    viewer.sees_all()
    return viewer.page.locator(".badge").all_inner_texts()[:count]


def test_a_part_is_chosen_by_the_focus_alone(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on(FARMING)
    viewer.press("up", "up", "right")
    assert viewer.focused == "茶叶"
    tea = next(c["id"] for c in stand_in.menu["categories"] if c["title"] == "茶叶")
    numbers = [c["number"] for c in stand_in.menu["courses"] if c["category"] == tea]
    assert set(first_cards(viewer, 6)) <= set(numbers)
    viewer.press("ok")
    viewer.press("ok")
    assert viewer.address.removeprefix("#/course/") in numbers


def test_the_order_is_chosen_and_remembered(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.popular = ["156", "121", "110"]
    viewer.switch_on(FARMING)
    viewer.waits_for(lambda: "popular" in stand_in.asked)
    viewer.waits_until("() => (document.querySelector('.badge') || {}).textContent === '156'")
    assert first_cards(viewer) == ["156", "121", "110"]
    viewer.press("up", "right", "right")
    assert viewer.focused == "课程号"
    assert first_cards(viewer) == ["101", "102", "103"]
    viewer.switch_on("#/category/2")
    assert viewer.page.locator(".chip.chosen").last.inner_text() == "课程号"
    viewer.press("up", "left")
    shown = first_cards(viewer, 1)[0]
    days = {c["number"]: c["published_at"] for c in stand_in.menu["courses"] if c["category"] == 2}
    assert days[shown] == max(days.values())


def test_back_from_a_course_finds_part_order_and_place_again(viewer: Viewer) -> None:
    viewer.switch_on(FARMING)
    viewer.press("up", "up", "right", "down", "right", "down", "down", "right")
    kept = viewer.focused
    viewer.press("ok", "back")
    assert viewer.focused == kept
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    assert viewer.focused == kept


def test_a_part_without_courses_has_no_chip(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.menu["categories"].append({"id": 900, "parent": 1, "title": "空的"})
    viewer.switch_on(FARMING)
    assert viewer.page.get_by_text("空的").count() == 0


def test_five_thousand_courses_are_a_window_of_a_dozen_cards(
    viewer: Viewer, stand_in: StandIn
) -> None:
    model = stand_in.course("101")
    stand_in.menu["courses"] = [
        {
            **model,
            "id": n,
            "number": f"{n:04d}",
            "title": f"第{n}门",
            "lessons": model["lessons"][:1],
        }
        for n in range(1, 5001)
    ]
    viewer.page.add_init_script("localStorage['nk.order'] = '\"number\"'")
    viewer.switch_on("#/category/2")
    for _ in range(40):
        viewer.press("down")
    assert "第121门" in viewer.focused
    viewer.sees_all()
    assert viewer.page.locator(".card").count() <= 12
    assert all(box["inside"] for box in viewer.focus_boxes())
