"""People present in a village's hall: the most that any event said, and no part of the plays."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import text

from app.house import House
from player_api.invalid import flag, lift
from player_api.reports.kept import kept_from
from player_api.reports.tallies import recount
from tests.player_api.box import Viewer, now_ms, play_id, rows, sums
from tests.player_api.conftest import NOW
from tests.player_api.test_groups import DAY_MS, freeze
from tests.player_api.test_invalid_users import day_of, number_of

MINUTE_MS = 60_000


def groups(house: House) -> list[Any]:
    """What is counted of groups; a recount must find the same."""
    with house.db.begin() as session:
        assert recount(session) == []
    query = (
        "SELECT region_code, course.number, sum(plays), sum(people) FROM tally_group"
        " JOIN course ON course.id = course_id WHERE plays > 0"
        " GROUP BY region_code, course.number ORDER BY region_code, course.number"
    )
    return rows(house, query)


def test_the_most_people_count_once_in_any_order_and_make_no_plays(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 30 * MINUTE_MS
    for number, order in enumerate(itertools.permutations((0, 30, 25))):
        play = play_id(begun + number)
        events = [
            viewer.event(
                play,
                library["选种"],
                [people, people + 20],
                seq=people,
                at=begun + MINUTE_MS,
                people=people,
            )
            for people in order
        ]
        for event in (*events, events[0]):
            viewer.send(event)
    viewer.send(viewer.event(play_id(begun), library["制棒"], [0, 40], at=begun + MINUTE_MS))
    hall = Viewer.introduced(viewer.client, region="520302")
    for people in (1, 2):
        play = play_id(begun)
        hall.send(hall.event(play, library["制棒"], [0, 40], at=begun + MINUTE_MS, people=people))

    assert groups(house) == [("52", 203, 6, 180), ("520302", 204, 1, 2)]
    assert sums(house)["plays"] == 9
    assert sums(house)["distinct_ms"] == 6 * 45_000 + 3 * 40_000


def test_people_alone_are_news_and_the_same_again_is_not(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    event = viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 20])
    assert viewer.send(event).json()["accepted"] == 1
    assert viewer.send({**event, "people": 40}).json()["accepted"] == 1
    assert viewer.send({**event, "people": 40}).json()["unchanged"] == 1
    assert viewer.send({**event, "people": 12}).json()["unchanged"] == 1
    assert groups(house) == [("52", 203, 1, 40)]


def test_a_play_that_does_not_count_has_no_people(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - MINUTE_MS)
    viewer.send(viewer.event(play, library["选种"], [0, 2], people=40))
    assert groups(house) == []
    viewer.send(viewer.event(play, library["选种"], [2, 9]))
    assert groups(house) == [("52", 203, 1, 40)]


@pytest.mark.parametrize("people", [-1, 10_000, 2.5, "40", None, [40]], ids=str)
def test_what_is_no_number_of_people_is_refused(
    viewer: Viewer, house: House, library: dict[str, int], people: Any
) -> None:
    event = viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 20], people=people)
    good = viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 20], people=9999)
    answer = viewer.send(event, good).json()
    assert answer["refused"] == [{"index": 0, "code": "bad_people"}]
    assert groups(house) == [("52", 203, 1, 9999)]


def test_people_before_an_excluded_box_come_and_go_with_its_plays(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 30 * MINUTE_MS
    play = play_id(begun)
    viewer.send(viewer.event(play, library["选种"], [0, 20], at=begun + MINUTE_MS, people=40))
    box, day = number_of(house, viewer), day_of(begun)
    with house.db.begin() as session:
        flag(session, box, day, reason="a shop window", now=NOW)
    assert groups(house) == []
    viewer.send(viewer.event(play, library["选种"], [20, 30], at=begun + MINUTE_MS, people=50))
    assert groups(house) == []
    with house.db.begin() as session:
        lift(session, box, day, now=NOW, by="admin")
    assert groups(house) == [("52", 203, 1, 50)]


def test_late_people_count_on_their_day_and_stay_when_the_plays_go(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 20 * DAY_MS
    month = day_of(begun).replace(day=1)
    freeze(house, month)
    event = viewer.event(play_id(begun), library["选种"], [0, 20], at=begun + MINUTE_MS, people=40)
    viewer.send(event)
    assert rows(house, "SELECT day, people FROM tally_group") == [(day_of(begun), 40)]
    assert rows(house, "SELECT sum(late), sum(counted) FROM receipt") == [(1, 0)]
    with house.db.begin() as session:
        session.execute(text("DELETE FROM play_row"))
        session.execute(
            text("INSERT INTO reduction VALUES (:month, now(), 'test', 1)"), {"month": month}
        )
        assert kept_from(session) > month
    assert groups(house) == [("52", 203, 1, 40)]
