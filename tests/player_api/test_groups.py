"""Requests are counted in groups; each keeps its own answer, and its own fate."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from sqlalchemy import text

from app.house import House, open_house
from app.settings import Settings
from player_api.boxes import token_of
from player_api.collector import Collector
from player_api.fold import FOLD_LOCK
from player_api.reports.tallies import recount
from player_api.tables import Box
from tests.player_api.box import API, Viewer, now_ms, play_id, rows, sums, waiting
from tests.player_api.conftest import fill_library, live_server
from tests.service import Service, wait_until

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
RECEIPTS = (
    "SELECT sum(received), sum(counted), sum(unchanged), sum(late), sum(refused) FROM receipt"
)


WRITERS = (
    "SELECT count(*) FROM pg_locks WHERE relation = CAST('play_row' AS regclass) AND NOT granted"
)


@contextmanager
def folds_held_up(house: House) -> Iterator[None]:
    """Nothing can be folded while the block runs, as when a month is frozen."""
    with psycopg.connect(house.db.url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (FOLD_LOCK,))
        yield
        connection.rollback()


def held_up(house: House) -> bool:
    """Whether a fold waits for the lock."""
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(rows(house, query)[0][0])


def test_requests_of_one_group_get_each_their_own_answer(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """Two boxes claim one play, a third box's token is worthless, one sends the same twice."""
    lesson, play = library["选种"], play_id(now_ms() - MINUTE_MS)
    other = Viewer.introduced(viewer.client)
    gone = replace(other, token=token_of(house.settings, Box(id=UUID(int=1), token_version=1)))
    first = viewer.event(play, lesson, [0, 10])
    second = viewer.event(play, lesson, [10, 20])
    with ThreadPoolExecutor(8) as senders, folds_held_up(house):
        senders.submit(viewer.send, viewer.event(play_id(now_ms()), lesson, [0, 4]))
        wait_until(lambda: held_up(house), what="the first group to wait")
        # These gather meanwhile, and make one group.
        same = [senders.submit(viewer.send, first, second) for _ in range(3)]
        refused = senders.submit(gone.send, gone.event(play, lesson, [0, 5]))
        bad = senders.submit(viewer.send, viewer.event(play, 999_999, [0, 5]))
        time_limit = senders.submit(viewer.get, "plays/recent")
        assert time_limit.result().status_code == 200  # other answers do not wait
    answers = [one.result().json() for one in same]
    assert sorted(answer["accepted"] for answer in answers) == [0, 0, 2]
    assert all(answer["accepted"] + answer["unchanged"] == 2 for answer in answers)
    assert refused.result().status_code == 401
    assert bad.result().json()["refused"][0]["code"] in ("play_of_other_lesson", "unknown_lesson")
    claimed = other.send(other.event(play, lesson, [0, 5])).json()
    assert claimed["refused"] == [{"index": 0, "code": "play_of_other_box"}]
    assert sums(house)["distinct_ms"] == 24_000
    assert rows(house, RECEIPTS) == [(9, 3, 4, 0, 2)]


