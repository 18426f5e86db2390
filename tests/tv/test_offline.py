"""The menu that the box keeps: opened at once, renewed behind, enough when the line is down."""

from __future__ import annotations

import copy
import shutil
import time
from pathlib import Path

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

NAMES = ("menu/list", "menu/words", "boxes", "events", "popular", "plays/progress", "favourites")
LINE_DOWN = "网络断了"
# Of the posters on the screen.
PICTURES = "[...document.querySelectorAll('.poster img')].map((picture) => picture.src)"
PICTURED = """() => {
  const pictures = [...document.querySelectorAll('.poster img')];
  return pictures.length > 1 && pictures.every((picture) => picture.naturalWidth > 0);
}"""


def cut_line(viewer: Viewer, stand_in: StandIn) -> None:
    """Nothing of the API answers any more."""
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.update(NAMES)


def keeps_the_menu(viewer: Viewer) -> None:
    """List and words are in the box's store."""
    viewer.waits_until("() => localStorage['nk.menu'] && localStorage['nk.words']")


def test_the_kept_menu_opens_with_the_line_down(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    cut_line(viewer, stand_in)
    viewer.switch_on()
    viewer.sees(LINE_DOWN)
    viewer.dial("203")
    viewer.sees(stand_in.course("203")["title"])
    viewer.sees(LINE_DOWN)


def test_a_box_that_is_switched_on_with_the_line_down_browses_with_its_pictures(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.kept = True
    viewer.switch_on()
    keeps_the_menu(viewer)
    viewer.waits_until(PICTURED)
    shown = viewer.page.evaluate(PICTURES)
    cut_line(viewer, stand_in)
    stand_in.cut.update({"media", *(file.name for file in stand_in.page.iterdir())})
    viewer.page.goto("about:blank")
    viewer.switch_on()
    viewer.sees(LINE_DOWN)
    viewer.waits_until(PICTURED)
    assert viewer.page.evaluate(PICTURES) == shown


def test_a_newer_page_comes_behind_the_kept_one_and_opens_with_the_line_down(
    viewer: Viewer, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.kept = True
    viewer.switch_on()
    keeps_the_menu(viewer)
    viewer.waits_until("() => nk.hasPart('more')")
    newer = tmp_path / "newer"
    shutil.copytree(stand_in.page, newer)
    page = (newer / "index.html").read_text().replace("<title>农课", "<title>新农课")
    (newer / "index.html").write_text(page.replace("watch.js?v=", "watch.js?v=0"))
    stand_in.page = newer
    stand_in.files.clear()
    viewer.switch_on()
    assert viewer.page.title() == "农课"
    viewer.waits_until(
        "() => performance.getEntriesByType('resource').some("
        "(one) => one.name.includes('watch.js?v=0') && one.responseEnd)"
    )
    assert [asked for asked in stand_in.files if "tv.js" in asked] == []
    cut_line(viewer, stand_in)
    stand_in.cut.update(file.name for file in newer.iterdir())
    viewer.page.goto("about:blank")
    viewer.switch_on()
    assert viewer.page.title() == "新农课"
    viewer.waits_until("() => nk.hasPart('watch')")


def test_the_mark_of_a_line_that_is_down_goes_by_itself(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    assert viewer.page.locator(".cut").count() == 0
    cut_line(viewer, stand_in)
    viewer.page.evaluate("window.dispatchEvent(new Event('offline'))")
    viewer.sees(LINE_DOWN)
    stand_in.cut.clear()
    viewer.page.locator(".cut").wait_for(state="detached")


def test_an_answer_from_the_browsers_cache_does_not_mean_a_line(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    cut_line(viewer, stand_in)
    viewer.page.evaluate("window.dispatchEvent(new Event('offline'))")
    viewer.sees(LINE_DOWN)
    # What the cache would do.
    stand_in.cut.remove("popular")
    stand_in.asked.clear()
    viewer.page.evaluate("nk.refreshPopular()")
    viewer.waits_for(lambda: "popular" in stand_in.asked)
    viewer.page.evaluate("() => new Promise((done) => nk.request(nk.api + 'popular', {}, done))")
    viewer.sees(LINE_DOWN)


def test_a_menu_that_has_not_changed_is_not_sent_again(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    stand_in.unchanged.clear()
    stand_in.asked.clear()
    viewer.page.reload()
    viewer.waits_for(lambda: bool(stand_in.unchanged))
    viewer.waits_for(lambda: "popular" in stand_in.asked)
    assert stand_in.unchanged == ["menu/list"]
    assert "menu/words" not in stand_in.asked


def test_a_newer_menu_comes_in_behind_the_kept_one(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    newer = copy.deepcopy(stand_in.menu)
    newer["version"] = "2"
    newer["courses"][0] |= {"title": "刚上架的新课", "published_at": "2027-01-01T08:00:00Z"}
    stand_in.menu = newer
    viewer.page.reload()
    viewer.waits_until("() => /101/.test((document.querySelector('.hint') || {}).textContent)")
    viewer.dial("101")
    viewer.sees("刚上架的新课")


def test_new_courses_never_move_what_is_under_the_thumb(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    viewer.press("down", "down", "right")
    before = viewer.focused
    newer = copy.deepcopy(stand_in.menu)
    newer["version"] = "2"
    newer["courses"][0] |= {"title": "刚上架的新课", "published_at": "2027-01-01T08:00:00Z"}
    stand_in.menu = newer
    viewer.page.evaluate("window.dispatchEvent(new Event('online'))")
    viewer.waits_until("() => nk.index.version === '2'")
    assert viewer.focused == before
    viewer.dial("101")
    viewer.sees("刚上架的新课")


def test_words_come_in_behind_the_list(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("503",)
    stand_in.answers["menu/words"] = 503
    course = stand_in.course("210")
    course["goals"] = []
    viewer.switch_on("#/course/210")
    viewer.sees(course["title"])
    stand_in.answers.clear()
    viewer.page.evaluate("window.dispatchEvent(new Event('online'))")
    viewer.sees(course["summary"])


def test_a_full_box_gives_up_the_menu_for_what_was_watched(viewer: Viewer) -> None:
    viewer.switch_on()
    keeps_the_menu(viewer)
    viewer.page.evaluate(
        "() => { let text = 'x'.repeat(1 << 20); let n = 0;"
        " while (text) { try { localStorage['full' + n] = text; n += 1 }"
        " catch (full) { text = text.slice(text.length / 2 + 1) } } }"
    )
    assert viewer.page.evaluate("nk.box_store.write('progress', 'y'.repeat(9000))")
    assert not viewer.page.evaluate("'nk.words' in localStorage")
    viewer.press("down", "down", "ok")
    assert viewer.address.startswith("#/course/")


def test_a_box_that_forgot_goes_on_where_the_server_knows(
    viewer: Viewer, stand_in: StandIn
) -> None:
    lesson = stand_in.course("210")["lessons"][0]["id"]
    stand_in.progress[str(lesson)] = [12, 0, int(time.time() * 1000)]
    viewer.switch_on()
    viewer.sees("按“确定”接着学")
    viewer.sees(stand_in.course("210")["title"])


def test_what_the_box_knows_better_is_not_overwritten(viewer: Viewer, stand_in: StandIn) -> None:
    lesson = str(stand_in.course("210")["lessons"][0]["id"])
    now_ms = int(time.time() * 1000)
    stand_in.progress = {lesson: [2, 1, now_ms - 9000]}
    viewer.page.add_init_script(
        f"localStorage['nk.progress'] = JSON.stringify({{'{lesson}': [15, 0, {now_ms}]}})"
    )
    viewer.switch_on()
    viewer.waits_for(lambda: "plays/progress" in stand_in.asked)
    assert viewer.page.evaluate(f"nk.progressOf({lesson}).position_s") == 15


def test_back_on_a_page_without_a_menu_asks_before_leaving(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("menu/list")
    viewer.switch_on()
    viewer.sees("课程没有打开")
    viewer.press("back")
    viewer.sees("要离开农课吗")
    viewer.press("back")
    assert viewer.focused == "重试"


def test_back_asks_before_leaving_while_the_menu_is_still_coming(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.held.add("menu/list")
    viewer.page.goto(f"{viewer.url}/tv/")
    viewer.press("back")
    viewer.sees("要离开农课吗")
    stand_in.held.clear()
    viewer.sees("种植养殖")
    assert viewer.page.locator(".dialog").count() == 0


def test_a_retry_pressed_many_times_opens_the_page_once(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("menu/list")
    viewer.switch_on()
    viewer.sees("课程没有打开")
    stand_in.asked.clear()
    stand_in.held.add("menu/list")
    stand_in.cut.clear()
    viewer.press("ok", "ok", "ok", "ok")
    viewer.page.evaluate("window.dispatchEvent(new Event('online'))")
    stand_in.held.clear()
    viewer.sees("种植养殖")
    viewer.waits_for(lambda: "favourites" in stand_in.asked)
    assert [stand_in.asked.count(name) for name in ("menu/list", "popular")] == [1, 1]


def test_a_part_that_did_not_come_is_fetched_when_the_line_is_back(
    viewer: Viewer, stand_in: StandIn
) -> None:
    cut_line(viewer, stand_in)
    stand_in.cut.clear()
    stand_in.cut.add("more.js")
    with viewer.page.expect_event("requestfailed", lambda request: "more.js" in request.url):
        viewer.switch_on()
    stand_in.cut.update(NAMES)
    viewer.page.evaluate("window.dispatchEvent(new Event('offline'))")
    viewer.sees(LINE_DOWN)
    stand_in.cut.clear()
    viewer.page.evaluate("nk.refreshMenu(null)")
    viewer.waits_until("() => nk.screens.mine")


def test_a_part_that_hangs_is_given_up_and_runs_once_when_it_comes(
    viewer: Viewer, stand_in: StandIn
) -> None:
    come: list[str] = []
    viewer.page.on("requestfinished", lambda request: come.append(request.url))
    viewer.page.clock.install()
    stand_in.held.add("more.js")
    viewer.page.goto(f"{viewer.url}/tv/#/mine", wait_until="commit")
    viewer.sees("正在打开")
    viewer.page.clock.run_for(15_000)
    viewer.sees("重试")
    viewer.press("ok")
    viewer.sees("正在打开")
    stand_in.held.clear()
    viewer.waits_until("() => nk.screens.mine")
    viewer.waits_for(lambda: len([url for url in come if "more.js" in url]) == 2)
    viewer.page.wait_for_selector(".screen-mine .on")
    texts = viewer.page.evaluate("[...document.querySelectorAll('style')].map((s) => s.innerText)")
    assert len(texts) == len(set(texts))
