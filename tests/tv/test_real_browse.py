"""The page and the service that it is made for: menu, marks, progress, searches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.house import House, open_house
from app.settings import Settings
from catalog import editing
from player_api.reports.tables import SearchMiss
from tests.player_api.conftest import add_lesson
from tests.service import Service
from tests.tv.viewer import Viewer

CARD = "?card=8520&region=520526"


@pytest.fixture
def house(service: Service) -> Iterator[House]:
    """The service's database with two courses, seen from the test."""
    settings = Settings(home=service.home, database_url=service.database_url)
    house = open_house(settings, service.database_url)
    with house.db.begin() as session:
        shelf = editing.create_category(session, slug="goats", title="养羊")
        for number, title in ((203, "黑山羊养殖"), (204, "母羊接羔")):
            course = editing.create_course(
                session, number=number, title=title, category_id=shelf.id
            )
            course.goals = ["会挑好种羊"]
            add_lesson(session, course, "选种", 90)
            editing.publish_course(session, course, datetime(2026, 1, 1, tzinfo=UTC))
    service.run("regions", "import")
    service.start_server()
    yield house
    house.db.close()


@pytest.fixture
def viewer(browser: Browser, service: Service, house: House) -> Iterator[Viewer]:
    """A household; errors on the console fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    viewer = Viewer(page=context.new_page(), url=service.url)
    viewer.expected_complaints = ("404",)  # there are no posters and no film
    yield viewer
    context.close()
    assert viewer.complaints == []


def test_the_service_keeps_marks_and_places_for_a_box_that_forgets(
    viewer: Viewer, browser: Browser
) -> None:
    viewer.switch_on("#/course/203", query=CARD)
    viewer.sees("会挑好种羊")
    viewer.press("down", "ok")
    viewer.sees("★ 已收藏")
    viewer.page.evaluate(
        "() => { const lesson = nk.index.byNumber['204'].lessons[0].id;"
        " const play = nk.startPlay(lesson, 0, 0, Date.now());"
        " nk.samplePlay(play, 20, 20000); nk.keepEvent(nk.eventOf(play, 'stopped', Date.now()));"
        " nk.sendEvents() }"
    )
    viewer.waits_until("() => nk.keptEvents() === 0 && !nk.hasErrand('favourite.203')")
    forgetful = Viewer(page=browser.new_context().new_page(), url=viewer.url)
    forgetful.switch_on(query=CARD)
    forgetful.sees("按“确定”接着学")
    forgetful.sees("第1课，看到0:20")
    forgetful.waits_until("() => nk.favourites().length === 1")
    forgetful.page.context.close()


def test_a_search_that_found_nothing_reaches_the_desk(viewer: Viewer, house: House) -> None:
    viewer.switch_on("#/search", query=CARD)
    viewer.page.wait_for_selector(".pad-key.on")
    viewer.press("4", "7", "9")
    viewer.sees("找到1门课")
    viewer.press("0")
    viewer.sees("没有找到")

    def missed() -> bool:
        with house.db.begin() as session:
            return [miss.query for miss in session.scalars(select(SearchMiss))] == ["4790"]

    viewer.waits_for(missed)


def test_a_menu_that_the_service_has_not_changed_is_not_sent_again(viewer: Viewer) -> None:
    viewer.switch_on(query=CARD)
    viewer.waits_until("() => localStorage['nk.menu'] && localStorage['nk.words']")
    statuses: list[int] = []
    viewer.page.on(
        "response",
        lambda answer: statuses.append(answer.status) if "menu/" in answer.url else None,
    )
    viewer.page.reload()
    viewer.waits_for(lambda: bool(statuses))
    assert statuses == [304]