def test_a_request_that_the_database_cannot_take_fails_alone(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """Whatever it is: here, a trigger that hates one lesson."""
    with house.db.begin() as session:
        session.execute(
            text(
                "CREATE FUNCTION hate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF EXISTS (SELECT FROM play_terms WHERE number = NEW.terms_no"
                f" AND lesson_id = {library['点蜡']}) THEN RAISE 'no'; END IF; RETURN NEW;"
                " END $$"
            )
        )
        session.execute(
            text(
                "CREATE TRIGGER hate BEFORE INSERT ON play_row FOR EACH ROW EXECUTE FUNCTION hate()"
            )
        )

    def send(lesson: str) -> int:
        return viewer.send(
            viewer.event(play_id(now_ms() - MINUTE_MS), library[lesson], [0, 5])
        ).status_code

    with ThreadPoolExecutor(8) as senders, folds_held_up(house):
        begun = senders.submit(send, "选种")
        wait_until(lambda: held_up(house), what="the first group to wait")
        sent = [senders.submit(send, lesson) for lesson in ("选种", "点蜡", "羊舍", "选种")]
        assert not any(one.done() for one in sent)
    assert begun.result() == 200
    assert [one.result() for one in sent] == [200, 500, 200, 200]
    assert sums(house)["plays"] == 4
    assert rows(house, RECEIPTS) == [(4, 4, 0, 0, 0)]


def test_a_play_that_two_servers_hear_of_at_once_belongs_to_one_box(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """Both find no such play when they look; what one of them has begun, the other refuses."""
    lesson, play = library["选种"], play_id(now_ms() - MINUTE_MS)
    # The lesson's first play would let the others wait before theirs.
    viewer.send(viewer.event(play_id(now_ms()), lesson, [0, 4]))
    with live_server(house) as second, httpx.Client(base_url=second) as client:
        boxes = [viewer, Viewer.introduced(client)]
        with ThreadPoolExecutor(2) as senders, psycopg.connect(house.db.url) as connection:
            connection.execute("LOCK TABLE play_row IN SHARE MODE")
            sent = [senders.submit(box.send, box.event(play, lesson, [0, 10])) for box in boxes]
            wait_until(lambda: rows(house, WRITERS) == [(2,)], what="both to have looked")
            connection.rollback()
    answers = sorted((one.result().json() for one in sent), key=lambda answer: answer["accepted"])
    assert answers[0]["refused"] == [{"index": 0, "code": "play_of_other_box"}]
    assert answers[1]["accepted"] == 1
    assert rows(house, RECEIPTS) == [(3, 2, 0, 0, 1)]


def test_two_servers_that_hear_of_a_lesson_for_the_first_time_both_count_it(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """One adds what the lesson is, the other waits for it, and finds it."""
    with live_server(house) as second, httpx.Client(base_url=second) as client:
        boxes = [viewer, Viewer.introduced(client)]
        with ThreadPoolExecutor(2) as senders, psycopg.connect(house.db.url) as connection:
            connection.execute("LOCK TABLE play_row IN SHARE MODE")
            sent = [
                senders.submit(
                    box.send,
                    box.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 10]),
                )
                for box in boxes
            ]
            wait_until(
                lambda: rows(house, WRITERS) == [(1,)] and waiting(house, "transactionid") == 1,
                what="one to wait for the table, and the other for the one",
            )
            connection.rollback()
        assert [one.result().json()["accepted"] for one in sent] == [1, 1]
    assert rows(house, "SELECT count(*) FROM play_terms") == [(1,)]
    assert sums(house)["plays"] == 2


def test_under_load_a_second_group_goes_along_and_nothing_counts_twice(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """A play that stands in both groups counts once, and its events are receipted once."""
    lesson, play = library["选种"], play_id(now_ms() - 60 * MINUTE_MS)
    viewer.send(viewer.event(play_id(now_ms()), lesson, [0, 4]))
    many = [viewer.event(play, lesson, [at / 4, at / 4 + 0.25]) for at in range(200)]
    with ThreadPoolExecutor(4) as senders, psycopg.connect(house.db.url) as connection:
        connection.execute("LOCK TABLE play_row IN SHARE MODE")
        first = senders.submit(viewer.send, *many)
        wait_until(lambda: rows(house, WRITERS) == [(1,)], what="the first group to be folded")
        others = [senders.submit(viewer.send, *many) for _ in range(3)]
        wait_until(lambda: rows(house, WRITERS) == [(2,)], what="the second group beside it")
        connection.rollback()
    answers = [one.result().json() for one in [first, *others]]
    assert sum(answer["accepted"] for answer in answers) == 200
    assert sum(answer["unchanged"] for answer in answers) == 600
    assert sums(house)["distinct_ms"] == 54_000
    assert rows(house, RECEIPTS) == [(801, 201, 600, 0, 0)]
    with house.db.begin() as session:
        assert recount(session) == []


@pytest.mark.parametrize("code", ["53100", "57014", "25006"])
def test_what_the_database_lacks_now_may_be_sent_again(
    viewer: Viewer, house: House, library: dict[str, int], code: str
) -> None:
    """A full disk, a statement that takes too long, a server that may only be read."""
    raising = f"BEGIN RAISE 'no' USING ERRCODE = '{code}'; END"
    with house.db.begin() as session:
        session.execute(
            text(f"CREATE FUNCTION lack() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$")
        )
        session.execute(
            text("CREATE TRIGGER lack BEFORE INSERT ON play_row EXECUTE FUNCTION lack()")
        )
    event = viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 5])
    answer = viewer.send(event)
    assert (answer.status_code, answer.json()["code"]) == (503, "collector_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    with house.db.begin() as session:
        session.execute(text("DROP TRIGGER lack ON play_row"))
    assert viewer.send(event).json()["accepted"] == 1


def test_a_full_queue_says_when_to_come_again(house: House, library: dict[str, int]) -> None:
    server = live_server(house)
    app: Any = server.server.config.app
    app.state.collector = Collector(house, most_waiting=3)
    with server as url, httpx.Client(base_url=url) as client:
        viewer = Viewer.introduced(client)

        def send(_: int) -> httpx.Response:
            return viewer.send(viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 5]))

        with ThreadPoolExecutor(12) as senders:
            with folds_held_up(house):
                sent = [senders.submit(send, n) for n in range(12)]
                busy = wait_until(
                    lambda: [one for one in sent if one.done()], what="the queue to be full"
                )
            answers = [one.result() for one in sent]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused and busy
        assert {answer.json()["code"] for answer in refused} == {"collector_busy"}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
        assert sums(house)["plays"] == len(answers) - len(refused)


