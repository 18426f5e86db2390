"""How many different boxes watched, by sets and by plays, is the same to the box."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.errors import PlaysReduced
from player_api.reports.reach import unique_boxes, unique_boxes_by, unique_boxes_by_course
from player_api.reports.rollups import roll_up
from player_api.reports.tables import Reduction
from player_api.reports.tallies import rebuild
from tests.reports.counted import (
    NO_DIFFERENCES,
    Counted,
    add_plays,
    change_days,
    differences,
    histories,
    live_through,
    on,
)

# After all days of these tests, so that their months can be whole.
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
FIRST, LAST = date(2026, 2, 20), date(2026, 5, 10)
REGIONS = ["52", "5201", "5203", "520102", "520302", "520302001", "520302002", "520381001"]
ASKED = ["", "52", "5201", "5203", "520302", "520381", "520302001", "53"]
LESSONS = [1, 2, 3]

COUNT = text(
    "SELECT count(DISTINCT box_no) FROM play WHERE is_play AND day BETWEEN :start AND :end"
    " AND starts_with(region_code, :region)"
    " AND (CAST(:lessons AS int[]) IS NULL OR lesson_id = ANY(:lessons))"
)
EMPTY = text("TRUNCATE play_row, reach, curve, peak, changed_day, tally_lesson")

days = st.dates(FIRST, LAST)
plays = st.builds(
    Counted,
    box=st.integers(1, 6) | st.integers(70_000, 70_003),
    at=st.builds(datetime.combine, days, st.times(time(0), time(23, 59))),
    lesson=st.sampled_from(LESSONS),
    region=st.sampled_from(REGIONS),
    spans=st.sampled_from([((0, 2_000),), ((0, 60_000),)]),
)
edges = (
    st.sampled_from([date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 30), FIRST, LAST]) | days
)
questions = st.tuples(
    edges,
    edges,
    st.sampled_from(ASKED),
    st.none() | st.lists(st.sampled_from(LESSONS), max_size=3, unique=True),
)


@given(
    history=histories(plays, days),
    asked=st.lists(questions, min_size=3, max_size=8),
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_boxes_are_counted_once_whatever_was_rolled_up_when(
    house: House, history: list, asked: list
) -> None:
    with house.db.begin() as session:
        session.execute(EMPTY)
    live_through(house, history, NOW)

    with house.db.begin() as session:
        rebuild(session)
    assert differences(house) == NO_DIFFERENCES
    with house.db.begin() as session:
        for one, other, region, lessons in asked:
            start, end = min(one, other), max(one, other)
            true = counted(session, start, end, region, lessons)
            assert (
                unique_boxes(session, start=start, end=end, region=region, lessons=lessons) == true
            ), (start, end, region, lessons)
            by_course = unique_boxes_by_course(session, start=start, end=end, region=region)
            alone = {
                lesson * 10: counted(session, start, end, region, [lesson]) for lesson in LESSONS
            }
            assert by_course == {course: number for course, number in alone.items() if number}


def counted(session, start: date, end: date, region: str, lessons: Sequence[int] | None) -> int:
    values = {"start": start, "end": end, "region": region, "lessons": lessons}
    return session.execute(COUNT, values).scalar_one()


@pytest.fixture
def two_months(house: House) -> House:
    """Box 1 watched both lessons in both months and has moved; boxes 2 and 3 watched one each."""
    add_plays(
        house,
        [
            Counted(box=1, at=on("2026-03-03 20:00")),
            Counted(box=1, at=on("2026-04-04 20:00"), region="520102"),
            Counted(box=1, at=on("2026-04-05 20:00"), region="520102", lesson=2),
            Counted(box=2, at=on("2026-03-31 23:00"), lesson=2),
            Counted(box=3, at=on("2026-04-01 00:00")),
        ],
    )
    return house


def test_a_rolled_up_period_needs_no_plays(two_months: House) -> None:
    done = roll_up(two_months, NOW)

    assert (done.days, done.months) == (61, 2)
    with two_months.db.begin() as session:
        session.execute(text("TRUNCATE play_row"))
        period = {"start": date(2026, 3, 1), "end": date(2026, 4, 30)}
        assert unique_boxes(session, **period) == 3
        assert unique_boxes(session, **period, region="5203") == 3
        assert unique_boxes(session, **period, region="5201") == 1
        assert unique_boxes(session, **period, lessons=[2]) == 2
        assert unique_boxes_by(session, {"all": [1, 2], "two": [2], "none": []}, **period) == {
            "all": 3,
            "two": 2,
            "none": 0,
        }
        edges = {"start": date(2026, 3, 31), "end": date(2026, 4, 4)}
        assert unique_boxes(session, **edges) == 3
        # Of single lessons, days have sets for a while.
        assert unique_boxes(session, **edges, region="5201", lessons=[1]) == 1


def test_a_second_roll_up_finds_nothing_to_do(two_months: House) -> None:
    roll_up(two_months, NOW)

    again = roll_up(two_months, NOW)

    assert (again.days, again.months) == (0, 0)


def test_roll_ups_at_the_same_time_leave_the_same_sets(two_months: House) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            roll_up(two_months, NOW)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    with two_months.db.begin() as session:
        session.execute(text("TRUNCATE play_row"))
        assert unique_boxes(session, start=date(2026, 3, 1), end=date(2026, 4, 30)) == 3


def test_sets_outlive_the_plays_of_reduced_months(two_months: House) -> None:
    roll_up(two_months, NOW)
    with two_months.db.begin() as session:
        session.execute(text("DELETE FROM play_row WHERE day < '2026-04-01'"))
        session.add(Reduction(through=date(2026, 3, 1), reduced_at=NOW, reduced_by="x", plays=2))
    change_days(two_months, {date(2026, 4, 1)})
    roll_up(two_months, NOW)

    with two_months.db.begin() as session:
        whole = {"start": date(2026, 3, 1), "end": date(2026, 4, 30)}
        assert unique_boxes(session, **whole) == 3
        assert unique_boxes(session, **whole, region="520302", lessons=[2]) == 1
        part = {"start": date(2026, 3, 2), "end": date(2026, 3, 31)}
        assert unique_boxes(session, **part, region="520302") == 2
        with pytest.raises(PlaysReduced):
            unique_boxes(session, **part, region="520302001")
        with pytest.raises(PlaysReduced):
            unique_boxes(session, **part, region="520302", lessons=[2])


def test_the_present_month_waits_until_it_is_over(two_months: House) -> None:
    done = roll_up(two_months, datetime(2026, 4, 10, 4, tzinfo=UTC))

    assert (done.days, done.months) == (31 + 10, 1)
