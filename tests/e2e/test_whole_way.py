"""From an editor's file to a counted view: real server, worker, database, FFmpeg, Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from app.house import House, open_house
from app.settings import Settings
from catalog import editing
from tests.s3 import BUCKET, rclone_s3
from tests.service import Service, wait_until
from tests.tv.viewer import Viewer
from tests.uploads.client import Tus
from tests.visiting import PASSWORD, Visitor
from transcode.tables import Upload, Video
from transcode.verify import verify

FIRST_PART = 200_000


@pytest.fixture(params=["folder", "s3"])
def stored(request: pytest.FixtureRequest, service: Service, tmp_path: Path) -> Iterator[Service]:
    """The service on either kind of storage."""
    with ExitStack() as stack:
        if request.param == "s3":
            env = stack.enter_context(rclone_s3(tmp_path / "s3"))
            service.env |= env | {"NONGKE_STORAGE_URL": f"s3://{BUCKET}/farm"}
        yield service
        # The storage outlives the service that still writes to it.
        service.stop()


@pytest.fixture
def rows(service: Service, tmp_path: Path) -> Iterator[House]:
    """The same database, seen from the test."""
    settings = Settings(home=tmp_path / "own", database_url=service.database_url)
    house = open_house(settings, service.database_url)
    yield house
    house.db.close()


def test_an_uploaded_film_is_watched_by_remote_and_counted_once(
    stored: Service, rows: House, clip: Path, browser: Browser
) -> None:
    stored.start_server()
    stored.start_worker()
    editor = signed_in(stored, "editor")
    course_id, number = new_course(rows, editor)

    upload_with_a_break(stored, editor, clip, course=number)
    with rows.db.begin() as session:
        (upload,) = session.query(Upload).all()
        video_id = upload.video_id
    assert video_id is not None
    video = wait_until(
        lambda: finished(rows, video_id), what="the film to be ready", patience_s=180
    )
    assert (video.state, video.code) == ("ready", None)
    playlist = f"{stored.url}/media/{video.package_prefix}/multivariant.m3u8"
    assert verify(playlist).failures == ()
    assert editor.post(f"/studio/courses/{course_id}/publish").status_code < 400

    page = browser.new_page(viewport={"width": 1280, "height": 720})
    viewer = Viewer(page, stored.url)
    viewer.switch_on()
    # Without a tree of regions nobody is asked for one.
    is_at(viewer, "#/home")
    viewer.press("down", "right", "right")
    for screen in ("#/category/", "#/course/203"):
        viewer.press("ok")
        is_at(viewer, screen)
    viewer.sees("黑山羊养殖")
    viewer.press("ok")
    viewer.watches(4.5)
    operator = signed_in(stored, "operator")
    wait_until(lambda: plays_on_desk(operator) == 1, what="the play to show on the desk")
    # Its end and the way back report the same play again.
    viewer.press("back")
    viewer.waits_until("() => location.hash.indexOf('#/play') !== 0")
    page.close()
    assert plays_on_desk(operator) == 1
    recount = stored.run("reports", "recount")
    assert "0 differences" in recount.stdout
    plays_in_hls_js(browser, stored)
    editor.client.close()
    operator.client.close()


def is_at(viewer: Viewer, screen: str) -> None:
    """The screen whose address begins so is there, and something on it has the focus."""
    viewer.waits_until("(start) => location.hash.indexOf(start) === 0", screen)
    viewer.waits_until("() => document.querySelectorAll('.on').length > 0")


def plays_in_hls_js(browser: Browser, service: Service) -> None:
    """The same package in an engine that has no HLS of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    viewer = Viewer(page, service.url)
    viewer.switch_on("#/course/203", "?player=hls")
    viewer.press("ok")
    viewer.watches(2)
    assert str(page.evaluate("document.querySelector('video').src")).startswith("blob:")
    page.close()


def signed_in(service: Service, role: str) -> Visitor:
    """A person of that role with a password of their own."""
    told = service.run("account", "add", role, "--role", role).stdout
    once = told.strip().rsplit(" ", 1)[-1]
    visitor = Visitor(service.url)
    assert visitor.sign_in(role, once).status_code == 303
    visitor.get("/password")
    changed = visitor.post("/password", current=once, password=PASSWORD, again=PASSWORD)
    assert changed.status_code == 303, changed.text
    visitor.get("/studio/" if role == "editor" else "/desk/")
    return visitor


def new_course(rows: House, editor: Visitor) -> tuple[int, str]:
    with rows.db.begin() as session:
        shelf = editing.create_category(session, slug="goats", title="养羊")
    editor.get("/studio/courses/new")
    made = editor.post(
        "/studio/courses/new",
        number="203",
        title="黑山羊养殖",
        category_id=str(shelf.id),
        category=str(shelf.id),
        summary="从选种到出栏",
        teacher="王老师",
        tags="山羊",
    )
    assert made.status_code == 303, made.text
    found = re.search(r"/courses/(\d+)", made.headers["location"])
    assert found
    editor.get(made.headers["location"])
    return int(found[1]), "203"


def upload_with_a_break(service: Service, editor: Visitor, film: Path, *, course: str) -> None:
    """Send a part, lose the line, lose the server too, then go on where it was."""
    content = film.read_bytes()
    headers = {
        "Cookie": "; ".join(f"{c.name}={c.value}" for c in editor.client.cookies.jar),
        "X-CSRF-Token": editor.token,
    }
    tus = Tus(service.url, headers)
    path = tus.begin(len(content), filename=film.name, course=course)
    path = urlsplit(path).path
    with tus.begin_patch(path, 0, len(content)) as line:
        line.sendall(content[:FIRST_PART])
    wait_until(lambda: tus.offset(path) > 0, what="the first bytes")
    service.kill("server")
    service.start_server()
    offset = tus.offset(path)
    assert 0 < offset < len(content)
    answer = tus.patch(path, offset, content[offset:])
    assert answer.status_code == 204, answer.text


def finished(rows: House, video_id: UUID) -> Video | None:
    with rows.db.begin() as session:
        video = session.get_one(Video, video_id)
        return video if video.state in ("ready", "refused", "failed") else None


def plays_on_desk(operator: Visitor) -> int:
    """The plays of the course as the desk's table says them."""
    table = operator.get("/desk/table.csv").content.decode("utf-8-sig")
    lines = [line.split(",") for line in table.splitlines() if "黑山羊养殖" in line]
    return sum(int(line[2]) for line in lines)
