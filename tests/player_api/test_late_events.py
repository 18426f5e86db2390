"""Events that come after a month was frozen: its statement stays, the next one has the change."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.freezing import freeze, witnesses
from app.house import House
from player_api.reports import months
from player_api.reports.proving import prove_statements
from player_api.reports.tables import Statement
from player_api.reports.tallies import recount
from tests.player_api.box import Viewer, now_ms, play_id, rows


@pytest.fixture
def month(house: House, viewer: Viewer, library: dict[str, int]) -> date:
    """The month of now, frozen as if it were over, with one play of 20 s in it."""
    event = viewer.event(play_id(now_ms() - 90_000), library["选种"], [0, 20], watch_s=20)
    assert viewer.send(event).json()["accepted"] == 1
    month: date = months.month_of(rows(house, "SELECT day FROM play")[0][0])
    # What arrived before the freeze is told apart from what arrives after it.
    execute(house, "UPDATE receipt SET region_code = '5205'")
    freeze_after(house, month)
    return month


def freeze_after(house: House, month: date) -> dict[str, Any]:
    over = months.starts_at(months.after(month), house.settings.zone) + timedelta(hours=2)
    statement: Statement = freeze(house, month, over, by="test")
    return json.loads(statement.body)  # type: ignore[no-any-return]


def arrived_next_month(house: House, month: date) -> None:
    """The tests' clock stands in the frozen month: put what arrived since where it belongs."""
    execute(
        house,
        "UPDATE receipt SET day = :day WHERE region_code <> '5205'",
        day=months.after(month),
    )


def execute(house: House, statement: str, **values: Any) -> None:
    with house.db.begin() as session:
        session.execute(text(statement), values)


def is_proved(house: House) -> bool:
    with house.db.begin() as session:
        proof = prove_statements(session, witnesses=witnesses(session))
        assert recount(session) == []
    assert proof.findings == []
    return len(proof.rerun) == len(proof.statements)


def test_a_play_that_goes_on_after_the_freeze_is_late(
    house: House, viewer: Viewer, library: dict[str, int], month: date
) -> None:
    play = next(iter(viewer.seqs))
    for end_s in (45, 85):
        event = viewer.event(play, library["选种"], [20, end_s], watch_s=end_s)
        assert viewer.send(event).json()["accepted"] == 1
    arrived_next_month(house, month)

    assert is_proved(house)
    assert rows(house, "SELECT counted, late FROM receipt ORDER BY day") == [(1, 0), (0, 2)]
    body = freeze_after(house, months.after(month))
    assert [line["month"] for line in body["late"]] == [months.written(month)]
    totals = body["late"][0]["totals"]
    assert (totals["plays"], totals["effective"], totals["distinct_ms"]) == (0, 1, 65_000)
    assert body["receipts"]["late"] == 2
    assert is_proved(house)


def test_a_play_first_heard_of_after_the_freeze_is_late(
    house: House, viewer: Viewer, library: dict[str, int], month: date
) -> None:
    event = viewer.event(play_id(now_ms() - 60_000), library["点蜡"], [0, 8], watch_s=8)
    assert viewer.send(event).json()["accepted"] == 1
    again = viewer.send(event).json()
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    arrived_next_month(house, month)

    assert is_proved(house)
    body = freeze_after(house, months.after(month))
    totals = body["late"][0]["totals"]
    assert (totals["plays"], totals["completed"], totals["boxes"]) == (1, 1, 1)
    assert is_proved(house)
