"""Sets of boxes, curves and peaks are held to the plays that they were made of, and made anew."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyroaring import BitMap
from sqlalchemy import select

from app.accounts.tables import AuditEntry
from app.house import House
from player_api.reports import months
from tests.reports.history import History, days
from tests.service import Service

REPLACED = (
    "UPDATE reach SET boxes = :boxes WHERE grain = :grain AND start = :start"
    " AND region_code = :region AND lesson_id = :lesson"
)


@pytest.fixture
def history(house: House) -> History:
    return History(house)


def differences(service: Service) -> list[dict[str, Any]]:
    answer = service.run("reports", "recount", "--json", check=False)
    told = json.loads(answer.stdout)
    assert answer.returncode == (1 if told["differences"] else 0)
    return [one for table in told["tables"] for one in table["differences"]]


def forge(history: History, boxes: set[int], **key: Any) -> None:
    """These boxes are in the set from now on."""
    history.execute(REPLACED, boxes=BitMap(boxes).serialize(), **key)


def test_sets_and_peaks_that_differ_are_named_and_made_anew(
    history: History, service: Service
) -> None:
    day, other = days(history.second, 3, 4)
    _, lesson = history.courses["春茶"]
    boxes = {history.watch(day).box, history.watch(day).box}
    history.watch(other, title="苗绣", region="520102")
    history.roll_up()
    assert differences(service) == []

    forge(history, {*boxes, 999}, grain="day", start=day, region="5203", lesson=0)
    month = {"grain": "month", "start": history.second}
    # As many boxes as there were, but others.
    forge(history, {min(boxes), 999}, **month, region="520302", lesson=lesson)
    history.execute("DELETE FROM reach WHERE region_code = '52' AND grain = 'month'"
                    " AND lesson_id = 0")  # fmt: skip
    history.execute("UPDATE reach SET boxes = 'x' WHERE region_code = '520102' AND grain = 'day'")
    history.execute("UPDATE peak SET plays = 3 WHERE region_code = '' AND day = :day", day=day)
    history.execute("DELETE FROM peak WHERE region_code = '520102'")

    table = {"table": "reach"}
    key = {"grain": "day", "start": str(day), "region_code": "5203", "lesson_id": 0}
    one = {**key, "start": str(other), "region_code": "520102"}
    all_lessons = {**key, "grain": "month", "start": str(history.second), "region_code": "52"}
    of_lesson = {**all_lessons, "region_code": "520302", "lesson_id": lesson}
    noon, no_play = 12 * 60, [0, 0]
    assert differences(service) == [
        {**table, "key": key, "tallied": [3, 1], "counted": [2, 0]},
        {**table, "key": one, "tallied": [0, 0], "counted": [1, 1]},
        {**table, "key": all_lessons, "tallied": [0, 0], "counted": [3, 3]},
        {**table, "key": of_lesson, "tallied": [2, 1], "counted": [2, 1]},
        {
            "table": "peak",
            "key": {"day": str(day), "region_code": ""},
            "tallied": [3, noon],
            "counted": [2, noon],
        },
        {
            "table": "peak",
            "key": {"day": str(other), "region_code": "520102"},
            "tallied": no_play,
            "counted": [1, noon],
        },
    ]
    answer = service.run("reports", "rebuild", "--yes")
    assert answer.stdout.splitlines() == [
        "reach: 4 differences",
        "peak: 2 differences",
        "2 tallies made anew",
    ]
    assert service.run("reports", "recount").stdout.strip() == "0 differences"
    assert service.run("reports", "rebuild").stdout.strip() == "0 differences"
    with history.house.db.begin() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.detail) == ("tallies_rebuilt", {"reach": 4, "peak": 2})


def test_curves_that_differ_are_named_and_made_anew(history: History, service: Service) -> None:
    day, other = days(history.second, 3, 4)
    _, lesson = history.courses["春茶"]
    history.watch(day)
    history.watch(other, 15, region="520102")
    history.roll_up()
    history.execute("UPDATE curve SET seen[2] = 5 WHERE region_code = '52'")
    history.execute("DELETE FROM curve WHERE region_code = '5203'")

    key = {"month": str(history.second), "region_code": "52", "lesson_id": lesson}
    prefecture = {**key, "region_code": "5203"}
    assert differences(service) == [
        {
            "table": "curve",
            "key": key,
            "tallied": [2, 2, 5, 1, 1, 1, 1],
            "counted": [2, 2, 1, 1, 1, 1, 1],
        },
        {"table": "curve", "key": prefecture, "tallied": [0], "counted": [1] * 7},
    ]
    answer = service.run("reports", "rebuild", "--yes")
    assert answer.stdout.splitlines() == ["curve: 2 differences", "1 tallies made anew"]
    assert differences(service) == []


def test_a_day_that_waits_for_its_roll_up_is_not_compared(
    history: History, service: Service
) -> None:
    day, next_day, other = days(history.second, 3, 4, 10)
    for one in (day, next_day, other):
        history.watch(one)
    history.roll_up()
    history.watch(day, region="520102")
    history.execute("UPDATE changed_day SET changes = changes + 1 WHERE day = :day", day=day)
    # Neither its peak nor that of the day after stands, nor do the sets of its month.
    history.execute("UPDATE peak SET plays = 9 WHERE day IN (:day, :next)", day=day, next=next_day)
    assert differences(service) == []
    history.execute("UPDATE peak SET plays = 9 WHERE region_code = '' AND day = :day", day=other)
    assert [one["key"]["day"] for one in differences(service)] == [str(other)]

    service.run("reports", "rollup")
    assert [one["key"]["day"] for one in differences(service)] == [str(other)]


def test_what_is_left_of_reduced_months_stays_as_it_is(history: History, service: Service) -> None:
    long_ago, (first_kept,) = days(history.first, 5)[0], days(history.second, 1)
    history.watch(long_ago)
    history.freeze()
    history.watch(first_kept)
    history.roll_up()
    service.run("reports", "reduce", "--before", months.written(history.second), "--yes")
    assert differences(service) == []

    gone = {"grain": "day", "start": long_ago, "region": "52", "lesson": 0}
    forge(history, {998}, **gone)
    forge(history, {999}, **{**gone, "start": first_kept})
    # It has plays of the evening before that nobody can count again.
    history.execute("UPDATE peak SET plays = 9 WHERE day <= :day", day=first_kept)
    (difference,) = differences(service)
    assert difference["key"]["start"] == str(first_kept)
    service.run("reports", "rebuild", "--yes")
    assert differences(service) == []
    with history.house.db.begin() as session:
        query = "SELECT DISTINCT plays FROM peak"
        assert session.connection().exec_driver_sql(query).scalars().all() == [9]
        query = "SELECT boxes FROM reach WHERE start = %s AND grain = 'day' AND region_code = '52'"
        boxes = session.connection().exec_driver_sql(query, (long_ago,)).scalar_one()
    assert set(BitMap.deserialize(boxes)) == {998}


def findings(service: Service) -> list[tuple[str, str]]:
    answer = json.loads(service.run("reports", "verify", "--json", check=False).stdout)
    return [(one["code"], one["detail"].split(",")[0]) for one in answer["findings"]]


def test_sets_of_whole_months_are_held_to_the_statements(
    history: History, service: Service
) -> None:
    long_ago, moved = days(history.first, 5, 6)
    history.watch(long_ago, region="520302001")
    history.watch(long_ago, region="5203")
    history.freeze()
    history.watch(moved, region="520102")
    history.watch(days(history.second, 5)[0])
    history.freeze()
    history.watch(moved)
    history.roll_up()
    assert findings(service) == []

    month = {"grain": "month", "start": history.first, "lesson": 0}
    # Two came late: so many may have come or gone, wherever it was.
    forge(history, {1, 2, 3}, **month, region="520302")
    assert findings(service) == []
    forge(history, {1, 2, 3, 4}, **month, region="520302")
    service.run("reports", "reduce", "--before", months.written(history.second), "--yes")
    found = [("boxes", "reach has 4 boxes of 520302")]
    assert findings(service) == found

    # Nothing came late to the other month.
    forge(history, {8, 9}, **{**month, "start": history.second}, region="52")
    assert findings(service) == [*found, ("boxes", "reach has 2 boxes of everywhere")]
