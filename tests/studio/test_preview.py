"""An editor sees a course on the TV page before households do, and nothing of it counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.house import House
from catalog import editing
from player_api.tables import Box, Play
from tests.studio.films import add_video
from tests.tv.stand_in import make_media, put_film
from tests.visiting import Site, Visitor, at_a_screen


@pytest.fixture
def lessons(house: House) -> dict[str, int]:
    """Lesson ids: of a published course (101), and of drafts with (102) and without (103) film."""
    found = {}
    with house.db.begin() as session:
        shelf = editing.create_category(session, slug="tea", title="茶叶")
        for number, title in ((101, "春茶"), (102, "秋茶"), (103, "冬茶")):
            course = editing.create_course(
                session, title=title, category_id=shelf.id, number=number
            )
            video = add_video(session, state="encoding" if number == 103 else "ready")
            lesson = editing.add_lesson(session, course, title=f"{title}一", video_id=video.id)
            found[title] = lesson.id
            if number == 101:
                editing.publish_course(session, course, datetime.now(UTC))
    return found


@pytest.fixture
def course(house: House, lessons: dict[str, int]) -> int:
    """The id of the draft with a film."""
    with house.db.begin() as session:
        return editing.lesson_by_id(session, lessons["秋茶"]).course_id


@pytest.fixture
def editor(site: Site) -> Visitor:
    return site.visitor("editor")


def numbers(visitor: Visitor, path: str) -> list[str]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200, answer.text
    return [course["number"] for course in answer.json()["courses"]]


def test_a_draft_is_on_its_editors_menu_and_on_nobody_elses(editor: Visitor, course: int) -> None:
    assert numbers(editor, f"/api/studio/preview/{course}/menu") == ["101", "102"]
    assert numbers(editor, "/api/player/v1/menu") == ["101"]


def test_a_draft_plays_in_its_preview_and_nowhere_else(
    editor: Visitor, course: int, lessons: dict[str, int]
) -> None:
    def plays(base: str, title: str) -> int:
        return editor.client.get(f"{base}/lessons/{lessons[title]}/playback").status_code

    preview = f"/api/studio/preview/{course}"
    assert [plays(preview, title) for title in ("春茶", "秋茶", "冬茶")] == [200, 200, 404]
    assert [plays("/api/player/v1", title) for title in ("春茶", "秋茶")] == [200, 404]
    assert plays("/api/studio/preview/9999", "秋茶") == 404


@pytest.mark.parametrize("part", ["menu", "lessons/1/playback"])
def test_only_editors_may_look(site: Site, course: int, part: str) -> None:
    address = f"/api/studio/preview/{course}/{part}"

    assert site.visitor().client.get(address).status_code == 401
    assert site.visitor("operator").client.get(address).status_code == 403


def test_there_is_no_box_and_nowhere_to_send_events(editor: Visitor, course: int) -> None:
    for part in ("boxes", "events"):
        answer = editor.client.post(f"/api/studio/preview/{course}/{part}", json={})
        assert answer.status_code in (404, 405)


def test_a_course_without_a_ready_film_says_so(
    editor: Visitor, house: House, lessons: dict[str, int]
) -> None:
    with house.db.begin() as session:
        winter = editing.lesson_by_id(session, lessons["冬茶"]).course_id

    assert "还没有能播放的课时" in editor.get(f"/studio/courses/{winter}/preview").text
    assert f"/studio/courses/{winter}/preview" not in editor.get(f"/studio/courses/{winter}").text


@pytest.fixture
def before_a_screen(
    browser: Browser, site: Site, house: House, lessons: dict[str, int], tmp_path: Path
) -> Iterator[Page]:
    """An editor, signed in; the draft's film is in the storage."""
    make_media(tmp_path / "media")
    with house.db.begin() as session:
        video = editing.lesson_by_id(session, lessons["秋茶"]).video
        assert video
        put_film(house.storage, video.package_prefix, tmp_path / "media" / "film")
    with at_a_screen(browser, site, "editor", "/studio/") as page:
        yield page


def test_a_draft_is_watched_on_the_tv_page_without_being_counted(
    before_a_screen: Page, house: House, course: int, lessons: dict[str, int]
) -> None:
    page = before_a_screen
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/studio/courses/{course}")
    page.get_by_role("link", name="在电视页预览").click()
    television = page.frame_locator("#television")
    expect(television.get_by_text("秋茶").first).to_be_visible()
    box = page.locator("#television").bounding_box()
    assert box and round(box["width"]) == 1280 and round(box["height"]) == 720

    # No click first: the television has the keys.
    television.locator(".on").first.wait_for()
    page.keyboard.press("Enter", delay=30)
    video = television.locator("video")
    video.wait_for()
    frame = page.frames[1]
    frame.wait_for_function("document.querySelector('video').currentTime > 2", timeout=20_000)
    page.keyboard.press("Escape", delay=30)
    expect(video).to_have_count(0)
    # One lesson alone, from its line.
    page.goto(f"/studio/courses/{course}")
    page.get_by_role("link", name="预览第 1 课").click()
    page.wait_for_url(f"**/preview?lesson={lessons['秋茶']}")
    video.wait_for()

    assert not [url for url in asked if "/api/player/" in url]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key !== 'nk.probe')") == []
    with house.db.begin() as session:
        for table in (Box, Play):
            assert session.scalar(select(func.count()).select_from(table)) == 0
