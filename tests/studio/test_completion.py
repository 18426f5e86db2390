"""From how much of a lesson on a play is complete is the editor's to say."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from app.accounts.tables import AuditEntry
from app.house import House
from catalog import editing
from tests.desk.reading import figure, rows
from tests.player_api.box import Viewer, now_ms, play_id
from tests.player_api.conftest import fill_library
from tests.visiting import Site, Visitor

REFUSED = "完播比例请填 50 到 100 的整数"


@pytest.fixture
def library(house: House) -> dict[str, int]:
    """Published lessons: 选种 is 100 s long, 制棒 60 s."""
    with house.db.begin() as session:
        return fill_library(session)


@pytest.fixture
def editor(site: Site) -> Visitor:
    return site.visitor("editor")


def watch(site: Site, lesson: int, seen_s: float) -> None:
    """One more box sees so much of the lesson."""
    with httpx.Client(base_url=site.url) as client:
        box = Viewer.introduced(client)
        event = box.event(play_id(now_ms() - 200_000), lesson, [0, seen_s], watch_s=seen_s)
        assert box.send(event).json()["accepted"] == 1


def percent_of(house: House, lesson: int) -> int:
    with house.db.begin() as session:
        return editing.lesson_by_id(session, lesson).completion_percent


def test_plays_that_begin_after_the_change_complete_by_it_and_those_before_keep_theirs(
    site: Site, editor: Visitor, house: House, library: dict[str, int]
) -> None:
    operator = site.visitor("operator")
    lesson, other = library["选种"], library["制棒"]
    with httpx.Client(base_url=site.url) as client:
        early = Viewer.introduced(client)
        play = play_id(now_ms() - 200_000)
        early.send(early.event(play, lesson, [0, 40], watch_s=40))

        answer = editor.post(f"/studio/lessons/{lesson}/completion", percent="50")
        assert answer.status_code == 200
        assert f'id="completion-{lesson}"' in answer.text and 'value="50"' in answer.text

        # It began at 90 and stays there, though it goes on to the 60 that suffice by now.
        early.send(early.event(play, lesson, [40, 60], watch_s=60))
    page = operator.get(f"/desk/lessons/{lesson}").text
    assert (figure(page, "plays"), figure(page, "completion")) == ("1", "0.0%")
    assert "现在看满 50% 算完播" in page

    watch(site, lesson, 60)
    watch(site, lesson, 49.9)
    page = operator.get(f"/desk/lessons/{lesson}").text
    assert (figure(page, "plays"), figure(page, "completion")) == ("3", "33.3%")

    # A lesson left alone: 60 of 100 are not enough, 90 are.
    watch(site, other, 36)
    watch(site, other, 54)
    page = operator.get(f"/desk/lessons/{other}").text
    assert (figure(page, "completion"), percent_of(house, other)) == ("50.0%", 90)
    assert "现在看满 90% 算完播" in page
    table = rows(operator, "/desk/table.csv", view="lessons", days="30")
    name, completed = table[0].index("课时"), table[0].index("完播次数")
    assert {line[name]: line[completed] for line in table[1:3]} == {"选种": "1", "制棒": "1"}


@pytest.mark.parametrize("typed", ["", "49", "101", "-60", "80.5", "八十", "6" * 5000])
def test_what_is_no_whole_number_from_50_to_100_is_refused_and_nothing_changes(
    editor: Visitor, house: House, library: dict[str, int], typed: str
) -> None:
    path = f"/studio/lessons/{library['选种']}/completion"
    answer = editor.client.post(
        path,
        data={"percent": typed},
        headers={"x-csrf-token": editor.token, "hx-request": "true"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "completion_out_of_range")
    assert REFUSED in answer.json()["detail"]
    assert percent_of(house, library["选种"]) == 90
    assert trail(house) == []


def test_the_trail_keeps_who_changed_it_from_what(
    editor: Visitor, house: House, library: dict[str, int]
) -> None:
    lesson = library["选种"]
    editor.post(f"/studio/lessons/{lesson}/completion", percent=" ８０ ")
    # Said once more, nothing has changed.
    editor.post(f"/studio/lessons/{lesson}/completion", percent="80")

    assert trail(house) == [(f"lesson {lesson}", {"completion_percent": [90, 80]})]


def test_only_editors_change_it(site: Site, house: House, library: dict[str, int]) -> None:
    operator = site.visitor("operator")
    lesson = library["选种"]
    answer = operator.post(f"/studio/lessons/{lesson}/completion", percent="50")
    assert answer.status_code == 403
    assert percent_of(house, lesson) == 90


def trail(house: House) -> list[tuple[str, object]]:
    query = select(AuditEntry).where(AuditEntry.action == "lesson_completion_set")
    with house.db.begin() as session:
        return [(one.subject, one.detail) for one in session.scalars(query)]