def test_sigterm_under_load_answers_every_request_that_was_taken(service: Service) -> None:
    house = open_house(Settings(home=service.home, demo=False), service.database_url)
    with house.db.begin() as session:
        library = fill_library(session)
    service.env["NONGKE_EVENT_REQUESTS_A_MINUTE"] = "0"
    service.start_server()
    with httpx.Client(base_url=service.url) as client:
        viewer = Viewer.introduced(client)
    outcomes: list[tuple[int, str]] = []
    enough = threading.Event()

    def send_until_refused(_: int) -> None:
        with httpx.Client(base_url=service.url, timeout=30) as client:
            while True:
                play = play_id(now_ms() - MINUTE_MS)
                event = replace(viewer, client=client).event(play, library["选种"], [0, 5])
                try:
                    answer = client.post(
                        f"{API}/events",
                        json={"sent": now_ms(), "events": [event]},
                        headers=viewer.headers,
                    )
                except httpx.ConnectError:
                    return  # the door is closed: nothing was taken
                except httpx.TransportError:
                    outcomes.append((0, play))
                    return
                outcomes.append((answer.status_code, play))
                if len(outcomes) > 60:
                    enough.set()

    with ThreadPoolExecutor(8) as senders:
        sending = [senders.submit(send_until_refused, n) for n in range(8)]
        assert enough.wait(60)
        assert service.kill("server", signal.SIGTERM) in (0, -signal.SIGTERM)
        for one in sending:
            one.result()
    counted = {str(row[0]) for row in rows(house, "SELECT id FROM play")}
    assert counted == {play for status, play in outcomes if status == 200}
    assert {status for status, _ in outcomes} <= {200, 0}
    house.db.close()


def test_a_client_that_goes_away_is_counted_nevertheless(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    event = viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 10])
    with folds_held_up(house), pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{viewer.client.base_url}{API}/events",
            json={"sent": now_ms(), "events": [event]},
            headers=viewer.headers,
            timeout=0.3,
        )
    wait_until(lambda: sums(house)["plays"] == 1, what="the play")
    assert viewer.send(event).json()["unchanged"] == 1


