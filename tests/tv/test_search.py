"""Search by what a remote can type, from the menu that the box keeps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

GOATS = {"number": "203", "initials": "hsyyz"}
CATTLE = {"number": "247", "initials": "ncjs"}
TEA = {"number": "301", "initials": "cyhsy"}
FEW = {"number": "420", "initials": "zwf"}


def found(viewer: Viewer, query: str, courses: list[dict[str, Any]]) -> list[str]:
    numbers: list[str] = viewer.page.evaluate(
        "([query, courses]) => nk.makeFinder(courses)(query).map((course) => course.number)",
        [query, courses],
    )
    return numbers


def opens_search(viewer: Viewer) -> None:
    viewer.switch_on("#/search")
    viewer.page.wait_for_selector(".pad-key.on")


def badges(viewer: Viewer) -> list[str]:
    viewer.sees_all()
    return viewer.page.locator(".badge").all_inner_texts()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("hsy", ["203", "301"]),  # initials: in front before inside
        ("479", ["203", "301"]),  # the same on nine keys
        ("h7y", ["203", "301"]),  # letters and keys mixed
        ("203", ["203"]),
        ("2", ["247", "203", "301", "420"]),  # number first, then titles, then inside
        ("42", ["420"]),
        ("994", []),
        ("xx", []),
    ],
)
def test_finds_the_best_first(viewer: Viewer, query: str, numbers: list[str]) -> None:
    opens_search(viewer)
    assert found(viewer, query, [TEA, FEW, CATTLE, GOATS]) == numbers


def test_one_more_key_and_one_less_find_what_a_new_search_finds(viewer: Viewer) -> None:
    opens_search(viewer)
    same = viewer.page.evaluate(
        "() => { const all = nk.index.courses; const find = nk.makeFinder(all);"
        " return ['2', '27', '274', '27', '9', '94', '949', ''].every((query) =>"
        " String(find(query).map((c) => c.number)) ==="
        " String(nk.makeFinder(all)(query).map((c) => c.number))) }"
    )
    assert same


def test_the_remotes_digits_find_a_course(viewer: Viewer) -> None:
    opens_search(viewer)
    viewer.press("2", "0", "3")
    viewer.sees("找到")
    assert badges(viewer)[0] == "203"
    assert viewer.address == "#/search"
    viewer.press("right")
    while viewer.page.locator(".card.on").count() == 0:
        viewer.press("right")
    viewer.press("ok")
    assert viewer.address == "#/course/203"
    viewer.press("back")
    assert viewer.page.locator(".card.on .badge").inner_text() == "203"
    assert viewer.page.locator(".query").inner_text() == "203"


def test_arrow_keys_and_ok_type_on_the_pad(viewer: Viewer) -> None:
    opens_search(viewer)
    assert viewer.focused.startswith("5")
    viewer.press("up", "ok", "down", "down", "ok")
    assert viewer.page.locator(".query").inner_text() == "28"
    viewer.press("down", "right", "ok")
    assert viewer.page.locator(".query").inner_text() == "2"
    viewer.press("left", "left", "ok")
    viewer.sees("拼音首字母或课程号")


def test_all_letters_can_be_had(viewer: Viewer, stand_in: StandIn) -> None:
    opens_search(viewer)
    viewer.press("down", "down", "down", "ok")
    viewer.sees("换成九个键")
    for letter in "hsy":
        viewer.page.locator(".pad-key", has_text=letter.upper()).first.click()
    assert viewer.page.locator(".query").inner_text() == "HSY"
    assert "hsy" in stand_in.course(badges(viewer)[0])["initials"]


def test_before_the_first_key_popular_courses_are_shown(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.popular = ["222", "101"]
    viewer.switch_on()
    viewer.waits_until("() => nk.ranks()['222']")
    viewer.press("down", "ok")
    viewer.page.wait_for_selector(".pad-key.on")
    viewer.sees("大家都在看")
    assert badges(viewer) == ["222", "101"]


def test_what_nothing_answers_is_told_once(viewer: Viewer, stand_in: StandIn) -> None:
    opens_search(viewer)
    viewer.press("0", "9", "9", "9")
    viewer.sees("没有找到")
    viewer.waits_for(lambda: bool(stand_in.searches))
    assert [(one["q"], one["found"]) for one in stand_in.searches] == [("0999", 0)]
    viewer.press("9")
    viewer.waits_for(lambda: len(stand_in.searches) == 2)
    viewer.press("back")
    viewer.switch_on("#/search")
    assert [one["q"] for one in stand_in.searches] == ["0999", "09999"]


def test_what_nothing_answers_is_told_by_who_leaves_at_once(
    viewer: Viewer, stand_in: StandIn
) -> None:
    opens_search(viewer)
    viewer.press("0", "9", "9", "9", "back")
    viewer.waits_for(lambda: [one["q"] for one in stand_in.searches] == ["0999"])


def test_search_goes_on_with_the_line_down(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.waits_until("() => nk.hasPart('more')")
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.update({"menu/list", "menu/words", "popular", "searches"})
    viewer.page.evaluate("window.dispatchEvent(new Event('offline'))")
    viewer.sees("网络断了")
    viewer.press("down", "ok")
    viewer.press("2", "0", "3")
    assert badges(viewer)[0] == "203"


def test_leaving_search_forgets_what_was_typed(viewer: Viewer) -> None:
    opens_search(viewer)
    viewer.press("2", "0", "back")
    assert viewer.address == "#/home"
    viewer.press("down", "ok")
    viewer.sees("拼音首字母或课程号")


def test_five_thousand_courses_answer_each_key(viewer: Viewer, stand_in: StandIn) -> None:
    model = stand_in.course("101")
    stand_in.menu["courses"] = [
        {**model, "id": n, "number": f"{n:04d}", "lessons": model["lessons"][:1]}
        for n in range(1, 5001)
    ]
    opens_search(viewer)
    viewer.press("4", "9", "9", "9")
    assert badges(viewer)[0] == "4999"
    assert viewer.page.locator(".card").count() <= 12


def test_without_courses_the_focus_stays_on_the_pad(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.menu["courses"] = []
    opens_search(viewer)
    viewer.press("right", "right", "right", "ok")
    assert viewer.page.locator(".pad-key.on").count() == 1
    assert viewer.page.locator(".query").inner_text() == "6"
