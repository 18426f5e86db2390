"""The retention curve, against every play looked at by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.curves import middles_ms
from player_api.reports.errors import PlaysReduced
from player_api.reports.retention import retention
from player_api.reports.rollups import roll_up
from player_api.reports.tables import Reduction
from player_api.seen import union
from tests.reports.counted import (
    NO_DIFFERENCES,
    Counted,
    add_plays,
    differences,
    histories,
    live_through,
    on,
)

DAY = date(2026, 3, 1)
EMPTY = text("TRUNCATE play_row, play_terms, reach, curve, changed_day")
PERIOD = {"start": DAY, "end": DAY}
# After all days of these tests, so that their months can be whole.
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
FIRST, LAST = date(2026, 2, 20), date(2026, 5, 10)
MONTH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
DURATION_MS = 25_000
SPANS = [
    ((0, 2_000),),
    ((0, 25_000),),
    ((4_000, 9_000), (20_000, 25_000)),
    ((14_000, 22_000),),
]
WATCHED = text(
    "SELECT watched FROM play WHERE is_play AND lesson_id = :lesson"
    " AND day BETWEEN :start AND :end AND starts_with(region_code, :region)"
)


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


days = st.dates(FIRST, LAST)
plays = st.builds(
    Counted,
    box=st.integers(1, 6),
    at=st.builds(datetime.combine, days, st.times(time(0), time(23, 59))),
    lesson=st.sampled_from([1, 2]),
    region=st.sampled_from(["52", "5201", "5203", "520102", "520302001", "530102"]),
    spans=st.sampled_from(SPANS),
    duration_ms=st.just(DURATION_MS),
)
edges = st.sampled_from([*MONTH.values(), date(2026, 4, 30), FIRST, LAST]) | days


@given(
    history=histories(plays, days),
    asked=st.lists(
        st.tuples(edges, edges, st.sampled_from(["", "52", "5201", "520302", "53"])),
        min_size=3,
        max_size=8,
    ),
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_curve_is_the_same_whatever_was_rolled_up_when(
    house: House, history: list, asked: list
) -> None:
    with house.db.begin() as session:
        session.execute(EMPTY)
    live_through(house, history, NOW)

    assert differences(house) == NO_DIFFERENCES
    with house.db.begin() as session:
        for one, other, region in asked:
            where = {"start": min(one, other), "end": max(one, other), "region": region}
            found = retention(session, 1, DURATION_MS, **where)
            watched = session.scalars(WATCHED, {"lesson": 1, **where}).all()
            assert found.plays == len(watched)
            assert [step.plays for step in found.steps] == by_hand(watched, DURATION_MS)


def by_hand(watched: Iterable, duration_ms: int) -> list[int]:
    plays = list(watched)
    return [
        sum(any(middle in span for span in spans) for spans in plays)
        for middle in middles_ms(duration_ms)
    ]


def march(house: House, region: str, duration_ms: int = DURATION_MS, **days: date) -> list[int]:
    """All plays of March, and those that saw each step."""
    with house.db.begin() as session:
        found = retention(session, 1, duration_ms, region=region, **{**MONTH, **days})
    return [found.plays, *(step.plays for step in found.steps)]


@pytest.fixture
def rolled_up(house: House) -> House:
    """A whole play and a part of one in March, in two prefectures, rolled up."""
    add_plays(
        house,
        [
            Counted(box=1, at=on("2026-03-03 20:00"), duration_ms=DURATION_MS, spans=SPANS[1]),
            Counted(
                box=2,
                at=on("2026-03-31 23:00"),
                duration_ms=DURATION_MS,
                spans=SPANS[3],
                region="520102",
            ),
        ],
    )
    assert roll_up(house, NOW).months == 1
    return house


def test_whole_months_outlive_their_plays_in_prefectures(rolled_up: House) -> None:
    with rolled_up.db.begin() as session:
        session.execute(text("DELETE FROM play_row"))
        session.add(Reduction(through=MONTH["start"], reduced_at=NOW, reduced_by="test", plays=2))

    assert march(rolled_up, "") == march(rolled_up, "52") == [2, 1, 2, 1]
    assert march(rolled_up, "5203") == [1, 1, 1, 1]
    assert march(rolled_up, "5301") == [0, 0, 0, 0]
    with pytest.raises(PlaysReduced, match="自 2026-04-01；更早的留存曲线只有整月的，到市州一级"):
        march(rolled_up, "520302")
    with pytest.raises(PlaysReduced):
        march(rolled_up, "", end=date(2026, 3, 30))
    # Nobody can say who saw the middle of the last step, which is another now.
    with pytest.raises(PlaysReduced):
        march(rolled_up, "", duration_ms=DURATION_MS + 2_000)


def test_of_a_lesson_that_has_another_length_now_plays_are_asked(rolled_up: House) -> None:
    assert march(rolled_up, "", duration_ms=44_000) == [2, 1, 2, 0, 0, 0]
    assert march(rolled_up, "", duration_ms=16_000) == [2, 1, 1]
