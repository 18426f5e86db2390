"""The retention curve, against every play looked at by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.retention import middles_ms, retention
from player_api.seen import union
from tests.reports.counted import Counted, add_plays, on

DAY = date(2026, 3, 1)
EMPTY = text("TRUNCATE play_row, changed_day")
PERIOD = {"start": DAY, "end": DAY}


@given(
    duration_ms=st.integers(1, 95_000),
    watched=st.lists(
        st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)), max_size=6),
        max_size=8,
    ),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_step_has_the_plays_that_saw_its_middle(
    house: House, duration_ms: int, watched: list[list[tuple[int, int]]]
) -> None:
    with house.db.begin() as session:
        session.execute(EMPTY)
    ranges = [
        union((min(start, duration_ms), min(end, duration_ms)) for start, end in spans)
        for spans in watched
    ]
    counting = [spans for spans in ranges if sum(end - start for start, end in spans) > 3_000]
    add_plays(
        house,
        [
            Counted(box=1, at=on("2026-03-01 10:00"), spans=spans, duration_ms=duration_ms)
            for spans in ranges
        ],
    )

    with house.db.begin() as session:
        found = retention(session, 1, duration_ms, **PERIOD)

    assert found.plays == len(counting)
    assert [step.plays for step in found.steps] == [
        sum(any(start <= middle < end for start, end in spans) for spans in counting)
        for middle in middles_ms(duration_ms)
    ]


@pytest.mark.parametrize(
    ("duration_ms", "middles"),
    [
        (1, [0]),
        (9_999, [4_999]),
        (10_000, [5_000]),
        (10_001, [5_000, 10_000]),
        (25_000, [5_000, 15_000, 22_500]),
    ],
)
def test_the_last_step_is_what_is_left(duration_ms: int, middles: list[int]) -> None:
    assert middles_ms(duration_ms) == middles


def test_only_the_days_region_and_lesson_asked_for_count(house: House) -> None:
    at = datetime(2026, 3, 1, 10)  # noqa: DTZ001 (by the house's own clock)
    add_plays(
        house,
        [
            Counted(box=1, at=at),
            Counted(box=1, at=at, region="520102"),
            Counted(box=1, at=at, lesson=2),
            Counted(box=1, at=at, is_excluded=True),
            Counted(box=1, at=on("2026-03-02 00:00")),
        ],
    )
    with house.db.begin() as session:
        found = retention(session, 1, 60_000, **PERIOD, region="5203")

    assert found.plays == 1
    assert [step.plays for step in found.steps] == [1] * 6
