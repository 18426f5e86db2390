"""How many plays run at once, against a count by hand of every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.peaks import alive_by_course, alive_by_region, curve, highest, peaks
from player_api.reports.rollups import roll_up
from tests.reports.counted import (
    NO_DIFFERENCES,
    Counted,
    add_plays,
    change_days,
    differences,
    on,
)

NOW = datetime(2026, 3, 5, 4, tzinfo=UTC)
DAYS = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
REGIONS = ["52", "5203", "520302001", "520102"]
EMPTY = text("TRUNCATE play_row, reach, peak, changed_day")
BEAT = timedelta(seconds=60)

plays = st.builds(
    Counted,
    box=st.integers(1, 5),
    at=st.builds(
        datetime.combine,
        st.sampled_from(DAYS[:3]),
        # Around midnight, where days meet, and at noon, where plays do.
        (
            st.times(time(0), time(0, 3)) | st.times(time(23, 57)) | st.times(time(12), time(12, 4))
        ).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
    ),
    region=st.sampled_from(REGIONS),
    alive_s=st.integers(0, 400) | st.just(30 * 3600),
    is_excluded=st.booleans(),
)


@given(first=st.lists(plays, max_size=10), later=st.lists(plays, max_size=4), again=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_peak_is_the_fullest_minute(
    house: House, first: list[Counted], later: list[Counted], again: bool
) -> None:
    with house.db.begin() as session:
        session.execute(EMPTY)
    add_plays(house, first)
    roll_up(house, NOW)
    add_plays(house, later)
    if again:
        roll_up(house, NOW)
    assert differences(house) == NO_DIFFERENCES

    for region in ("", "52", "5203", "520302", "520302001"):
        with house.db.begin() as session:
            found = peaks(session, house.settings, start=DAYS[0], end=DAYS[-1], region=region)
        assert [(one.day, one.plays, one.at) for one in found] == [
            by_hand(house, first + later, day, region) for day in DAYS
        ]


def by_hand(
    house: House, counted: list[Counted], day: date, region: str
) -> tuple[date, int, datetime | None]:
    """The fullest of the 1,440 minutes, the first of them where there are more."""
    zone = house.settings.zone
    midnight = datetime.combine(day, time(), zone)
    lives = []
    for play in counted:
        start = play.at.replace(tzinfo=zone)
        end = start + min(timedelta(seconds=play.alive_s) + BEAT, timedelta(days=1))
        if play.region.startswith(region) and not play.is_excluded:
            lives.append((start, end))
    minutes = [midnight + timedelta(minutes=number) for number in range(1440)]
    alive = [
        sum(start < minute + timedelta(minutes=1) and end > minute for start, end in lives)
        for minute in minutes
    ]
    most = max(alive)
    return day, most, minutes[alive.index(most)] if most else None


def test_the_peak_of_a_day_changes_with_plays_of_the_evening_before(house: House) -> None:
    add_plays(house, [Counted(box=1, at=on("2026-03-02 12:00"))])
    roll_up(house, NOW)
    late = Counted(box=2, at=on("2026-03-01 23:59"), alive_s=13 * 3600)
    add_plays(house, [late])

    for _ in ("changed", "rolled up again"):
        with house.db.begin() as session:
            found = peaks(session, house.settings, start=DAYS[0], end=DAYS[1])
        assert [one.plays for one in found] == [1, 2]
        assert highest(found) == found[1]
        roll_up(house, NOW)


def test_now_and_the_curve_of_today_agree(house: House) -> None:
    now = datetime(2026, 3, 2, 12, 10, tzinfo=house.settings.zone)
    add_plays(
        house,
        [
            Counted(box=1, at=on("2026-03-02 12:00"), alive_s=570),
            Counted(box=2, at=on("2026-03-02 12:05"), alive_s=290, region="520102", lesson=2),
            Counted(box=3, at=on("2026-03-02 12:00"), alive_s=60),
            Counted(box=4, at=on("2026-03-01 23:00"), alive_s=13 * 3600 + 599, lesson=2),
        ],
    )
    with house.db.begin() as session:
        minutes = curve(session, house.settings, DAYS[1], "", now)
        by_region = alive_by_region(session, house.settings, now, "", 4)
        by_course = alive_by_course(session, house.settings, now, "")

    assert len(minutes) == 12 * 60 + 11
    assert minutes[-1] == (now, 3)
    assert [alive for _, alive in minutes[-12:]] == [1, 3, 3, 2, 2, 2, 3, 3, 3, 3, 3, 3]
    assert [(row.code, row.plays) for row in by_region] == [("5203", 2), ("5201", 1)]
    assert [(row.course_id, row.plays) for row in by_course] == [(20, 2), (10, 1)]


def test_nothing_played_has_no_peak(house: House) -> None:
    change_days(house, set(DAYS))
    roll_up(house, NOW)
    with house.db.begin() as session:
        found = peaks(session, house.settings, start=DAYS[0], end=DAYS[-1])

    assert [one.plays for one in found] == [0, 0, 0, 0]
    assert highest(found) is None
