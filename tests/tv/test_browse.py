"""Finding a course with arrow keys, OK, Back and digits."""

from __future__ import annotations

import pytest

from tests.tv.laws import broken, look
from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer


def test_arrow_keys_find_a_lesson_and_play_it(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "right", "right", "ok", "right", "right", "ok")
    assert viewer.address == "#/course/103"
    viewer.press("ok")
    viewer.watches(1)


def test_a_slow_engine_does_not_glide(viewer: Viewer) -> None:
    viewer.switch_on()
    assert viewer.page.locator("#stage.smooth").count() == 1
    session = viewer.page.context.new_cdp_session(viewer.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 50})
    viewer.press("down", "down", "right", "right", "down", "down", "up", "up")
    assert viewer.page.locator("#stage.smooth").count() == 0


def test_the_hero_says_what_ok_does(viewer: Viewer) -> None:
    viewer.switch_on()
    assert "按“确定”看这门课" in viewer.focused
    viewer.press("ok")
    assert viewer.address.startswith("#/course/")


def test_a_category_tile_opens_its_category(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "right", "right", "right", "ok")
    viewer.sees("技术技能 · 58门课")
    viewer.press("down", "right", "ok")
    assert viewer.address == "#/course/305"


def test_three_digits_open_the_course_from_any_screen(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.dial("501")
    viewer.sees(stand_in.course("501")["title"])
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.dial("222")
    assert viewer.address == "#/course/222"
    viewer.press("back")
    assert viewer.address == "#/home"
    viewer.press("back")
    viewer.sees("要离开农课吗")
    viewer.dial("101")
    assert viewer.address == "#/course/101"
    assert viewer.page.locator(".dialog").count() == 0


def test_two_digits_wait_for_the_third(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.dial("50")
    viewer.sees("再按一位数字")
    viewer.press("ok")
    assert viewer.address == "#/home"
    viewer.press("back", "1")
    viewer.sees("再按一位数字")
    viewer.press("3")
    assert viewer.address == "#/course/513"


def test_an_unknown_number_is_said_and_nothing_is_lost(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "down", "right")
    before = viewer.focused
    viewer.dial("999")
    viewer.sees("没有999号课")
    viewer.press("back")
    assert viewer.page.locator(".number").count() == 0
    assert (viewer.address, viewer.focused) == ("#/home", before)


def test_back_goes_one_step_up_and_asks_before_leaving(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "right", "right", "ok", "down", "right", "ok", "ok")
    viewer.watches(0.5)
    assert viewer.address.startswith("#/play/")
    viewer.press("back")
    assert viewer.address.startswith("#/course/")
    viewer.press("back")
    assert viewer.address.startswith("#/category/")
    viewer.press("back")
    assert viewer.address == "#/home"
    viewer.press("back")
    viewer.sees("要离开农课吗")
    assert viewer.focused == "继续学习"
    viewer.press("back")
    assert viewer.page.locator(".dialog").count() == 0
    assert viewer.address == "#/home"


def test_the_browsers_own_back_is_one_step_up_too(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.dial("301")
    viewer.page.evaluate("history.back()")
    viewer.waits_until("() => location.hash === '#/home'")
    viewer.page.evaluate("history.back()")
    viewer.sees("要离开农课吗")


def test_every_row_and_screen_remembers_its_place(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "down", "right", "right", "down", "right")
    kept = viewer.focused
    viewer.press("up", "down")
    assert viewer.focused == kept
    viewer.press("ok", "back")
    assert viewer.focused == kept
    viewer.press("up", "left", "left", "down")
    assert viewer.focused == kept


def test_edges_hold_the_focus(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "down")
    first = viewer.focused
    viewer.press("left", "left")
    assert viewer.focused == first
    for _ in range(14):
        viewer.press("right")
    last = viewer.focused
    viewer.press("right")
    assert viewer.focused == last != first


def test_reload_returns_to_the_screen_and_its_focus(viewer: Viewer) -> None:
    viewer.switch_on()
    viewer.press("down", "right", "right", "ok", "down", "right", "right")
    kept = (viewer.address, viewer.focused)
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    assert (viewer.address, viewer.focused) == kept
    viewer.press("ok")
    course = viewer.address
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    assert viewer.address == course
    viewer.press("back")
    assert (viewer.address, viewer.focused) == kept


def test_an_address_opens_its_screen_directly(viewer: Viewer) -> None:
    viewer.switch_on("#/course/511")
    viewer.press("back")
    assert viewer.address == "#/home"
    viewer.switch_on("#/course/998")
    viewer.sees("没有找到这一页")
    viewer.press("ok")
    assert viewer.address == "#/home"


def test_few_cards_exist_at_a_time(viewer: Viewer) -> None:
    viewer.switch_on()
    for _ in range(4):
        viewer.press("down", "right", "right", "right", "right")
    viewer.sees_all()
    assert viewer.page.locator(".card").count() <= 12
    assert viewer.page.locator("#stage *").count() <= 300


def test_a_mouse_works_too(viewer: Viewer) -> None:
    viewer.switch_on()
    for target, screen in ((".tile >> nth=2", "category"), (".card >> nth=1", "course")):
        viewer.page.locator(target).click()
        viewer.waits_until("(screen) => location.hash.startsWith('#/' + screen + '/')", screen)
    viewer.page.locator(".back").click()
    viewer.waits_until("() => location.hash.startsWith('#/category/')")


def test_a_course_shows_the_medium_poster(viewer: Viewer) -> None:
    viewer.switch_on("#/course/101")
    viewer.waits_until("() => document.querySelector('.wide img').naturalWidth === 640")


def test_a_package_of_an_earlier_release_shows_its_large_poster(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.answers["poster-medium.jpg"] = 404
    viewer.expected_complaints = ("404",)
    viewer.switch_on("#/course/101")
    viewer.waits_until("() => document.querySelector('.wide img').naturalWidth === 1280")


def test_a_poster_that_is_gone_is_drawn(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.course("101")["poster"] = "posters/none/poster-small.jpg"
    viewer.expected_complaints = ("404",)
    viewer.switch_on("#/course/101")
    viewer.waits_until("() => !document.querySelector('.wide img')")
    viewer.sees("高")


def test_long_titles_and_many_lessons_stay_in_their_places(
    viewer: Viewer, stand_in: StandIn
) -> None:
    course = stand_in.course("101")
    course["title"] = "高山茶园新建与定植" * 6
    course["summary"] = "选向阳缓坡、酸性土开园，开沟施足底肥再定植。" * 12
    course["lessons"] = [
        {"id": 9000 + at, "title": "很长的课名" * 8, "duration_s": 5400} for at in range(40)
    ]
    viewer.switch_on("#/course/101")
    viewer.press("right")
    for _ in range(39):
        viewer.press("down")
    assert viewer.focused.startswith("40")
    assert all(box["inside"] for box in viewer.focus_boxes())


@pytest.mark.parametrize("title", ["高山茶园新建与定植" * 6, ""])
def test_any_title_stays_in_its_place_on_every_screen(
    viewer: Viewer, stand_in: StandIn, title: str
) -> None:
    lesson = stand_in.course("101")["lessons"][0]["id"]
    category = stand_in.course("101")["category"]
    for course in stand_in.menu["courses"]:
        course["title"] = title
        for lessons in course["lessons"]:
            lessons["title"] = title
    viewer.switch_on()
    for address in ("home", f"category/{category}", "mine", "search", "hall", f"play/{lesson}"):
        viewer.page.evaluate(f"location.hash = '#/{address}'")
        assert viewer.address == f"#/{address}"
        viewer.sees_all()
        assert broken(look(viewer.page)) == []


def test_a_course_without_lessons_says_so(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.course("101")["lessons"] = []
    viewer.switch_on("#/course/101")
    viewer.sees("这门课还没有视频")
    viewer.press("ok")
    assert viewer.address == "#/home"


def test_a_leaf_category_is_a_grid_that_keeps_its_column(viewer: Viewer) -> None:
    viewer.switch_on("#/category/2")
    viewer.press("right", "right", "down", "down")
    column = viewer.page.evaluate("document.querySelector('.card.on').style.left")
    assert column == "832px"


def test_an_empty_catalogue_is_friendly(viewer: Viewer, stand_in: StandIn) -> None:
    full = stand_in.menu
    stand_in.menu = {**full, "version": "0", "courses": []}
    viewer.switch_on()
    viewer.sees("课程正在准备")
    stand_in.menu = full
    viewer.press("ok")
    viewer.sees("种植养殖")


def test_a_menu_that_does_not_come_can_be_asked_for_again(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.cut.add("menu/list")
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    viewer.switch_on()
    viewer.sees("课程没有打开")
    stand_in.cut.clear()
    viewer.press("ok")
    viewer.sees("种植养殖")


def test_an_engine_without_newer_functions_browses_and_plays(viewer: Viewer) -> None:
    viewer.page.add_init_script(
        "for (const name of ['classList', 'remove', 'append', 'closest', 'matches', 'dataset'])"
        " delete Element.prototype[name], delete HTMLElement.prototype[name];"
        "for (const name of ['fetch', 'MediaSource',"
        " 'CSS', 'IntersectionObserver']) delete window[name];"
        "delete History.prototype.pushState;"
        "delete History.prototype.replaceState;"
    )
    viewer.switch_on()
    viewer.press("down", "right", "right", "ok", "right", "ok", "back", "ok", "ok")
    viewer.watches(0.5)
    viewer.press("back")
    assert viewer.address == "#/course/102"


def test_english_is_complete_and_shown_on_request(viewer: Viewer) -> None:
    viewer.switch_on(query="?lang=en")
    viewer.sees("Press OK to watch")
    missing = viewer.page.evaluate(
        "() => new Promise((done) => nk.needPart('watch', () => nk.needPart('more', () => done("
        "Object.keys(nk.strings.zh).concat(Object.keys(nk.strings.en))"
        ".filter((key) => !(nk.strings.zh[key] && nk.strings.en[key]))))))"
    )
    assert missing == []


@pytest.mark.parametrize(
    ("width_px", "height_px", "stage"),
    [
        (1920, 1080, [0, 0, 1920, 1080]),
        (960, 540, [0, 0, 960, 540]),
        (720, 576, [0, 86, 720, 405]),
        (1920, 720, [320, 0, 1280, 720]),
    ],
)
def test_the_stage_fills_every_screen(
    viewer: Viewer, width_px: int, height_px: int, stage: list[int]
) -> None:
    viewer.page.set_viewport_size({"width": width_px, "height": height_px})
    viewer.switch_on()
    place = """() => { const box = document.querySelector('#stage').getBoundingClientRect();
      return [box.left, box.top, box.width, box.height].map(Math.round) }"""
    assert viewer.page.evaluate(place) == stage
    viewer.press("down", "down", "right")
    viewer.sees_all()
    assert viewer.focus_boxes() == [{"inside": True}]
    viewer.page.set_viewport_size({"width": 1280, "height": 720})
    viewer.waits_until(f"() => String(({place})()) === '0,0,1280,720'")
