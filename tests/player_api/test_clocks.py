"""Boxes' clocks lie; a play still counts on the day on which it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app.house import House
from player_api.reports.tallies import recount
from tests.player_api.box import Viewer, now_ms, play_id, sums

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
YEAR_MS = 365 * 24 * HOUR_MS


def started(house: House) -> list[tuple[Any, datetime]]:
    """Day and start of each play."""
    with house.db.begin() as session:
        query = "SELECT day, started_at FROM play ORDER BY started_at"
        return [tuple(row) for row in session.execute(text(query))]  # type: ignore[misc]


def about(found: datetime, expected_ms: int) -> bool:
    """Whether a time is right, but for the latency of the request."""
    expected = datetime.fromtimestamp(expected_ms / 1000, UTC)
    return abs(found - expected) < timedelta(seconds=30)


@pytest.mark.parametrize("wrong_ms", [0, -50 * YEAR_MS, -3 * HOUR_MS, 40 * MINUTE_MS, YEAR_MS])
def test_a_clock_that_is_wrong_all_the_time_is_corrected(
    viewer: Viewer, house: House, library: dict[str, int], wrong_ms: int
) -> None:
    begun = now_ms() - 26 * HOUR_MS
    play = play_id(max(begun + wrong_ms, 0))
    event = viewer.event(play, library["选种"], [0, 40], at=begun + MINUTE_MS + wrong_ms)
    answer = viewer.send(event, sent=now_ms() + wrong_ms).json()
    assert answer["refused"] == []
    ((day, started_at),) = started(house)
    assert about(started_at, begun)
    assert day == started_at.astimezone(ZONE).date()


def test_days_begin_at_midnight_of_the_settings_zone(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight_ms = round(today.timestamp() * 1000) - 24 * HOUR_MS
    for begun in (midnight_ms - 1, midnight_ms):
        event = viewer.event(play_id(begun), library["选种"], [0, 5], at=begun + MINUTE_MS)
        assert viewer.send(event).json()["accepted"] == 1
    yesterday = (today - timedelta(days=1)).date()
    assert [day for day, _ in started(house)] == [yesterday - timedelta(days=1), yesterday]
    with house.db.begin() as session:
        days = session.execute(text("SELECT day, plays FROM tally_place ORDER BY day")).all()
    assert [tuple(row) for row in days] == [(yesterday - timedelta(days=1), 1), (yesterday, 1)]


def test_an_event_from_before_the_clock_was_set_counts_at_its_arrival(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    event = viewer.event(play_id(5 * MINUTE_MS), library["选种"], [0, 40], at=6 * MINUTE_MS)
    assert viewer.send(event, sent=now_ms()).json()["accepted"] == 1
    ((_, started_at),) = started(house)
    assert about(started_at, now_ms() - MINUTE_MS)


def test_an_event_kept_through_a_reboot_into_a_wrong_clock_keeps_its_own_time(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 5 * HOUR_MS
    event = viewer.event(play_id(begun), library["选种"], [0, 40], at=begun + MINUTE_MS)
    assert viewer.send(event, sent=3 * MINUTE_MS).json()["accepted"] == 1
    ((_, started_at),) = started(house)
    assert about(started_at, begun)


def test_a_play_whose_start_is_learnt_later_moves_to_its_day_with_all_it_counts(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """The clock was set in mid-play, and the part from after it arrives first."""
    lesson, now = library["选种"], now_ms()
    play = play_id(10 * MINUTE_MS)
    before = viewer.event(play, lesson, [0, 20], at=11 * MINUTE_MS, watch_s=20)
    after = viewer.event(play, lesson, [20, 60], at=now, watch_s=60)
    same_day = viewer.event(play_id(now - MINUTE_MS), lesson, [0, 10], watch_s=10)
    assert viewer.send(after, same_day).json()["accepted"] == 2
    # When the first part was sent, the box's clock showed 49 hours and 11 minutes.
    sent = 49 * HOUR_MS + 11 * MINUTE_MS
    assert viewer.send(before, sent=sent).json()["accepted"] == 1
    first, second = started(house)
    assert about(first[1], now - 49 * HOUR_MS - MINUTE_MS)
    with house.db.begin() as session:
        query = "SELECT day, plays, effective, watch_ms, distinct_ms FROM tally_place ORDER BY day"
        tallies = [tuple(row) for row in session.execute(text(query))]
        assert recount(session) == []
    assert tallies == [(first[0], 1, 1, 60_000, 60_000), (second[0], 1, 0, 10_000, 10_000)]
    assert viewer.send(after).json()["unchanged"] == 1
    assert viewer.send(before, sent=sent).json()["unchanged"] == 1
    assert sums(house)["plays"] == 2


def test_a_beat_a_little_ahead_of_the_server_is_no_lie(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    event = viewer.event(play_id(now_ms()), library["选种"], [0, 5], at=now_ms() + 10_000)
    assert viewer.send(event, sent=now_ms() + 10_000).json()["accepted"] == 1