def test_receipts_balance_and_name_every_refusal(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, play = library["选种"], play_id(now_ms() - MINUTE_MS)
    good = viewer.event(play, lesson, [0, 10])
    bad = [
        viewer.event(play, lesson, [20, 10]),
        viewer.event(play, lesson, [0, 10], speed=99),
        viewer.event(play, lesson, [0, 10], speed=99),
    ]
    long = viewer.event(play, library["羊舍"], [0, 10])
    too_long = viewer.event(play_id(now_ms() - MINUTE_MS), library["羊舍"], [0, 300])
    viewer.send(good, *bad, long, too_long)
    viewer.send(good)
    assert rows(house, RECEIPTS) == [(7, 1, 1, 0, 5)]
    found = dict(rows(house, "SELECT code, events FROM refusal WHERE region_code = '52'"))
    assert found == {
        "bad_span": 1,
        "bad_speed": 2,
        "play_of_other_lesson": 1,
        "span_too_long": 1,
    }


def test_watch_time_is_never_longer_than_the_wall_time(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    begun = now_ms() - 2 * MINUTE_MS
    event = viewer.event(
        play_id(begun), library["选种"], [0, 50], at=begun + MINUTE_MS, watch_s=100
    )
    assert viewer.send(event).json()["accepted"] == 1
    assert sums(house)["watch_ms"] == MINUTE_MS
    quick = viewer.event(
        play_id(begun), library["选种"], [0, 80], at=begun + MINUTE_MS, watch_s=100, speed=2
    )
    assert viewer.send(quick).json()["accepted"] == 1
    assert sums(house)["watch_ms"] == MINUTE_MS + 100_000


def test_the_collector_tells_a_monitor_of_its_work(viewer: Viewer, library: dict[str, int]) -> None:
    viewer.send(viewer.event(play_id(now_ms() - MINUTE_MS), library["选种"], [0, 10]))
    told = viewer.client.get("/metrics").text
    assert 'nongke_event_requests_total{end="answered"}' in told
    assert "nongke_fold_seconds_bucket" in told


def freeze(house: House, month: date) -> None:
    """A statement of the month, as far as folds look at it."""
    with house.db.begin() as session:
        session.execute(
            text(
                "INSERT INTO statement (month, frozen_at, frozen_by, body, sha256, signature,"
                " public_key) VALUES (:month, now(), 'test', '', :hash, '', '')"
            ),
            {"month": month, "hash": str(month)},
        )


def test_what_tells_of_a_frozen_month_is_late_and_what_was_counted_is_kept(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, begun = library["选种"], now_ms() - 20 * DAY_MS
    play, fresh = play_id(begun), play_id(begun + MINUTE_MS)
    day = datetime.fromtimestamp(begun / 1000, ZoneInfo("Asia/Shanghai")).date()
    at = begun + 3 * MINUTE_MS
    viewer.send(viewer.event(play, lesson, [0, 20], at=at, watch_s=20))
    freeze(house, day.replace(day=1))
    viewer.send(
        viewer.event(play, lesson, [20, 95], at=at, watch_s=95),
        viewer.event(fresh, lesson, [0, 10], at=at, watch_s=10),
    )
    viewer.send(viewer.event(play, lesson, [95, 100], at=at, watch_s=100))
    query = (
        "SELECT cast(play_id AS text), frozen_through, day, plays, effective, completed, watch_ms,"
        " distinct_ms FROM frozen_play ORDER BY watch_ms"
    )
    month = day.replace(day=1)
    assert rows(house, query) == [
        (fresh, month, day, 0, 0, 0, 0, 0),
        (play, month, day, 1, 0, 0, 20_000, 20_000),
    ]
    assert rows(house, RECEIPTS) == [(4, 1, 0, 3, 0)]
    # The tallies go on; the statement stays.
    assert sums(house)["plays"] == 2
    with house.db.begin() as session:
        assert recount(session) == []


def test_a_box_may_send_what_it_kept_through_a_reboot(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """The new boot's clock is wrong, the old one's was right, and the box says which is which."""
    begun = now_ms() - 5 * 60 * MINUTE_MS
    event = viewer.event(play_id(begun), library["选种"], [0, 40], at=begun + MINUTE_MS, boot="a")
    wrong = now_ms() - 3 * 60 * MINUTE_MS
    assert viewer.send(event, sent=wrong).json()["accepted"] == 1
    ((started, clock),) = rows(house, "SELECT extract(epoch FROM started_at), clock FROM play")
    assert round(started * 1000) == begun
    assert clock == 2
