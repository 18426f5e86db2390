"""Coverage by the roster and by the boxes themselves is the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.reports.coverage import Coverage, coverage
from player_api.reports.rollups import renew_roster
from tests.reports.counted import Counted, add_plays, on

EMPTY = text("TRUNCATE play_row, reach, peak, changed_day, roster, box_region, box CASCADE")
BOX = text(
    "INSERT INTO box (number, region_code, registered_at, revoked_at) OVERRIDING SYSTEM VALUE"
    " VALUES (:number, :region, :registered, :revoked)"
)
STOOD = text(
    "INSERT INTO box_region (box_no, valid_from, region_code) VALUES (:number, :since, :region)"
    " ON CONFLICT DO NOTHING"
)
REGIONS = ["520302001", "520302002", "520381", "520102", "5201", "52"]
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
END = date(2026, 3, 10)

moments = st.integers(0, 20).map(lambda day: NOON + DAY * day)
boxes = st.tuples(
    st.sampled_from(REGIONS),
    moments,
    st.none() | moments,
    st.lists(st.tuples(moments, st.sampled_from(REGIONS)), max_size=2),
)


def put_box(house: House, number: int, box: tuple) -> None:
    region, registered, revoked, moves = box
    with house.db.begin() as session:
        session.execute(
            BOX,
            {"number": number, "region": region, "registered": registered, "revoked": revoked},
        )
        places = [(datetime(1, 1, 1, tzinfo=UTC), region), *moves]
        for since, code in places:
            session.execute(STOOD, {"number": number, "since": since, "region": code})


@given(
    before=st.lists(boxes, max_size=6),
    roster_day=st.integers(0, 20),
    later=st.lists(boxes, max_size=3),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_roster_changes_nothing(
    house: House, before: list, roster_day: int, later: list
) -> None:
    as_of = NOON + DAY * roster_day
    with house.db.begin() as session:
        session.execute(EMPTY)
    for number, box in enumerate(before + later, start=1):
        put_box(house, number, box)
    by_boxes = of_province(house)

    renew_roster(house, as_of)
    assert of_province(house) == by_boxes
    by_hand: dict[str, int] = {}
    for box in before + later:
        if code := stood(box):
            by_hand[code[:6]] = by_hand.get(code[:6], 0) + 1
    assert {code: one.registered for code, one in by_boxes.items()} == by_hand


def stood(box: tuple) -> str | None:
    """Where the box stood when the last day ended; of two moves at once the first is kept."""
    region, registered, revoked, moves = box
    end = NOON + DAY * 9 + timedelta(hours=12)
    if registered > end or (revoked is not None and revoked <= end):
        return None
    past = [(since, -order, code) for order, (since, code) in enumerate(moves) if since <= end]
    return max(past)[2] if past else region


def of_province(house: House) -> dict[str, Coverage]:
    with house.db.begin() as session:
        return coverage(session, house.settings, start=END, end=END, region="", digits=6)


def test_heard_silent_and_never_heard(house: House) -> None:
    for number in range(1, 6):
        put_box(house, number, ("520302001", NOON - 90 * DAY, None, []))
    put_box(house, 6, ("520102", NOON - 90 * DAY, None, [(NOON - DAY, "520302002")]))
    add_plays(
        house,
        [
            Counted(box=1, at=on("2026-03-10 23:59")),
            Counted(box=2, at=on("2026-02-08 00:00")),  # 31 days with the last one: silent
            Counted(box=3, at=on("2026-02-09 00:00")),
            Counted(box=4, at=on("2026-03-10 10:00"), is_excluded=True),
            Counted(box=5, at=on("2026-03-11 00:00")),
            Counted(box=6, at=on("2026-03-01 10:00"), region="520102"),
        ],
    )
    start = date(2026, 3, 1)
    with house.db.begin() as session:
        found = coverage(session, house.settings, start=start, end=END, region="5203", digits=6)

    assert found == {"520302": Coverage(registered=6, heard=2, silent=1, never=2)}
