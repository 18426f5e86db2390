"""Editors make courses, fill them, and show them on boxes."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from app.accounts.tables import AuditEntry
from app.house import House
from catalog import editing
from catalog.menu import menu_document
from catalog.tables import Category, Course
from tests.studio.films import add_video, tell_of
from tests.visiting import Site, Visitor
from transcode.tables import Package


@pytest.fixture
def editor(site: Site) -> Visitor:
    return site.visitor("editor")


@pytest.fixture
def tea(house: House) -> Category:
    with house.db.begin() as session:
        return editing.create_category(session, slug="tea", title="茶叶")


def make_course(editor: Visitor, tea: Category, **fields: str | list[str]) -> int:
    editor.get("/studio/courses/new")
    answer = editor.post(
        "/studio/courses/new", **{"number": "7", "title": "春茶", "category": str(tea.id), **fields}
    )
    assert answer.status_code == 303, answer.text
    found = re.search(r"/courses/(\d+)", answer.headers["location"])
    assert found
    return int(found[1])


def menu_titles(house: House) -> list[str]:
    with house.db.begin() as session:
        menu = menu_document(session, media_url="/media/", time_zone="Asia/Shanghai")
        return [course["title"] for course in menu["courses"]]


def test_a_new_course_is_suggested_a_free_number(editor: Visitor, tea: Category) -> None:
    make_course(editor, tea, number="1")

    assert 'value="002"' in editor.get("/studio/courses/new").text


def test_a_course_goes_from_the_form_to_the_boxes_menu_and_back(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea, tags="茶园，春茶", teacher="周茶芳", summary="头采。")
    page = editor.get(f"/studio/courses/{course_id}")
    assert "还不能发布：先上传至少一个视频" in page.text
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=add_video(session).id)
    assert menu_titles(house) == []

    editor.get(f"/studio/courses/{course_id}")
    published = editor.post(f"/studio/courses/{course_id}/publish")
    assert published.status_code == 303
    assert menu_titles(house) == ["春茶"]
    assert "已发布" in editor.get(published.headers["location"]).text

    assert editor.post(f"/studio/courses/{course_id}/withdraw").status_code == 303
    assert menu_titles(house) == []


def test_months_and_goals_go_from_the_form_to_the_boxes_menu(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea, months=["4", "3"], goals=" 会看火候\r\n\r\n会炒茶 ")
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=add_video(session).id)
    editor.get(f"/studio/courses/{course_id}")
    editor.post(f"/studio/courses/{course_id}/publish")
    with house.db.begin() as session:
        (shown,) = menu_document(session, media_url="/", time_zone="UTC")["courses"]
    assert (shown["months"], shown["goals"]) == ([3, 4], ["会看火候", "会炒茶"])

    page = editor.get(f"/studio/courses/{course_id}").text
    assert re.findall(r'name="months" value="(\d+)" checked', page) == ["3", "4"]
    assert "会看火候\n会炒茶</textarea>" in page


def test_publishing_without_a_playable_lesson_says_why(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)

    answer = editor.post(f"/studio/courses/{course_id}/publish")

    assert answer.status_code == 409
    assert "还没有可以播放的课时" in answer.text
    assert menu_titles(house) == []


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("number", "千", "课程号请填 1 到 999 的数字"),
        ("number", "1000", "课程号请填 1 到 999 的数字"),
        ("number", "5", "课程号 005 已被《旧课》使用"),
        ("title", "", "请填写标题"),
        ("title", "长" * 61, "请缩短到 60 个字以内"),
        ("category", "", "请选择分类"),
        ("category", "999999", "没有这个分类"),
        ("summary", "长" * 501, "简介最多 500 个字"),
        ("tags", "长" * 21, "每个标签最多 20 个字"),
        ("months", "13", "月份请从 1 到 12 里勾选"),
        ("goals", "会\n看\n火\n候\n了", "最多 4 条，每条最多 24 个字"),
        ("goals", "长" * 25, "最多 4 条，每条最多 24 个字"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    editor: Visitor, tea: Category, field: str, typed: str, says: str
) -> None:
    make_course(editor, tea, number="5", title="旧课")
    fields = {
        "number": "8",
        "title": "绿茶加工",
        "category": str(tea.id),
        "summary": "杀青、揉捻、干燥",
        "teacher": "陆青禾",
        "tags": "加工",
    }

    answer = editor.post("/studio/courses/new", **{**fields, field: typed})

    assert answer.status_code == 422
    assert says in answer.text
    kept = {**fields, field: typed}
    del kept["category"]
    assert all(value in answer.text for value in kept.values())
    assert f'id="fault-{field}"' in answer.text


def test_full_width_digits_are_understood_as_a_number(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea, number="０１２")

    with house.db.begin() as session:
        assert editing.course_by_id(session, course_id).number == 12


@pytest.mark.parametrize("words", ["春茶", "cc", "007", "7", "周茶"])
def test_a_course_is_found_by_title_initials_number_and_teacher(
    editor: Visitor, tea: Category, words: str
) -> None:
    make_course(editor, tea, teacher="周茶芳")
    make_course(editor, tea, number="300", title="电焊", teacher="殷大明")

    found = editor.get("/studio/", q=words).text

    assert "春茶" in found and "电焊" not in found


def test_the_list_is_narrowed_by_category_with_those_below_and_by_state(
    editor: Visitor, house: House, tea: Category
) -> None:
    with house.db.begin() as session:
        farming = editing.create_category(session, slug="farming", title="种植养殖")
        crafts = editing.create_category(session, slug="crafts", title="民族工艺")
        editing.create_category(session, slug="tea", title="茶叶", parent=farming)
    make_course(editor, tea)
    make_course(editor, crafts, number="500", title="苗绣")

    assert "苗绣</a>" not in editor.get("/studio/", category=farming.id).text
    assert "春茶</a>" in editor.get("/studio/", category=farming.id).text
    assert "没有符合条件的课程" in editor.get("/studio/", state="published").text


def test_lessons_are_renamed_reordered_and_removed(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        ids = [editing.add_lesson(session, course, title=title).id for title in "甲乙丙"]
    editor.get(f"/studio/courses/{course_id}")

    editor.post(f"/studio/lessons/{ids[1]}/title", title="修剪")
    order = [ids[2], ids[0], ids[1]]
    path = f"/studio/courses/{course_id}/order"
    answer = editor.client.post(
        path, params={"lesson": order}, headers={"x-csrf-token": editor.token}
    )
    assert answer.status_code == 200
    editor.post(f"/studio/lessons/{ids[0]}/remove")

    with house.db.begin() as session:
        lessons = editing.course_by_id(session, course_id).lessons
        assert [lesson.title for lesson in lessons] == ["丙", "修剪"]


def test_a_refused_video_shows_its_code_and_what_to_do(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        video = add_video(
            session, state="refused", code="audio_only", remedy="只有声音，没有画面。"
        )
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)

    for path in (f"/studio/courses/{course_id}", "/studio/videos"):
        page = editor.get(path).text
        assert "只有声音，没有画面。" in page and "audio_only" in page and "重试" in page
        english = editor.get(path, lang="en").text
        assert "has sound but no picture" in english
        editor.get(path, lang="zh")


def test_a_failed_video_shows_the_last_lines_of_ffmpeg_to_whoever_helps(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    lines = "ffmpeg ended with 1\n[error] <b>盘</b>: No space & no tape"
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        video = add_video(session, state="failed", code="encode_failed", remedy="…", detail=lines)
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)
        add_video(session, state="refused", code="audio_only", remedy="…", detail="no picture")

    for path in (f"/studio/courses/{course_id}", "/studio/videos"):
        (shown,) = re.findall(
            r"<details class=\"making trouble\".*?</details>", editor.get(path).text, re.S
        )
        assert f"<pre>{html.escape(lines)}</pre>" in shown and "技术细节" in shown
        assert "Technical details" in editor.get(path, lang="en").text
        editor.get(path, lang="zh")


def test_retry_and_cancel_change_the_video(editor: Visitor, house: House) -> None:
    with house.db.begin() as session:
        failed = add_video(session, state="failed", code="encode_stalled", remedy="…").id
        encoding = add_video(session, state="encoding").id

    assert editor.post(f"/studio/videos/{failed}/retry").status_code == 204
    assert editor.post(f"/studio/videos/{encoding}/cancel").status_code == 204

    page = editor.get("/studio/videos").text
    assert 'data-state="uploaded"' in page and 'data-state="cancelled"' in page


def test_every_change_is_in_the_trail(editor: Visitor, house: House, tea: Category) -> None:
    course_id = make_course(editor, tea)
    editor.post(f"/studio/courses/{course_id}", number="7", title="春茶采摘", category=str(tea.id))

    with house.db.begin() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("course_changed", f"course {course_id}")
        assert entry.detail == {"title": ["春茶", "春茶采摘"]}


def test_an_edit_never_overwrites_somebody_elses_unseen(
    editor: Visitor, site: Site, house: House, tea: Category
) -> None:
    path = f"/studio/courses/{make_course(editor, tea)}"
    seen = re.search(r'name="seen" value="([^"]*)"', editor.get(path).text)
    assert seen
    fields = {"number": "7", "category": str(tea.id), "seen": seen[1]}
    colleague = site.visitor("admin")
    assert colleague.post(path, title="明前茶", **fields).status_code == 303

    refused = editor.post(path, title="雨前茶", **fields)

    assert refused.status_code == 422
    assert "别人改过这门课程" in refused.text and 'value="雨前茶"' in refused.text
    seen = re.search(r'name="seen" value="([^"]*)"', refused.text)
    assert seen
    assert editor.post(path, title="雨前茶", **{**fields, "seen": seen[1]}).status_code == 303


def test_only_a_course_that_was_never_shown_is_deleted(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)

    assert editor.post(f"/studio/courses/{course_id}/delete").status_code == 303

    with house.db.begin() as session:
        assert session.scalars(select(Course)).all() == []
    missing = editor.get(f"/studio/courses/{course_id}")
    assert missing.status_code == 404
    assert "没有这门课程" in missing.text


def test_pages_are_complete_in_english(editor: Visitor, house: House, tea: Category) -> None:
    tea_course = make_course(editor, tea, title="T", summary="", teacher="")
    with house.db.begin() as session:
        editing.create_category(session, slug="tea", title="Tea")
    chinese = re.compile(r"[\u4e00-\u9fff]+")

    for path in ("/", "/studio/", f"/studio/courses/{tea_course}", "/studio/videos", "/desk/"):
        page = editor.get(path, lang="en").text
        assert set(chinese.findall(page)) <= {"中文"}, path


def test_a_video_that_waits_for_disk_space_says_so(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        video = add_video(session, state="queued")
        video.waiting = {"needs_bytes": 5 << 30, "free_bytes": 3 << 29}
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)

    for path in (f"/studio/courses/{course_id}", "/studio/videos"):
        told = "磁盘空间不足，等待中：需要 5.00 GB，可用 1.50 GB。"
        assert told in editor.get(path).text


def test_a_film_that_plays_before_it_is_done_says_so(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        video = add_video(session)
        video.state, video.percent = "encoding", 40
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)
    for path in (f"/studio/courses/{course_id}", "/studio/videos"):
        assert "已经可以观看（清晰度较低）" in editor.get(path).text


MENDED = [("hdr_to_sdr", "HDR 画面已转为普通亮度", "HDR was mapped to standard range")]


def test_an_editor_reads_what_was_mended_and_which_rungs_there_are(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        video = add_video(session)
        tell_of(session, video, notes=MENDED)
        course = editing.course_by_id(session, course_id)
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)
    for path in (f"/studio/courses/{course_id}", "/studio/videos"):
        page = words(editor.get(path).text)
        assert "已自动处理 3 处 · 3 档清晰度" in page
        assert "HDR 画面已转为普通亮度 只有左声道有声音，已让两边都能听到" in page
        assert "声音偏小（−24 LUFS），已提高 8 dB" in page
        assert "1080p 2.1 Mbit/s 360p 480 kbit/s 流畅 118 kbit/s" in page
        assert "不做 480p" in page
        english = words(editor.get(path, lang="en").text)
        assert "Adjusted automatically: 3 · Qualities: 3" in english
        assert "HDR was mapped to standard range Only the left side had sound" in english
        assert "The sound was low (−24 LUFS): raised by 8 dB" in english
        assert "No 480p" in english
        editor.get(path, lang="zh")


def test_what_was_mended_is_told_before_the_video_is_done(
    editor: Visitor, house: House, tea: Category
) -> None:
    with house.db.begin() as session:
        tell_of(session, add_video(session, state="encoding"), notes=MENDED)
    page = words(editor.get("/studio/videos").text)
    assert "已自动处理 1 处 HDR 画面已转为普通亮度 档位说明 不做 480p" in page


def test_a_video_that_nothing_came_of_tells_nothing(editor: Visitor, house: House) -> None:
    with house.db.begin() as session:
        tell_of(session, add_video(session, state="cancelled"), notes=MENDED)
        add_video(session, state="uploaded")
    assert '<details class="making"' not in editor.get("/studio/videos").text


def test_an_editor_reads_what_could_not_be_read(editor: Visitor, house: House) -> None:
    with house.db.begin() as session:
        video = add_video(session)
        tell_of(session, video, notes=[])
        package = session.get_one(Package, video.package_id)
        package.report = package.report | {
            "lost_s": {"picture": 2.5, "sound": 12.0},
            "failed_soundtracks": ["mia"],
            "failed_captions": [None, "en"],
        }
    page = words(editor.get("/studio/videos").text)
    assert "画面有约 2.5 秒读不出来，已用相邻的画面代替，请检查原文件" in page
    assert "声音有约 12 秒读不出来，已改为静音，请检查原文件" in page
    assert "有 1 条音轨读不出来，没有采用" in page
    assert "有 2 条字幕读不出来或过大，没有采用" in page


def words(page: str) -> str:
    """What a reader sees of a page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_an_editor_chooses_the_picture_that_boxes_show(
    editor: Visitor, house: House, tea: Category
) -> None:
    course_id = make_course(editor, tea)
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        video = add_video(session, posters=3)
        editing.add_lesson(session, course, title="轻修剪", video_id=video.id)
        address, prefix = f"/studio/videos/{video.id}/poster", video.package_prefix
    editor.get(f"/studio/courses/{course_id}")
    editor.post(f"/studio/courses/{course_id}/publish")
    assert poster_on_the_menu(house) == f"{prefix}/poster-small.jpg"
    assert editor.get(f"/studio/courses/{course_id}").text.count(f'hx-post="{address}"') == 3

    chosen = editor.post(address, number="3")
    assert (chosen.status_code, chosen.headers["hx-trigger"]) == (204, "refresh")
    assert poster_on_the_menu(house) == f"{prefix}/poster-3-small.jpg"
    assert f"{prefix}/poster-3-small.jpg" in editor.get(f"/studio/courses/{course_id}/lessons").text

    assert editor.post(address, number="4").status_code == 404
    assert poster_on_the_menu(house) == f"{prefix}/poster-3-small.jpg"


def poster_on_the_menu(house: House) -> str:
    with house.db.begin() as session:
        menu = menu_document(session, media_url="/media/", time_zone="Asia/Shanghai")
        poster: str = menu["courses"][0]["poster"]
        return poster
