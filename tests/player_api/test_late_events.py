"""Events that come after a month was frozen: its statement stays, the next one has the change."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.freezing import freeze, reduce_before, witnesses
from app.house import House
from player_api.invalid import flag
from player_api.reports import bodies, freezing, months
from player_api.reports.errors import MonthFrozen
from player_api.reports.proving import prove_statements
from player_api.reports.rollups import roll_up
from player_api.reports.tables import Statement
from player_api.reports.tallies import recount
from tests.player_api.box import Viewer, now_ms, play_id, rows, sums, waiting
from tests.service import wait_until


@pytest.fixture
def month(house: House, open_month: date) -> date:
    """The month of now, frozen as if it were over, with one play of 20 s in it."""
    freeze_after(house, open_month)
    return open_month


@pytest.fixture
def open_month(house: House, viewer: Viewer, library: dict[str, int]) -> date:
    """The month of now, not frozen yet, with one play of 20 s in it."""
    event = viewer.event(play_id(now_ms() - 90_000), library["选种"], [0, 20], watch_s=20)
    assert viewer.send(event).json()["accepted"] == 1
    # What arrived before the freeze is told apart from what arrives after it.
    execute(house, "UPDATE receipt SET region_code = '5205'")
    return months.month_of(rows(house, "SELECT day FROM play")[0][0])


def freeze_after(house: House, month: date) -> dict[str, Any]:
    over = months.starts_at(months.after(month), house.settings.zone) + timedelta(hours=2)
    statement: Statement = freeze(house, month, over, by="test")
    return json.loads(statement.body)  # type: ignore[no-any-return]


class HeldFreeze:
    """A freeze that has drawn its line and counts only when it is let go on."""

    def __init__(self, house: House, month: date, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts, self.goes_on = threading.Event(), threading.Event()
        monkeypatch.setattr(freezing, "count_month", self._count)
        self.pool = ThreadPoolExecutor(1)
        self.body = self.pool.submit(freeze_after, house, month)
        assert self.counts.wait(60)

    def ended(self) -> dict[str, Any]:
        """The statement that it made."""
        self.goes_on.set()
        body = self.body.result(60)
        self.pool.shutdown()
        return body

    def _count(self, *asked: Any) -> Any:
        self.counts.set()
        assert self.goes_on.wait(60)
        return bodies.count_month(*asked)


def as_stated(house: House, month: date, body: dict[str, Any]) -> None:
    """The tests' clock stands in the frozen month: keep of its receipts what was stated."""
    stated = body["receipts"]
    names = [name for name in stated if name != "refusals"]
    execute(house, "DELETE FROM receipt")
    execute(
        house,
        f"INSERT INTO receipt (day, region_code, {', '.join(names)})"
        f" VALUES (:day, '5205', {', '.join(':' + name for name in names)})",
        day=month,
        **{name: stated[name] for name in names},
    )


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


@contextmanager
def held(house: House, statement: str) -> Iterator[None]:
    """Keep the locks that a statement takes."""
    with house.db.begin() as session:
        session.execute(text(statement))
        yield


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


