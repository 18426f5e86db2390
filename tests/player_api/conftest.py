"""A published library without films, a live server on it, and boxes that watch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn
from sqlalchemy.orm import Session

from app.house import House
from app.main import create_app
from catalog import editing
from catalog.tables import Course, Lesson
from player_api.regions import load_regions
from tests.player_api.box import Viewer
from tests.service import free_port, wait_until
from transcode.tables import Package, SourceFile, Video

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def url(house: House) -> Iterator[str]:
    """Address of a live server on the test's house."""
    with live_server(house) as address:
        yield address


class live_server:  # noqa: N801 (reads as a verb: with live_server(house))
    """The application behind a real socket, in a thread of this process."""

    def __init__(self, house: House) -> None:
        port = free_port()
        config = uvicorn.Config(
            create_app(house), host="127.0.0.1", port=port, log_config=None, lifespan="on"
        )
        self.server = uvicorn.Server(config)
        self.address = f"http://127.0.0.1:{port}"
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> str:
        self.thread.start()
        wait_until(lambda: self.server.started, what="the live server")
        return self.address

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def library(house: House) -> dict[str, int]:
    """Three published courses and one draft; gives the ids of lessons by their titles."""
    with house.db.begin() as session:
        return fill_library(session)


@pytest.fixture
def viewer(url: str, library: dict[str, int]) -> Iterator[Viewer]:
    """A box that has introduced itself."""
    with httpx.Client(base_url=url) as client:
        yield Viewer.introduced(client)


def fill_library(session: Session) -> dict[str, int]:
    """Regions, categories, and courses whose videos are ready by the word of the database."""
    load_regions(
        session,
        [
            _Row("52", "贵州省", "province", None),
            _Row("5203", "遵义市", "prefecture", "52"),
            _Row("520302", "红花岗区", "county", "5203"),
            _Row("5205", "毕节市", "prefecture", "52"),
        ],
    )
    farming = editing.create_category(session, slug="farming", title="种植养殖")
    goats = editing.create_category(session, slug="goats", title="养羊", parent=farming)
    crafts = editing.create_category(session, slug="crafts", title="民族工艺")
    ids: dict[str, int] = {}
    for number, title, category, lessons in (
        (203, "黑山羊养殖技术", goats.id, [("选种", 100), ("羊舍", 600)]),
        (204, "黑木耳栽培", farming.id, [("制棒", 60)]),
        (301, "苗族蜡染", crafts.id, [("点蜡", 8)]),
    ):
        course = editing.create_course(
            session, number=number, title=title, category_id=category, tags=["冬季", title[:2]]
        )
        for name, duration_s in lessons:
            ids[name] = add_lesson(session, course, name, duration_s).id
        if number == 203:
            editing.update_course(session, course, months=[11, 3], goals=["会挑好种羊", "会搭圈"])
        editing.publish_course(session, course, NOW)
    draft = editing.create_course(session, number=302, title="苗族刺绣", category_id=crafts.id)
    ids["挑花"] = add_lesson(session, draft, "挑花", 30).id
    return ids


def add_lesson(session: Session, course: Course, title: str, duration_s: float) -> Lesson:
    """A lesson with a video that boxes may play; there are no bytes behind it."""
    digest = f"{course.number:032d}{hash(title) & (2**64 - 1):032x}"
    session.add(SourceFile(sha256=digest, size_bytes=1))
    session.flush()
    video = Video(
        source_sha256=digest, filename=f"{title}.mp4", duration_ms=round(duration_s * 1000)
    )
    session.add(video)
    session.flush()
    package = Package(
        video_id=video.id,
        plan_hash="0" * 64,
        duration_ms=round(duration_s * 1000),
        size_bytes=1,
        report={},
    )
    session.add(package)
    session.flush()
    video.package_id, video.state = package.id, "ready"
    lesson = editing.add_lesson(session, course, title=title, video_id=video.id)
    session.expire(course)
    return lesson


class _Row:
    def __init__(self, code: str, name: str, level: str, parent: str | None) -> None:
        self.code, self.name, self.level, self.parent = code, name, level, parent
