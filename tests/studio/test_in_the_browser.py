"""The studio in a real browser: uploads, live progress, order of lessons."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import select

from app.house import House
from catalog import editing
from tests.studio.films import add_video, make_ready, tell_of
from tests.visiting import Site, at_a_screen
from transcode.tables import Upload, Video

CHUNK_BYTES = 8 * 1024 * 1024


@pytest.fixture
def course_id(house: House) -> int:
    """A draft without lessons."""
    with house.db.begin() as session:
        shelf = editing.create_category(session, slug="tea", title="茶叶")
        return editing.create_course(session, title="春茶", category_id=shelf.id, number=102).id


@pytest.fixture
def desk_of_editor(browser: Browser, site: Site) -> Iterator[Page]:
    """An editor, signed in, before a 1440×900 screen; faults of scripts fail the test."""
    with at_a_screen(browser, site, "editor", "/studio/") as page:
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


def drop(page: Page, *files: Path) -> None:
    page.locator("#upload input.uppy-Dashboard-input").first.set_input_files(list(files))


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("#lessons input[name=title]").all()]


def test_dropped_files_become_lessons_that_are_followed_until_they_are_published(
    desk_of_editor: Page, house: House, course_id: int, clip: Path, tmp_path: Path
) -> None:
    page = desk_of_editor
    other = tmp_path / "第二课.mp4"
    other.write_bytes(clip.read_bytes() + b"\0")
    page.goto(f"/studio/courses/{course_id}")
    expect(page.get_by_role("button", name="发布")).to_be_disabled()

    drop(page, clip, other)
    expect(page.locator(".lesson")).to_have_count(2)
    assert set(titles(page)) == {"养羊 第一课", "第二课"}
    expect(page.locator("[data-state=uploaded]")).to_have_count(2)

    with house.db.begin() as session:
        first, second = session.scalars(select(Video).order_by(Video.id)).all()
        first.state, first.percent = "encoding", 43
        second.state, second.code, second.remedy = "refused", "damaged", "请重新拷贝。"
    expect(page.locator("#lessons")).to_contain_text("转码中 43%")
    expect(page.locator("#lessons")).to_contain_text("请重新拷贝。")
    with house.db.begin() as session:
        make_ready(session, session.get_one(Video, first.id), duration_ms=8000)
    publish = page.get_by_role("button", name="发布", exact=True)
    expect(publish).to_be_enabled()
    publish.click()
    expect(page.locator(".head .badge")).to_have_text("已发布")
    expect(page.locator("#lessons")).to_contain_text("1 个课时还不能播放")


def test_the_completion_of_a_lesson_is_set_in_the_list_and_a_wrong_one_is_marked(
    desk_of_editor: Page, house: House, course_id: int
) -> None:
    page = desk_of_editor
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=add_video(session).id)
    page.goto(f"/studio/courses/{course_id}")
    field = page.get_by_label("第 1 课的完播比例")
    expect(field).to_have_value("90")
    expect(page.locator("#lessons")).to_contain_text("改动只管以后开始的播放")

    field.fill("30")
    field.press("Enter")
    expect(page.locator("#messages")).to_contain_text("完播比例请填 50 到 100 的整数")
    expect(page.locator(".completion .input:invalid")).to_have_count(1)
    with page.expect_response("**/completion") as coming:
        field.fill("80")
        field.press("Enter")
    assert coming.value.status == 200
    page.reload()
    expect(field).to_have_value("80")


def test_an_upload_goes_on_where_it_was_after_a_reload(
    desk_of_editor: Page, house: House, course_id: int, tmp_path: Path
) -> None:
    page = desk_of_editor
    film = tmp_path / "长课.mp4"
    film.write_bytes(bytes(range(256)) * (CHUNK_BYTES // 256 + 9000))
    page.goto(f"/studio/courses/{course_id}")
    page.route("**/api/uploads/*", only_the_first_chunk)
    with page.expect_event("requestfailed"):
        drop(page, film)
    with house.db.begin() as session:
        assert session.scalars(select(Upload.offset_bytes)).all() == [CHUNK_BYTES]
    page.reload()
    page.unroute("**/api/uploads/*")
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(request.headers["upload-offset"])

    page.on("request", note)
    drop(page, film)

    expect(page.locator(".lesson")).to_have_count(1)
    assert sent == [str(CHUNK_BYTES)]
    with house.db.begin() as session:
        (row,) = session.scalars(select(Upload)).all()
        assert row.finished_at is not None


def only_the_first_chunk(route: Route) -> None:
    request = route.request
    if request.method == "PATCH" and request.headers["upload-offset"] != "0":
        route.abort("connectionreset")
    else:
        route.continue_()


def test_lessons_are_dragged_moved_renamed_and_removed(
    desk_of_editor: Page, house: House, course_id: int
) -> None:
    page = desk_of_editor
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        for title in ("甲", "乙", "丙"):
            video = add_video(session, state="encoding")
            editing.add_lesson(session, course, title=title, video_id=video.id)
    page.goto(f"/studio/courses/{course_id}")

    page.locator(".lesson", has=page.locator("[value=丙]")).locator(".grip").drag_to(
        page.locator(".lesson").first, target_position={"x": 300, "y": 4}
    )
    expect(page.locator(".lesson").first.locator("[name=title]")).to_have_value("丙")
    assert titles(page) == ["丙", "甲", "乙"]
    page.locator(".lesson").nth(1).get_by_role("button", name="下移").click()
    expect(page.locator(".lesson").nth(2).locator("[name=title]")).to_have_value("甲")
    name = page.locator(".lesson").first.locator("[name=title]")
    name.fill("轻修剪")
    name.press("Enter")
    page.locator(".lesson").nth(1).get_by_role("button", name="移除").click()
    expect(page.locator(".lesson")).to_have_count(2)

    with house.db.begin() as session:
        kept = editing.course_by_id(session, course_id).lessons
        assert [lesson.title for lesson in kept] == ["轻修剪", "甲"]


def test_what_is_typed_is_not_lost_while_the_list_refreshes_itself(
    desk_of_editor: Page, house: House, course_id: int
) -> None:
    page = desk_of_editor
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        video = add_video(session, state="encoding")
        editing.add_lesson(session, course, title="甲", video_id=video.id)
    page.goto(f"/studio/courses/{course_id}")
    name = page.locator(".lesson [name=title]")
    name.click()
    name.press_sequentially("、乙")

    with house.db.begin() as session:
        session.get_one(Video, video.id).percent = 77
    expect(page.locator("#lessons")).to_contain_text("转码中 77%")

    expect(name).to_be_focused()
    expect(name).to_have_value("甲、乙")


def test_what_was_mended_opens_by_keyboard_and_stays_open_while_the_list_refreshes_itself(
    desk_of_editor: Page, house: House, course_id: int
) -> None:
    page = desk_of_editor
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        video = add_video(session, state="encoding")
        tell_of(session, video, notes=[("silence", "视频没有声音，已补静音", "No sound")])
        editing.add_lesson(session, course, title="甲", video_id=video.id)
    page.goto(f"/studio/courses/{course_id}")
    note = page.get_by_text("视频没有声音，已补静音")
    expect(note).to_be_hidden()

    summary = page.get_by_text("已自动处理 1 处")
    summary.focus()
    summary.press("Enter")
    expect(note).to_be_visible()

    with house.db.begin() as session:
        session.get_one(Video, video.id).percent = 77
    expect(page.locator("#lessons")).to_contain_text("转码中 77%")
    expect(note).to_be_visible()
    with house.db.begin() as session:
        done = session.get_one(Video, video.id)
        make_ready(session, done, duration_ms=8000)
        tell_of(session, done, notes=[("silence", "视频没有声音，已补静音", "No sound")])
    expect(page.locator("#lessons")).to_contain_text("3 档清晰度")


def test_the_course_list_follows_the_search_box(
    desk_of_editor: Page, house: House, course_id: int
) -> None:
    page = desk_of_editor
    with house.db.begin() as session:
        shelf = editing.create_category(session, slug="power", title="电工")
        editing.create_course(session, title="电焊入门", category_id=shelf.id, number=300)
    page.goto("/studio/")
    expect(page.locator("tbody tr")).to_have_count(2)

    page.locator("#q").press_sequentially("dhr")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("电焊入门")
    assert page.url.endswith("q=dhr&category=&state=")


def test_a_picture_is_chosen_with_two_clicks(
    desk_of_editor: Page, house: House, course_id: int, ffmpeg: str, tmp_path: Path
) -> None:
    with house.db.begin() as session:
        video = add_video(session, posters=3)
        keys = [video.candidate_key(number, "-small") for number in (1, 2, 3)]
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="采茶", video_id=video.id)
    for key, colour in zip(keys, ("green", "orange", "purple"), strict=True):
        picture = tmp_path / "picture.jpg"
        source = f"color={colour}:s=320x180,format=yuvj420p"
        command = [ffmpeg, "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1"]
        subprocess.run([*command, str(picture)], check=True)
        house.storage.put(key, picture.read_bytes())
    page = desk_of_editor
    page.goto(f"/studio/courses/{course_id}")

    page.locator(".posters summary").click()
    page.get_by_role("button", name="用第 3 张作封面").click()

    shown = page.locator(".posters summary img")
    expect(shown).to_have_attribute("src", re.compile("poster-3-small.jpg"))
    # The other pictures are out of the way again.
    expect(page.get_by_role("button", name="用第 2 张作封面")).to_be_hidden()
