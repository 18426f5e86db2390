"""What boxes report is counted exactly once, whatever happens on the way."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from app.house import House, open_house
from app.settings import Settings
from catalog import editing
from catalog.tables import Lesson
from player_api.boxes import renew_token, revoke_box, token_of
from player_api.events import LETTERS
from player_api.reports.tallies import recount
from player_api.tables import Box
from tests.player_api.box import API, Viewer, counted, now_ms, play_id, rows, sums
from tests.player_api.conftest import NOW, fill_library, live_server
from tests.service import Service

NOTHING = {"plays": 0, "effective": 0, "completed": 0, "watch_ms": 0, "distinct_ms": 0}
DAY_MS = 24 * 3600 * 1000


@pytest.fixture(autouse=True)
def tallies_are_sums_of_plays(house: House) -> Iterator[None]:
    """Whatever a test has sent, in the end a recount finds no difference."""
    yield
    with house.db.begin() as session:
        assert recount(session) == []


def test_a_batch_sent_twice_counts_once(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - 60_000)
    batch = [
        viewer.event(play, library["选种"], [0, 20], watch_s=20),
        viewer.event(play, library["选种"], [20, 45], [10, 30], watch_s=45),
    ]
    first = viewer.send(*batch)
    assert first.json() == {"accepted": 2, "unchanged": 0, "refused": [], "next_beat_s": 60}
    before = counted(house)
    second = viewer.send(*batch)
    assert second.json() == {"accepted": 0, "unchanged": 2, "refused": [], "next_beat_s": 60}
    assert counted(house) == before
    assert sums(house) == {
        "plays": 1,
        "effective": 1,
        "completed": 0,
        "watch_ms": 45_000,
        "distinct_ms": 45_000,
    }


DEFINITIONS: list[tuple[str, list[list[float]], float, tuple[int, int, int]]] = [
    # Lessons: 选种 100 s, 点蜡 8 s. Counts: play, effective, completed.
    ("选种", [[0, 3.0]], 1, (0, 0, 0)),
    ("选种", [[0, 3.1]], 1, (1, 0, 0)),
    ("选种", [[0, 2], [50, 51.5]], 1, (1, 0, 0)),
    ("选种", [[0, 2], [0, 2], [1, 2]], 1, (0, 0, 0)),
    ("选种", [[10, 39.9]], 1, (1, 0, 0)),
    ("选种", [[10, 40]], 1, (1, 1, 0)),
    ("选种", [[0, 89.9]], 1, (1, 1, 0)),
    ("选种", [[0, 50], [50, 90]], 1, (1, 1, 1)),
    ("选种", [[95, 130]], 1, (1, 0, 0)),
    ("选种", [[0, 100]], 2.99, (1, 1, 1)),
    ("选种", [[0, 100]], 3, (0, 0, 0)),
    ("点蜡", [[0, 3.9]], 1, (1, 0, 0)),
    ("点蜡", [[0, 4]], 1, (1, 1, 0)),
    ("点蜡", [[0, 7.2]], 1, (1, 1, 1)),
]


def test_counts_follow_the_definitions(
    house: House, viewer: Viewer, library: dict[str, int]
) -> None:
    for lesson, spans, speed, expected in DEFINITIONS:
        before = sums(house)
        play = play_id(now_ms() - 200_000)
        event = viewer.event(play, library[lesson], *spans, speed=speed, watch_s=100)
        assert viewer.send(event).json()["accepted"] == 1
        counts = {name: count - before[name] for name, count in sums(house).items()}
        found = (counts["plays"], counts["effective"], counts["completed"])
        assert found == expected, (lesson, spans, speed)
        assert counts["watch_ms"] == (100_000 if expected[0] else 0)


def test_a_bad_event_in_a_good_batch_is_refused_alone(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, now = library["选种"], now_ms()
    play = play_id(now - 60_000)
    other = Viewer.introduced(viewer.client)
    taken = play_id(now - 60_000)
    assert other.send(other.event(taken, lesson, [0, 5])).json()["accepted"] == 1

    def bad(**change: Any) -> dict[str, Any]:
        return {**viewer.event(play_id(now - 60_000), lesson, [0, 10]), **change}

    batch: list[tuple[Any, str | None]] = [
        (viewer.event(play, lesson, [0, 10]), None),
        (bad(play="not-a-uuid"), "bad_play_id"),
        (bad(play=str(uuid4())), "bad_play_id"),
        (bad(play=17), "bad_play_id"),
        (bad(lesson=999_999), "unknown_lesson"),
        (bad(lesson=2**40), "unknown_lesson"),
        (bad(lesson="1"), "unknown_lesson"),
        (bad(spans=[[-1, 5]]), "bad_span"),
        (bad(spans=[[5, 4]]), "bad_span"),
        (bad(spans=[[None, 4]]), "bad_span"),
        (bad(spans=[[1]]), "bad_span"),
        (bad(spans=[[103, 104]]), "beyond_duration"),
        (bad(at=now + 3_600_000), "bad_time"),
        (bad(at=None), "bad_time"),
        (bad(at=-5), "bad_time"),
        (bad(play=play_id(now - 31 * DAY_MS), at=now - 31 * DAY_MS), "too_old"),
        (bad(watch_s=180), "watch_too_long"),
        (bad(watch_s=1e306), "watch_too_long"),
        (bad(watch_s=-1), "bad_watch"),
        (bad(position_s="far"), "bad_watch"),
        (bad(speed=-2), "bad_speed"),
        (bad(speed=65), "bad_speed"),
        (bad(seq=-1), "bad_seq"),
        (bad(seq=2**31), "bad_seq"),
        (bad(state="Playing!"), "bad_state"),
        (bad(state="playing\n"), "bad_state"),
        (bad(play=taken), "play_of_other_box"),
        (bad(play=play, lesson=library["羊舍"]), "play_of_other_lesson"),
        ("no event", "bad_event"),
        ({}, "bad_event"),
        (viewer.event(play, lesson, [10, 20]), None),
    ]
    answer = viewer.send(*(event for event, _ in batch))
    assert answer.status_code == 200
    assert answer.json()["refused"] == [
        {"index": index, "code": code} for index, (_, code) in enumerate(batch) if code
    ]
    assert answer.json()["accepted"] == 2
    assert sums(house)["distinct_ms"] == 20_000 + 5_000
    later = viewer.send({**viewer.event(play, library["羊舍"], [0, 10])})
    assert later.json()["refused"] == [{"index": 0, "code": "play_of_other_lesson"}]


def test_no_number_is_too_large_to_be_judged(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """A day at 64 times the speed is more ms than a column holds."""
    lesson, now = library["选种"], now_ms()
    fast = {"at": now, "speed": 64, "watch_s": 60 * 24 * 3600}
    answers = [
        viewer.send(viewer.event(play_id(now - DAY_MS + 60_000), lesson, [0, 50], **more))
        for more in (fast, fast | {"watch_s": 25 * 24 * 3600}, {"position_s": 1e308})
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [one["code"] for answer in answers for one in answer.json()["refused"]] == [
        "watch_too_long",
        "watch_too_long",
    ]
    assert sums(house)["plays"] == 1


def test_a_play_in_thousands_of_parts_takes_no_more_events(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """Who sends such plays would hold up the events of everybody else."""
    lesson, play = library["羊舍"], play_id(now_ms() - 600_000)
    parts = [[n * 2 / 1000, (n * 2 + 1) / 1000] for n in range(4_000)]
    for some in (parts[:2_000], parts[2_000:]):
        assert viewer.send(viewer.event(play, lesson, *some)).json()["accepted"] == 1
    counted_before = counted(house)
    answer = viewer.send(
        viewer.event(play, lesson, [100, 101]), viewer.event(play_id(now_ms()), lesson)
    )
    assert answer.json()["refused"] == [{"index": 0, "code": "too_scattered"}]
    assert counted(house)[0][0] == counted_before[0][0]


def test_a_batch_that_is_too_large_counts_nothing(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play, lesson = play_id(now_ms() - 60_000), library["选种"]
    good = [viewer.event(play, lesson, [n / 4, n / 4 + 0.25]) for n in range(201)]
    many = viewer.send(*good)
    assert (many.status_code, many.json()["code"]) == (413, "batch_too_large")
    long = viewer.send(viewer.event(play, lesson, [0, 10], padding="x" * 65_536))
    assert (long.status_code, long.json()["code"]) == (413, "batch_too_large")
    chunked = viewer.client.post(
        f"{API}/events", content=iter([b" " * 40_000] * 3), headers=viewer.headers
    )
    assert (chunked.status_code, chunked.json()["code"]) == (413, "batch_too_large")
    assert sums(house) == NOTHING
    assert viewer.send(*good[:200]).json()["accepted"] == 200
    assert sums(house)["distinct_ms"] == 50_000


NO_BATCHES = [
    b"",
    b"[]",
    b"{}",
    b"null",
    b"\xff\xfe",
    b'{"sent": 1}',
    b'{"sent": "now", "events": []}',
    b'{"sent": 1, "events": {}}',
    b'{"sent": 1, "events": [{"spans": [[NaN, 1]]}]}',
    b'{"sent": 1, "events": [',
    b"[" * 60_000,
]


def test_a_body_that_is_no_batch_is_refused_whole(viewer: Viewer) -> None:
    for body in NO_BATCHES:
        answer = viewer.client.post(f"{API}/events", content=body, headers=viewer.headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_batch"), body[:50]
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_compressed_batch_is_refused_clearly(viewer: Viewer) -> None:
    headers = {**viewer.headers, "Content-Encoding": "gzip"}
    answer = viewer.client.post(f"{API}/events", content=b"\x1f\x8b", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_content_encoding")


def test_a_token_that_proves_nothing_counts_nothing(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    event = viewer.event(play_id(now_ms() - 60_000), library["选种"], [0, 10])
    elsewhere = Settings(home=house.settings.home / "elsewhere", demo=False)
    foreign = token_of(elsewhere, Box(id=UUID(viewer.id), token_version=1))
    stranger = token_of(house.settings, Box(id=uuid4(), token_version=1))
    for token in ("nonsense", viewer.token[:-1], viewer.token + "x", foreign, stranger, "中"):
        headers = {b"Authorization": f"Bearer {token}".encode()}
        answer = viewer.client.post(
            f"{API}/events", json={"sent": now_ms(), "events": [event]}, headers=headers
        )
        assert answer.status_code == 401, token
        assert answer.json()["code"].startswith("box_token_")
        assert answer.headers["www-authenticate"] == "Bearer"
    no_token = viewer.client.post(f"{API}/events", json={"sent": now_ms(), "events": [event]})
    assert (no_token.status_code, no_token.json()["code"]) == (401, "box_token_missing")
    assert sums(house) == NOTHING
    assert viewer.send(event).json()["accepted"] == 1


def test_a_revoked_box_counts_no_more_but_what_it_counted_stays(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - 60_000)
    viewer.send(viewer.event(play, library["选种"], [0, 10]))
    with house.db.begin() as session:
        renew_token(session, session.get_one(Box, viewer.id).id)
    refused = viewer.send(viewer.event(play, library["选种"], [10, 20]))
    assert (refused.status_code, refused.json()["code"]) == (401, "box_token_rotated")
    with house.db.begin() as session:
        box = session.get_one(Box, viewer.id)
        viewer.token = token_of(house.settings, box)
        assert viewer.send(viewer.event(play, library["选种"], [20, 25])).status_code == 200
    with house.db.begin() as session:
        revoke_box(session, box.id, NOW)
    refused = viewer.send(viewer.event(play, library["选种"], [30, 40]))
    assert (refused.status_code, refused.json()["code"]) == (401, "box_revoked")
    assert sums(house)["distinct_ms"] == 15_000


def test_concurrent_senders_of_the_same_plays_count_once(
    viewer: Viewer, house: House, url: str, library: dict[str, int]
) -> None:
    plays = [play_id(now_ms() - 60_000) for _ in range(6)]
    lessons = [library["选种"], library["羊舍"]]
    events = [
        viewer.event(play, lessons[at % 2], [n * 5, n * 5 + 6], watch_s=n * 5 + 5)
        for n in range(8)
        for at, play in enumerate(plays)
    ]

    def send_all(seed: int) -> None:
        chance = random.Random(seed)
        mine = chance.sample(events, len(events))
        with httpx.Client(base_url=url) as client:
            sender = Viewer(client=client, id=viewer.id, token=viewer.token, region=viewer.region)
            for start in range(0, len(mine), 7):
                answer = sender.send(*mine[start : start + 7])
                assert (answer.status_code, answer.json()["refused"]) == (200, [])

    with ThreadPoolExecutor(8) as senders:
        list(senders.map(send_all, range(8)))
    assert sums(house) == {
        "plays": 6,
        "effective": 6,
        "completed": 0,
        "watch_ms": 6 * 40_000,
        "distinct_ms": 6 * 41_000,
    }


def test_an_event_of_a_removed_lesson_still_counts(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - 60_000)
    viewer.send(viewer.event(play, library["选种"], [0, 10]))
    with house.db.begin() as session:
        lesson = session.get_one(Lesson, library["选种"])
        editing.withdraw_course(session, lesson.course)
        editing.remove_lesson(session, lesson, NOW)
    assert viewer.send(viewer.event(play, library["选种"], [10, 20])).json()["accepted"] == 1
    unheard = play_id(now_ms() - 50_000)
    assert viewer.send(viewer.event(unheard, library["选种"], [0, 10])).json()["accepted"] == 1
    assert sums(house)["distinct_ms"] == 30_000


def test_a_play_keeps_the_length_of_the_video_it_began_with(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - 60_000)
    viewer.send(viewer.event(play, library["选种"], [0, 10]))
    with house.db.begin() as session:
        session.execute(
            text(
                "UPDATE video SET duration_ms = 20000 FROM lesson"
                " WHERE video.id = lesson.video_id AND lesson.id = :lesson"
            ),
            {"lesson": library["选种"]},
        )
    assert viewer.send(viewer.event(play, library["选种"], [50, 60])).json()["refused"] == []
    fresh = viewer.send(viewer.event(play_id(now_ms() - 60_000), library["选种"], [50, 60]))
    assert fresh.json()["refused"] == [{"index": 0, "code": "beyond_duration"}]
    assert sums(house)["distinct_ms"] == 20_000


def test_a_lesson_between_two_videos_is_as_long_as_its_last_play_says(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    """Long, short and long again; then a video of which nothing is known yet."""
    lesson, minute = library["选种"], 60_000
    for minutes_ago, duration_ms in ((9, None), (8, 20_000), (7, 100_000), (6, None)):
        if duration_ms:
            _set_length(house, lesson, duration_ms)
        play = play_id(now_ms() - minutes_ago * minute)
        assert viewer.send(viewer.event(play, lesson, [0, 10])).json()["accepted"] == 1
    # A play known already begins nothing anew.
    _set_length(house, lesson, 50_000)
    assert viewer.send(viewer.event(play, lesson, [10, 20])).json()["accepted"] == 1
    _set_length(house, lesson, None)
    late = viewer.event(play_id(now_ms() - minute), lesson, [90, 100])
    assert viewer.send(late).json()["accepted"] == 1
    assert rows(house, "SELECT DISTINCT duration_ms FROM play_terms ORDER BY 1") == [
        (20_000,),
        (100_000,),
    ]


def test_a_lesson_that_has_moved_to_another_course_counts_there(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, there = library["选种"], library["点蜡"]
    viewer.send(viewer.event(play_id(now_ms() - 60_000), lesson, [0, 10]))
    with house.db.begin() as session:
        course = session.get_one(Lesson, there).course_id
        session.execute(
            text("UPDATE lesson SET course_id = :course, position = 99 WHERE id = :lesson"),
            {"course": course, "lesson": lesson},
        )
    fresh = viewer.event(play_id(now_ms() - 50_000), lesson, [0, 10])
    assert viewer.send(fresh).json()["accepted"] == 1
    counted = dict(rows(house, "SELECT course_id, sum(plays)::int FROM tally_month GROUP BY 1"))
    assert counted[course] == 1 and sum(counted.values()) == 2


def _set_length(house: House, lesson: int, duration_ms: int | None) -> None:
    with house.db.begin() as session:
        session.execute(
            text(
                "UPDATE video SET duration_ms = :ms FROM lesson"
                " WHERE video.id = lesson.video_id AND lesson.id = :lesson"
            ),
            {"lesson": lesson, "ms": duration_ms},
        )


@pytest.mark.parametrize("state", [*LETTERS, "dreaming"])
def test_the_state_of_a_play_is_kept(
    viewer: Viewer, house: House, library: dict[str, int], state: str
) -> None:
    play = play_id(now_ms() - 60_000)
    viewer.send(viewer.event(play, library["选种"], [0, 10], state=state))
    kept = state if state in LETTERS else "unknown"
    assert rows(house, "SELECT state FROM play") == [(kept,)]


def test_a_killed_server_loses_nothing_that_it_answered_and_doubles_nothing(
    service: Service,
) -> None:
    house = open_house(Settings(home=service.home, demo=False), service.database_url)
    with house.db.begin() as session:
        library = fill_library(session)
    service.start_server()
    with httpx.Client(base_url=service.url) as client:
        viewer = Viewer.introduced(client)
    plays = [play_id(now_ms() - 60_000) for _ in range(10)]
    batches = [
        [viewer.event(play, library["羊舍"], [n, n + 1], watch_s=n) for play in plays]
        for n in range(60)
    ]
    answered = threading.Semaphore(0)

    def send_until_answered(batch: list[dict[str, Any]]) -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            try:
                with httpx.Client(base_url=service.url) as client:
                    viewer_now = Viewer(
                        client=client, id=viewer.id, token=viewer.token, region=viewer.region
                    )
                    answer = viewer_now.send(*batch)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code == 200:
                assert answer.json()["refused"] == []
                answered.release()
                return
        raise AssertionError("no answer within four minutes")

    with ThreadPoolExecutor(4) as senders:
        sending = [senders.submit(send_until_answered, batch) for batch in batches]
        for _ in range(15):
            assert answered.acquire(timeout=240)
        service.kill("server", signal.SIGKILL)
        service.start_server()
        for one in sending:
            one.result()
    assert sums(house) == {
        "plays": 10,
        "effective": 10,
        "completed": 0,
        "watch_ms": 10 * 59_000,
        "distinct_ms": 10 * 60_000,
    }
    with house.db.begin() as session:
        assert recount(session) == []
    house.db.close()


def test_a_lost_database_is_said_so_and_the_resent_batch_counts_once(
    viewer: Viewer, house: House, postgres: str, library: dict[str, int]
) -> None:
    import psycopg

    event = viewer.event(play_id(now_ms() - 60_000), library["选种"], [0, 10])
    name = house.db.url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        lost = viewer.send(event)
        assert lost.status_code == 503
        assert lost.headers["retry-after"] == "5"
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]
    assert viewer.send(event).json()["accepted"] == 1
    assert viewer.send(event).json()["unchanged"] == 1
    assert sums(house)["plays"] == 1


def test_a_process_older_than_the_rules_of_counting_counts_and_flags_nothing(
    viewer: Viewer, house: House, library: dict[str, int], service: Service
) -> None:
    event = viewer.event(play_id(now_ms() - 60_000), library["选种"], [0, 10])
    assert viewer.send(event).json()["accepted"] == 1
    with house.db.begin() as session:
        session.execute(text("UPDATE counting_rules SET version = version + 1"))
    later = viewer.event(event["play"], library["选种"], [0, 25])
    outdated = viewer.send(later)
    assert (outdated.status_code, outdated.json()["code"]) == (503, "collector_outdated")
    assert outdated.headers["retry-after"] == "5"
    today = f"{datetime.now(house.settings.zone):%Y-%m-%d}"
    flagging = service.run("boxes", "flag", viewer.id, today, "--reason", "试验", check=False)
    assert flagging.stderr.startswith("collector_outdated")
    assert sums(house)["distinct_ms"] == 10_000
    with house.db.begin() as session:
        session.execute(text("UPDATE counting_rules SET version = version - 1"))
    assert viewer.send(later).json()["accepted"] == 1
    assert sums(house)["distinct_ms"] == 25_000


def test_a_recount_names_a_tally_that_is_not_the_sum_of_its_plays(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    viewer.send(viewer.event(play_id(now_ms() - 60_000), library["选种"], [0, 10]))
    with house.db.begin() as session:
        session.execute(text("UPDATE tally_lesson SET plays = plays + 1"))
        (difference,) = recount(session)
        assert (difference.tallied[0], difference.counted[0]) == (2, 1)
        assert difference.key["lesson_id"] == library["选种"]
        session.rollback()


def test_two_servers_of_one_house_know_each_others_boxes(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    with live_server(house) as second, httpx.Client(base_url=second) as client:
        there = Viewer(client=client, id=viewer.id, token=viewer.token, region=viewer.region)
        play = play_id(now_ms() - 60_000)
        assert there.send(there.event(play, library["选种"], [0, 10])).status_code == 200
        assert viewer.send(viewer.event(play, library["选种"], [5, 15])).status_code == 200
    assert sums(house)["distinct_ms"] == 15_000
