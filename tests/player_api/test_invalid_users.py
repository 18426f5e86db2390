"""Who does more than a household can is left out of every figure, visibly, and can come back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.house import House
from player_api.errors import FlagNotFound
from player_api.invalid import flag, flag_days, lift, unlift
from player_api.reports.tallies import TALLIES, recount
from tests.player_api.box import Viewer, now_ms, play_id, rows

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
ZONE = ZoneInfo("Asia/Shanghai")


def day_of(ms: int) -> date:
    """The day that a play begun then counts on."""
    return datetime.fromtimestamp(ms / 1000, ZONE).date()


def number_of(house: House, box: Viewer) -> int:
    """By which number plays name the box."""
    ((number,),) = rows(house, "SELECT number FROM box WHERE id = :id", id=box.id)
    return int(number)


def tallies(house: House) -> list[Any]:
    """Every tally that is not zero; a recount must find no difference."""
    with house.db.begin() as session:
        assert recount(session) == []
    return [
        (table, *row)
        for table, tally in TALLIES.items()
        for row in rows(
            house, f"SELECT * FROM {table} WHERE plays > 0 ORDER BY {', '.join(tally.by)}"
        )
    ]


def receipts(house: House) -> dict[str, int]:
    """All receipts together."""
    query = (
        "SELECT sum(received)::int, sum(counted)::int, sum(unchanged)::int, sum(late)::int,"
        " sum(invalid_user)::int, sum(refused)::int FROM receipt"
    ).replace("::", "\\:\\:")
    names = ("received", "counted", "unchanged", "late", "invalid_user", "refused")
    return dict(zip(names, rows(house, query)[0], strict=True))


def test_a_flooding_box_disappears_from_every_figure_and_comes_back_the_same(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, begun = library["选种"], now_ms() - 30 * MINUTE_MS
    neighbour = Viewer.introduced(viewer.client, region="5203")
    neighbour.send(neighbour.event(play_id(begun), lesson, [0, 50], at=begun + MINUTE_MS))
    without = tallies(house)
    flood = play_id(begun)
    viewer.send(
        viewer.event(flood, lesson, [0, 40], at=begun + MINUTE_MS, watch_s=40),
        viewer.event(flood, lesson, [40, 95], at=begun + 2 * MINUTE_MS, seq=10_000, watch_s=90),
    )
    flooded = tallies(house)
    box, day = number_of(house, viewer), day_of(begun)
    with house.db.begin() as session:
        (found,) = flag_days(session, [day], NOW, ZONE)
    assert (found.box_no, found.day, found.actions, found.reason) == (
        box,
        day,
        10_001,
        "day",
    )
    assert tallies(house) == without
    # From then on what it sends is kept, and receipted as such; other days are not concerned.
    more = viewer.event(flood, lesson, [95, 100], at=begun + 3 * MINUTE_MS, seq=10_001)
    other_day = begun - 3 * 24 * 60 * MINUTE_MS
    old = viewer.event(play_id(other_day), lesson, [0, 10], at=other_day + MINUTE_MS)
    assert viewer.send(more, old).json()["accepted"] == 2
    assert receipts(house)["invalid_user"] == 1
    assert receipts(house)["counted"] == 4
    with house.db.begin() as session:
        assert flag_days(session, [day, day_of(other_day)], NOW, ZONE) == []
        lift(session, box, day, now=NOW, by="admin")
    back = tallies(house)
    with house.db.begin() as session:
        assert flag_days(session, [day], NOW, ZONE) == []
        unlift(session, box, day, now=NOW, by="admin")
    assert len(tallies(house)) < len(back)
    with house.db.begin() as session:
        lift(session, box, day, now=NOW, by="admin")
    assert tallies(house) == back
    # The same as if nobody had ever been flagged, and the rest had come as it did.
    plays = {row[0]: sum(one[-5] for one in flooded if one[0] == row[0]) for row in flooded}
    assert all(sum(o[-5] for o in back if o[0] == table) == n + 1 for table, n in plays.items())


def test_lifting_restores_the_very_same_figures(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 30 * MINUTE_MS
    for lesson in ("选种", "羊舍"):
        event = viewer.event(play_id(begun), library[lesson], [0, 35], at=begun + MINUTE_MS)
        viewer.send(event)
    before = tallies(house)
    box, day = number_of(house, viewer), day_of(begun)
    with house.db.begin() as session:
        flag(session, box, day, reason="a shop window", now=NOW)
    assert tallies(house) == []
    with house.db.begin() as session:
        lift(session, box, day, now=NOW, by="admin")
    assert tallies(house) == before
    ((reason, actions, by),) = rows(house, "SELECT reason, actions, lifted_by FROM box_flag")
    assert (reason, actions, by) == ("a shop window", 2, "admin")


# Minutes lived, actions: whether that is too much.
PACES = [(1, 60, False), (1, 61, True), (10, 600, False), (10, 620, True), (200, 10_001, True)]


@pytest.mark.parametrize(("minutes", "actions", "is_invalid"), PACES)
def test_more_than_sixty_actions_in_a_minute_are_too_many(
    viewer: Viewer,
    house: House,
    library: dict[str, int],
    minutes: int,
    actions: int,
    is_invalid: bool,
) -> None:
    begun = (now_ms() - 20 * 60 * MINUTE_MS) // MINUTE_MS * MINUTE_MS
    last = begun + (minutes - 1) * MINUTE_MS + 1000
    event = viewer.event(play_id(begun), library["羊舍"], [0, 10], at=last, seq=actions - 1)
    assert viewer.send(event).json()["accepted"] == 1
    with house.db.begin() as session:
        assert len(flag_days(session, [day_of(begun)], NOW, ZONE)) == is_invalid
    assert (tallies(house) == []) == is_invalid


def test_two_plays_at_one_time_are_too_much_together(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = (now_ms() - 60 * MINUTE_MS) // MINUTE_MS * MINUTE_MS
    for apart in (0, 10 * MINUTE_MS, 5000):
        at = begun + apart
        event = viewer.event(play_id(at), library["羊舍"], [0, 10], at=at + 1000, seq=40)
        assert viewer.send(event).json()["accepted"] == 1
        with house.db.begin() as session:
            assert len(flag_days(session, [day_of(begun)], NOW, ZONE)) == (apart == 5000)


def test_no_box_does_too_much_to_be_flagged(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 10 * MINUTE_MS
    for number in range(2):
        play = play_id(begun + number)
        viewer.send(viewer.event(play, library["选种"], [0, 5], seq=2**31 - 1, at=begun + 9_000))
    with house.db.begin() as session:
        (found,) = flag_days(session, [day_of(begun)], NOW, ZONE)
    assert found.actions == 2**32
    assert tallies(house) == []


def at_midnight(days_ago: int) -> int:
    """The first millisecond of the day."""
    day = datetime.fromtimestamp(now_ms() / 1000, ZONE).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return round(day.timestamp() * 1000) - days_ago * 24 * HOUR_MS


def watched(viewer: Viewer, lesson: int, begun: int, hours: float) -> dict[str, Any]:
    """The last event of a play that went on for so long."""
    length_ms = round(hours * HOUR_MS)
    # Not the chance that hypothesis begins anew with each example.
    play = play_id(begun, SystemRandom())
    return viewer.event(play, lesson, [0, 50], at=begun + length_ms, watch_s=length_ms / 1000)


def test_more_than_a_day_watched_in_a_day_is_left_out_of_every_figure(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    midnight, lesson = at_midnight(3), library["羊舍"]
    day = day_of(midnight)
    viewer.send(*(watched(viewer, lesson, midnight + n, 12) for n in range(2)))
    with house.db.begin() as session:
        assert flag_days(session, [day], NOW, ZONE) == []
    before = tallies(house)

    viewer.send(watched(viewer, lesson, midnight + 13 * HOUR_MS, 0.5))
    with house.db.begin() as session:
        (found,) = flag_days(session, [day], NOW, ZONE)
    assert (found.box_no, found.day, found.reason) == (number_of(house, viewer), day, "watch")
    assert tallies(house) == []
    viewer.send(watched(viewer, lesson, midnight + 14 * HOUR_MS, 1))
    assert tallies(house) == []
    assert receipts(house)["invalid_user"] == 1

    with house.db.begin() as session:
        lift(session, found.box_no, day, now=NOW, by="admin")
        assert flag_days(session, [day], NOW, ZONE) == []
    assert sum(row[-5] for row in tallies(house)) == 2 * sum(row[-5] for row in before)


def test_what_is_watched_after_midnight_is_of_the_next_day(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    midnight, lesson = at_midnight(3), library["羊舍"]
    viewer.send(watched(viewer, lesson, midnight, 23))
    # Begun on the same day, but for 9 of its 10 hours it was the next.
    viewer.send(watched(viewer, lesson, midnight + 23 * HOUR_MS, 10))
    with house.db.begin() as session:
        assert flag_days(session, [day_of(midnight)], NOW, ZONE) == []


def test_plays_whose_time_is_a_guess_are_not_beside_each_other(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    midnight, wrong_ms = at_midnight(3), HOUR_MS
    for n in range(3):
        event = watched(viewer, library["羊舍"], midnight + n, 12)
        answer = viewer.send({**event, "boot": "before"}, sent=now_ms() - wrong_ms)
        assert answer.json()["accepted"] == 1
    assert rows(house, "SELECT clock, day FROM play") == [(2, day_of(midnight))] * 3
    with house.db.begin() as session:
        assert flag_days(session, [day_of(midnight)], NOW, ZONE) == []

    # By a clock that was right they are.
    for n in range(3):
        viewer.send(watched(viewer, library["羊舍"], midnight + n, 12))
    with house.db.begin() as session:
        assert len(flag_days(session, [day_of(midnight)], NOW, ZONE)) == 1


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lengths=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 3)), min_size=1, max_size=8),
    begins=st.integers(0, 23),
)
def test_who_watches_one_lesson_after_the_other_is_never_flagged(
    viewer: Viewer,
    house: House,
    library: dict[str, int],
    lengths: list[tuple[int, int]],
    begins: int,
) -> None:
    """However long the plays are and however they lie about midnights."""
    box = Viewer.introduced(viewer.client)
    at = at_midnight(25) + begins * HOUR_MS
    days = set()
    for hours, pause in lengths:
        answer = box.send(watched(box, library["羊舍"], at, hours)).json()
        assert answer["accepted"] == 1
        days.add(day_of(at))
        at += (hours + pause) * HOUR_MS
    with house.db.begin() as session:
        assert flag_days(session, days, NOW, ZONE) == []


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    plays=st.lists(st.tuples(st.integers(0, 23), st.integers(1, 20)), min_size=2, max_size=6),
    chance=st.randoms(use_true_random=False),
)
def test_plays_beside_each_other_are_flagged_by_the_hours_within_the_day(
    viewer: Viewer,
    house: House,
    library: dict[str, int],
    plays: list[tuple[int, int]],
    chance: Any,
) -> None:
    """In any order, and a recount agrees."""
    box = Viewer.introduced(viewer.client)
    midnight = at_midnight(5)
    chance.shuffle(plays)
    for hour, hours in plays:
        box.send(watched(box, library["羊舍"], midnight + hour * HOUR_MS, hours))
    within = sum(min(hours, 24 - hour) for hour, hours in plays)
    number = number_of(house, box)
    with house.db.begin() as session:
        found = flag_days(session, [day_of(midnight)], NOW, ZONE)
        assert recount(session) == []
    assert [one.box_no for one in found] == ([number] if within > 24 else [])


def test_a_play_that_moves_into_a_flagged_day_leaves_the_figures(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """And one whose day is not flagged counts, though the box has a flag for another."""
    lesson, now = library["选种"], now_ms()
    boot = 49 * 60 * MINUTE_MS
    flagged = day_of(now - boot - MINUTE_MS)
    play = play_id(10 * MINUTE_MS)
    first = viewer.event(play, lesson, [0, 20], at=11 * MINUTE_MS)
    after = viewer.event(play, lesson, [20, 60], at=now)
    with house.db.begin() as session:
        flag(session, number_of(house, viewer), flagged, reason="by hand", now=NOW)
    viewer.send(after)
    assert [table for table, *_ in tallies(house)] == [t for t in TALLIES if t != "tally_group"]
    viewer.send(first, sent=boot + 11 * MINUTE_MS)
    assert tallies(house) == []
    assert receipts(house)["invalid_user"] == 1


def test_a_flag_that_nobody_put_cannot_be_lifted(house: House) -> None:
    with house.db.begin() as session, pytest.raises(FlagNotFound):
        lift(session, 1, date(2026, 1, 1), now=NOW, by="admin")
