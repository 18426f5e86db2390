"""Play on the real service, with its own page, storage and database, while it restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.house import House, open_house
from app.settings import Settings
from catalog import editing
from player_api.tables import Play
from tests.player_api.conftest import add_lesson
from tests.service import Service
from tests.tv.stand_in import make_film, put_film
from tests.tv.viewer import Viewer
from transcode.tables import Video

LONG_S = 90


@pytest.fixture
def house_of_service(service: Service) -> Iterator[House]:
    """The service's database and storage, seen from the test."""
    settings = Settings(home=service.home, database_url=service.database_url)
    house = open_house(settings, service.database_url)
    yield house
    house.db.close()


@pytest.fixture
def lesson(house_of_service: House, tmp_path: Path) -> int:
    """A published lesson with a film; gives its id."""
    house = house_of_service
    make_film(tmp_path / "film", LONG_S)
    with house.db.begin() as session:
        shelf = editing.create_category(session, slug="goats", title="养羊")
        course = editing.create_course(
            session, number=203, title="黑山羊养殖", category_id=shelf.id
        )
        lesson = add_lesson(session, course, "选种", LONG_S)
        editing.publish_course(session, course, datetime(2026, 1, 1, tzinfo=UTC))
        lesson_id = lesson.id
        prefix = session.get_one(Video, lesson.video_id).package_prefix
    put_film(house.storage, prefix, tmp_path / "film")
    return lesson_id


@pytest.mark.parametrize("player", ["native", "hls"])
def test_a_server_that_restarts_in_play_is_only_waited_for(
    service: Service, house_of_service: House, lesson: int, browser: Browser, player: str
) -> None:
    service.start_server()
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    viewer = Viewer(context.new_page(), service.url)
    viewer.switch_on("#/course/203", query=f"?player={player}")
    viewer.press("ok")
    viewer.watches(1)
    service.kill("server")
    # Beyond what is in the buffer.
    viewer.press("right", "right", "right", "right", "ok")
    service.start_server()
    viewer.page.wait_for_function(
        "() => (document.querySelector('video') || {}).currentTime > 52", timeout=60_000
    )
    assert viewer.page.locator(".dialog").count() == 0
    viewer.press("back")
    viewer.page.wait_for_function("() => nk.keptEvents() === 0")
    with house_of_service.db.begin() as session:
        (play,) = session.query(Play).all()
        assert play.lesson_id == lesson
        assert play.position_ms >= 52_000
        assert play.state == "stopped"
    # The same lesson once more, in the same engine, from what the browser has kept.
    viewer.press("ok")
    viewer.watches(53)
    assert viewer.page.evaluate("!!window.Hls") == (player == "hls")
    context.close()