def test_events_are_counted_while_a_month_is_frozen_and_are_late(
    house: House,
    viewer: Viewer,
    library: dict[str, int],
    open_month: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = next(iter(viewer.seqs))
    held = HeldFreeze(house, open_month, monkeypatch)
    goes_on = viewer.event(known, library["选种"], [20, 95], watch_s=80)
    begins = viewer.event(play_id(now_ms() - 60_000), library["点蜡"], [0, 8], watch_s=8)
    for event in (goes_on, begins):
        assert viewer.send(event).json()["accepted"] == 1
    assert rows(house, "SELECT sum(plays), sum(distinct_ms) FROM tally_place") == [(2, 103_000)]
    assert rows(house, "SELECT count(*) FROM statement") == [(0,)]
    arrived_next_month(house, open_month)

    totals = held.ended()["figures"]["totals"]
    assert (totals["plays"], totals["distinct_ms"]) == (1, 20_000)
    assert rows(house, "SELECT sum(counted), sum(late) FROM receipt") == [(1, 2)]
    assert is_proved(house)
    monkeypatch.undo()
    late = freeze_after(house, months.after(open_month))["late"][0]["totals"]
    assert (late["plays"], late["distinct_ms"], late["changed_plays"]) == (1, 83_000, 2)
    assert is_proved(house)


def break_freeze(house: House, month: date, monkeypatch: pytest.MonkeyPatch, *, at: str) -> None:
    """A freeze that goes no further than this step."""
    with monkeypatch.context() as broken:
        broken.setattr(freezing, at, None)
        with pytest.raises(TypeError):
            freeze_after(house, month)


def test_who_did_too_much_is_flagged_before_the_line_is_drawn(
    house: House,
    viewer: Viewer,
    library: dict[str, int],
    open_month: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Folds rest while the line is drawn: nobody is looked for in the whole month then."""
    play = next(iter(viewer.seqs))
    viewer.send(viewer.event(play, library["选种"], [20, 30], watch_s=30, seq=10_000))
    break_freeze(house, open_month, monkeypatch, at="invalid_users")
    assert rows(house, "SELECT reason FROM box_flag") == [("day",)]
    assert rows(house, "SELECT count(*) FROM month_cut") == [(0,)]

    body = freeze_after(house, open_month)
    assert body["invalid_users"]["boxes"] == 1
    assert body["figures"]["totals"]["plays"] == 0


def test_older_months_stay_proved_while_a_month_is_frozen(
    house: House,
    viewer: Viewer,
    library: dict[str, int],
    month: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = next(iter(viewer.seqs))
    viewer.send(viewer.event(known, library["选种"], [20, 30], watch_s=30))
    held = HeldFreeze(house, months.after(month), monkeypatch)
    for end_s in (50, 70):
        viewer.send(viewer.event(known, library["选种"], [30, end_s], watch_s=end_s))
    arrived_next_month(house, month)
    assert is_proved(house)

    # What came before the line, and not what came after it.
    assert held.ended()["late"][0]["totals"]["distinct_ms"] == 10_000
    monkeypatch.undo()
    later = freeze_after(house, months.after(months.after(month)))["late"]
    assert [line["totals"]["distinct_ms"] for line in later] == [40_000]
    assert is_proved(house)


def test_a_freeze_that_broke_off_is_ended_as_of_its_line(
    house: House,
    viewer: Viewer,
    library: dict[str, int],
    open_month: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_freeze(house, open_month, monkeypatch, at="count_month")
    viewer.send(viewer.event(play_id(now_ms() - 60_000), library["点蜡"], [0, 8], watch_s=8))
    arrived_next_month(house, open_month)

    a_day_later = months.starts_at(months.after(open_month), house.settings.zone)
    body = json.loads(freeze(house, None, a_day_later + timedelta(days=1), by="other").body)
    assert body["figures"]["totals"]["plays"] == 1
    assert body["frozen_by"] == "test" and "T02:00" in body["frozen_at"]
    assert rows(house, "SELECT count(*) FROM month_cut") == [(0,)]
    assert is_proved(house)


def test_two_who_freeze_at_once_make_one_statement(
    house: House, open_month: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldFreeze(house, open_month, monkeypatch)
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor(1) as other:
        second = other.submit(freeze_after, house, open_month)
        wait_until(lambda: rows(house, waits) == [(1,)], what="the second to wait")
        held.ended()
        with pytest.raises(MonthFrozen):
            second.result(60)
    assert rows(house, "SELECT count(*) FROM statement") == [(1,)]


def test_every_event_of_a_stream_is_in_one_statement_or_the_other(
    house: House, url: str, viewer: Viewer, library: dict[str, int], open_month: date
) -> None:
    """Six boxes report without pause, resending at times, while two months are frozen."""
    is_over = threading.Event()

    def watch(number: int) -> int:
        """Plays of one part after the other, until the months are frozen; gives the seconds."""
        seconds = 0
        with httpx.Client(base_url=url) as client:
            box = Viewer.introduced(client, region="5203")
            while not is_over.is_set():
                play = play_id(now_ms() - 200_000)
                for end_s in range(10, 60, 10):
                    event = box.event(play, library["羊舍"], [end_s - 10, end_s], watch_s=end_s)
                    assert box.send(event).json()["accepted"] == 1
                    if end_s % 20 == number % 2:
                        assert box.send(event).json()["unchanged"] == 1
                    seconds += 10
        return seconds

    with ThreadPoolExecutor(6) as senders:
        watched = [senders.submit(watch, number) for number in range(6)]
        query = "SELECT count(*) FROM play"
        wait_until(lambda: rows(house, query)[0][0] > 10, what="plays")
        first = freeze_after(house, open_month)
        second = freeze_after(house, months.after(open_month))
        is_over.set()
        seconds = sum(one.result(60) for one in watched)
    as_stated(house, open_month, first)
    third = freeze_after(house, months.after(months.after(open_month)))

    stated = first["figures"]["totals"]["distinct_ms"]
    late = [line["totals"]["distinct_ms"] for body in (second, third) for line in body["late"]]
    assert stated + sum(late) == (seconds + 20) * 1000
    assert rows(house, "SELECT sum(distinct_ms) FROM tally_place") == [((seconds + 20) * 1000,)]
    assert is_proved(house)


def test_a_play_is_not_begun_again_after_it_was_reduced(
    house: House, viewer: Viewer, library: dict[str, int]
) -> None:
    """Of events from before a clock was set no age is known: they could come again for ever."""
    minute_ms = 60_000
    event = viewer.event(
        play_id(10 * minute_ms), library["选种"], [0, 50], at=11 * minute_ms, watch_s=50, boot="old"
    )
    assert viewer.send(event).json()["accepted"] == 1
    never_begins_again(house, viewer, event, sent=now_ms())


def test_a_reduced_play_is_not_begun_again_by_a_clock_that_fell_back(
    house: House, viewer: Viewer, library: dict[str, int]
) -> None:
    """A box without a clock of its own comes up by the time that it saved, a year ago."""
    a_year_ago = now_ms() - 365 * 24 * 3_600_000
    play = play_id(a_year_ago)
    event = viewer.event(play, library["选种"], [0, 50], at=a_year_ago + 60_000, watch_s=50)
    assert viewer.send(event, sent=a_year_ago + 90_000).json()["accepted"] == 1
    # It was right when the play was counted: the tests' clock stands still for that year.
    execute(house, "UPDATE play_row SET clock = '0'")
    never_begins_again(house, viewer, event, sent=a_year_ago + 90_000)


def never_begins_again(house: House, viewer: Viewer, event: dict[str, Any], sent: int) -> None:
    """Reduce the only play, and send its event again by that clock."""
    month = months.month_of(rows(house, "SELECT day FROM play")[0][0])
    freeze_after(house, month)
    in_a_year = months.starts_at(month, house.settings.zone) + timedelta(days=365)
    roll_up(house, in_a_year)
    before = sums(house)
    assert reduce_before(house, months.after(month), in_a_year, by="test") == 1

    again = viewer.send(event, sent=sent).json()
    assert (again["accepted"], again["refused"]) == (0, [{"index": 0, "code": "too_old"}])
    assert rows(house, "SELECT count(*) FROM play") == [(0,)]
    assert sums(house) == before
    with house.db.begin() as session:
        assert recount(session) == []


def test_what_is_folded_while_a_month_is_reduced_is_in_the_next_late_line(
    house: House, viewer: Viewer, library: dict[str, int], open_month: date
) -> None:
    wrong_ms = 60_000
    begun, lesson = now_ms() - 90_000 - wrong_ms, library["羊舍"]
    play = play_id(begun)
    first = viewer.event(play, lesson, [0, 20], at=begun + 20_000, watch_s=20)
    more = viewer.event(play, lesson, [20, 50], at=begun + 50_000, watch_s=50)
    assert viewer.send(first, sent=now_ms() - wrong_ms).json()["accepted"] == 1
    freeze_after(house, open_month)
    in_a_year = months.starts_at(open_month, house.settings.zone) + timedelta(days=365)
    roll_up(house, in_a_year)

    with ThreadPoolExecutor(2) as pool:
        # A fold writes its receipt last.
        with held(house, "LOCK TABLE receipt IN EXCLUSIVE MODE"):
            answer = pool.submit(viewer.send, more, sent=now_ms() - wrong_ms)
            wait_until(lambda: waiting(house, "relation") == 1, what="the fold to wait")
            reduced = pool.submit(
                reduce_before, house, months.after(open_month), in_a_year, by="test"
            )
            wait_until(lambda: waiting(house, "transactionid") == 1, what="the reduction to wait")
        assert answer.result(60).json()["accepted"] == 1
        assert reduced.result(60) == 2
    arrived_next_month(house, open_month)

    (late,) = freeze_after(house, months.after(open_month))["late"]
    assert (late["totals"]["plays"], late["totals"]["distinct_ms"]) == (0, 30_000)
    with house.db.begin() as session:
        assert prove_statements(session, witnesses=witnesses(session)).findings == []


def test_events_are_answered_while_a_flag_waits_for_a_reduction(
    house: House, viewer: Viewer, library: dict[str, int], month: date
) -> None:
    in_a_year = months.starts_at(month, house.settings.zone) + timedelta(days=365)
    roll_up(house, in_a_year)
    ((box, day),) = rows(house, "SELECT box_no, day FROM play")

    def flag_box() -> None:
        with house.db.begin() as session:
            flag(session, box, day, reason="test", now=in_a_year)

    with ThreadPoolExecutor(2) as pool:
        with held(house, "SELECT FROM play FOR UPDATE"):
            reduced = pool.submit(reduce_before, house, months.after(month), in_a_year, by="test")
            wait_until(lambda: waiting(house, "transactionid") == 1, what="the reduction to wait")
            flagged = pool.submit(flag_box)
            wait_until(lambda: waiting(house, "advisory") == 1, what="the flag to wait")
            event = viewer.event(play_id(now_ms() - 60_000), library["点蜡"], [0, 8], watch_s=8)
            assert viewer.send(event).json()["accepted"] == 1
        assert reduced.result(60) == 1
        flagged.result(60)
