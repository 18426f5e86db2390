"""Players that report by CMCD are counted as boxes' own events are (by HTTP)."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.house import House
from player_api.boxes import revoke_box
from player_api.cmcd_sessions import sweep_sessions
from player_api.reports.tallies import TALLIES, recount
from tests.player_api.box import API, Viewer, now_ms, play_id, rows
from tests.player_api.cmcd_player import CmcdPlayer

DAY_MS = 24 * 3600 * 1000
LESSON, DURATION_MS = "羊舍", 600_000
Act = Callable[[CmcdPlayer], None]

# In hundredths of a second: half of one, at half the speed, is a whole millisecond.
lengths = st.integers(1, 7_000).map(lambda hundredths: hundredths * 10)
acts = st.one_of(
    lengths.map(lambda ms: lambda player: player.watch(ms)),
    lengths.map(lambda ms: lambda player: player.watch(ms)),
    lengths.map(lambda ms: lambda player: player.wait(ms, "a")),
    lengths.map(lambda ms: lambda player: player.wait(ms, "r")),
    st.integers(0, DURATION_MS).map(
        lambda ms: lambda player: player.seek(min(ms, player.duration_ms))
    ),
    st.sampled_from([0.5, 1, 2, 4]).map(lambda speed: lambda player: player.change_speed(speed)),
)


@pytest.fixture
def player(library: dict[str, int]) -> CmcdPlayer:
    """A player with a lesson of ten minutes."""
    return CmcdPlayer(lesson=library[LESSON], duration_ms=DURATION_MS)


def plays(house: House) -> list[dict[str, Any]]:
    """All plays, first begun first; the tallies are what they sum up to."""
    query = (
        "SELECT id, box_no, lesson_id, started_at, last_at, seq, watched::text AS watched,"
        " watch_ms, position_ms, state, is_play FROM play ORDER BY started_at"
    ).replace("::", "\\:\\:")
    with house.db.begin() as session:
        assert recount(session) == []
        return [dict(row._mapping) for row in session.execute(text(query))]


def only_play(house: House) -> dict[str, Any]:
    found = plays(house)
    assert len(found) == 1
    return found[0]


def accepted(answer: Any) -> int:
    """How many were accepted, with none refused."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["refused"] == []
    return int(answer.json()["accepted"])


def refusals(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()["refused"]]


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def test_an_evening_is_one_play_with_what_was_seen(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    began_ms = player.at_ms
    player.report("t")
    player.watch(70_000)
    player.wait(20_000, "a")
    player.seek(300_000)
    player.watch(45_500)
    player.wait(0, "a")
    assert accepted(player.send(viewer)) == len(player.lines)
    play = only_play(house)
    assert play["watched"] == "{[0,70000),[300000,345500)}"
    assert (play["watch_ms"], play["position_ms"], play["state"]) == (115_500, 345_500, "paused")
    assert (play["lesson_id"], play["seq"]) == (player.lesson, len(player.lines) - 1)
    assert (play["started_at"], play["last_at"]) == (moment(began_ms), moment(player.at_ms))
    assert play["is_play"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(evening=st.lists(acts, min_size=1, max_size=8), chance=st.randoms())
def test_any_order_repetition_and_division_of_reports_gives_the_same_play(
    viewer: Viewer, house: House, library: dict[str, int], evening: list[Act], chance: Any
) -> None:
    _forget_plays(house)
    player = CmcdPlayer(lesson=library[LESSON], duration_ms=DURATION_MS)
    began_ms = player.at_ms
    player.report("t")
    for act in evening:
        act(player)
    deliveries = player.lines + [line for line in player.lines if chance.random() < 0.5]
    chance.shuffle(deliveries)
    while deliveries:
        batch = [deliveries.pop() for _ in range(min(len(deliveries), chance.randint(1, 5)))]
        assert accepted(player.send(viewer, *batch)) == len(batch)
    play = only_play(house)
    assert (play["watched"], play["watch_ms"]) == (player.seen, player.watch_ms)
    assert (play["seq"], play["position_ms"]) == (len(player.lines) - 1, player.head_ms)
    assert play["started_at"] == moment(began_ms)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    evenings=st.tuples(*[st.lists(acts, min_size=1, max_size=6)] * 2),
    same_box=st.booleans(),
    same_lesson=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_two_sessions_in_any_order_and_division_give_the_same_tallies(
    viewer: Viewer,
    house: House,
    library: dict[str, int],
    evenings: tuple[list[Act], list[Act]],
    same_box: bool,
    same_lesson: bool,
    seed: int,
) -> None:
    players = [CmcdPlayer(lesson=library[LESSON], duration_ms=DURATION_MS) for _ in evenings]
    if not same_lesson:
        players[1].lesson, players[1].duration_ms = library["选种"], 100_000
    boxes = [viewer, viewer if same_box else Viewer.introduced(viewer.client, region="5203")]
    for player, evening in zip(players, evenings, strict=True):
        player.report("t")
        for act in evening:
            act(player)
    _forget_plays(house)
    for player, box in zip(players, boxes, strict=True):
        assert accepted(player.send(box)) == len(player.lines)
    in_order = tallied(house)

    _forget_plays(house)
    requests = _shuffled(players, boxes, random.Random(seed))
    with ThreadPoolExecutor(3) as senders:
        answers = senders.map(lambda one: one[0].send(one[1], *one[2]), requests)
        assert [accepted(one) for one in answers] == [len(lines) for _, _, lines in requests]
    assert tallied(house) == in_order
    found = sorted((play["watched"], play["watch_ms"]) for play in plays(house))
    assert found == sorted((player.seen, player.watch_ms) for player in players)


Request = tuple[CmcdPlayer, Viewer, list[str]]


def _shuffled(
    players: list[CmcdPlayer], boxes: list[Viewer], chance: random.Random
) -> list[Request]:
    """Requests of some lines each; those of one box and lesson may stand in one request."""
    by_door: dict[tuple[str, int], Request] = {}
    for player, box in zip(players, boxes, strict=True):
        door = by_door.setdefault((box.id, player.lesson), (player, box, []))
        door[2].extend(player.lines + [line for line in player.lines if chance.random() < 0.5])
    requests = []
    for player, box, lines in by_door.values():
        chance.shuffle(lines)
        while lines:
            batch = [lines.pop() for _ in range(min(len(lines), chance.randint(1, 5)))]
            requests.append((player, box, batch))
    chance.shuffle(requests)
    return requests


def tallied(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every tally."""
    return {table: sorted(map(tuple, rows(house, f"SELECT * FROM {table}"))) for table in TALLIES}


def _forget_plays(house: House) -> None:
    with house.db.begin() as session:
        session.execute(
            text(f"TRUNCATE play_row, play_terms, cmcd_session, {', '.join(TALLIES)} CASCADE")
        )


def test_a_lost_report_takes_only_its_neighbourhood(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(150_000)
    lost = player.lines.pop(3)
    player.send(viewer)
    assert only_play(house)["watched"] == "{[0,60000),[120000,150000)}"
    player.send(viewer, lost)
    play = only_play(house)
    assert (play["watched"], play["watch_ms"]) == ("{[0,150000)}", 150_000)


def test_a_first_report_that_comes_last_still_counts(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    began_ms = now_ms() - 900_000
    player = CmcdPlayer(
        lesson=library[LESSON], duration_ms=DURATION_MS, sid=play_id(began_ms), at_ms=began_ms
    )
    player.turn("p")
    player.at_ms += 400_000  # a player that reports turns of the play alone, and no beats
    player.head_ms += 400_000
    player.turn("a")
    for line in reversed(player.lines):
        assert accepted(player.send(viewer, line)) == 1
    play = only_play(house)
    assert (play["watched"], play["watch_ms"]) == ("{[0,400000)}", 400_000)
    assert play["started_at"] == moment(began_ms)


def test_neighbours_that_arrive_at_the_same_time_see_each_other(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(600_000)
    random.Random(7).shuffle(player.lines)
    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(lambda line: player.send(viewer, line), player.lines))
    assert sum(accepted(answer) for answer in answers) == len(player.lines)
    play = only_play(house)
    assert (play["watched"], play["watch_ms"]) == ("{[0,600000)}", 600_000)


def test_a_jump_is_not_watching(viewer: Viewer, house: House, player: CmcdPlayer) -> None:
    player.watch(20_000)
    player.head_ms = 500_000  # and no report of seeking
    player.watch(10_000)
    player.send(viewer)
    # Where in those ten seconds the jump was, nobody knows.
    assert only_play(house)["watched"] == "{[0,20000)}"


def test_pictures_that_fly_by_do_not_count(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.change_speed(4)
    player.watch(60_000)
    player.send(viewer)
    play = only_play(house)
    assert (play["watched"], play["watch_ms"], play["is_play"]) == ("{}", 0, False)


def test_another_session_is_another_play(viewer: Viewer, house: House, player: CmcdPlayer) -> None:
    player.watch(20_000)
    again = CmcdPlayer(lesson=player.lesson, duration_ms=DURATION_MS, at_ms=player.at_ms + 5_000)
    again.watch(20_000)
    assert accepted(player.send(viewer, *player.lines, *again.lines)) == 4
    assert [play["watched"] for play in plays(house)] == ["{[0,20000)}"] * 2


def test_a_session_that_is_a_uuid7_names_the_play(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    began_ms = now_ms() - 100_000
    player = CmcdPlayer(
        lesson=library[LESSON],
        duration_ms=DURATION_MS,
        sid=play_id(began_ms),
        at_ms=began_ms + 2_000,
    )
    player.watch(60_000)
    player.send(viewer)
    play = only_play(house)
    assert (str(play["id"]), play["started_at"]) == (player.sid, moment(began_ms))
    other = CmcdPlayer(lesson=library["选种"], duration_ms=100_000, sid=player.sid)
    other.watch(10_000)
    assert set(refusals(other.send(viewer))) == {"play_of_other_lesson"}
    thief = Viewer.introduced(viewer.client)
    assert set(refusals(player.send(thief))) == {"play_of_other_box"}
    assert only_play(house) == play


def test_the_same_session_id_on_two_boxes_is_two_plays(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(20_000)
    for box in (viewer, Viewer.introduced(viewer.client)):
        assert accepted(player.send(box)) == 2
    assert len(plays(house)) == 2


def test_a_session_id_that_is_used_again_is_refused(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(20_000)
    again = CmcdPlayer(lesson=player.lesson, duration_ms=DURATION_MS, sid=player.sid)
    again.at_ms = player.at_ms + 60_000
    again.watch(20_000)
    assert accepted(player.send(viewer)) == 2
    assert refusals(again.send(viewer)) == ["sn_reused"] * 2
    play = only_play(house)
    assert (play["watched"], play["watch_ms"]) == ("{[0,20000)}", 20_000)


def test_a_bad_report_is_refused_alone(viewer: Viewer, house: House, player: CmcdPlayer) -> None:
    player.watch(20_000)
    blind = player.lines[0].replace("nongke-pt=0,", "").replace("sn=0", "sn=7")
    answer = player.send(viewer, "hello", player.lines[0], blind, player.lines[1])
    assert answer.json() == {
        "accepted": 2,
        "refused": [{"index": 0, "code": "bad_report"}, {"index": 2, "code": "no_playhead"}],
    }
    assert only_play(house)["watched"] == "{[0,20000)}"
    with house.db.begin() as session:
        receipt = session.execute(text("SELECT received, counted, refused FROM receipt")).one()
        reasons = session.execute(text("SELECT code, events FROM refusal ORDER BY code")).all()
    assert receipt == (4, 2, 2)
    assert reasons == [("bad_report", 1), ("no_playhead", 1)]


def test_a_session_may_end_with_the_highest_number(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(20_000)
    last = player.lines[-1].replace(f"sn={len(player.lines) - 1}", f"sn={2**31 - 1}")
    assert player.send(viewer, *player.lines[:-1], last).json() == {
        "accepted": len(player.lines),
        "refused": [],
    }


def test_a_lesson_that_never_was_is_refused(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.lesson = 999
    player.watch(20_000)
    assert refusals(player.send(viewer)) == ["unknown_lesson"] * 2
    with house.db.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM cmcd_session")) == 0
    assert plays(house) == []


def test_reports_need_a_known_box(viewer: Viewer, house: House, player: CmcdPlayer) -> None:
    player.watch(20_000)
    path = f"{API}/cmcd/{player.lesson}"
    assert viewer.client.post(path, content="\n".join(player.lines)).status_code == 401
    with house.db.begin() as session:
        revoke_box(session, UUID(viewer.id), datetime.now(UTC))
    answer = player.send(viewer)
    assert (answer.status_code, answer.json()["code"]) == (401, "box_revoked")
    assert plays(house) == []


def test_a_body_must_be_lines_of_text_and_not_too_many(viewer: Viewer, player: CmcdPlayer) -> None:
    path = f"{API}/cmcd/{player.lesson}"
    for content, status in ((b"\xff", 400), (b"e=t\n" * 201, 413), (b"x" * 70_000, 413)):
        answer = viewer.client.post(path, content=content, headers=viewer.headers)
        assert answer.status_code == status


def test_reports_that_waited_for_hours_keep_their_time(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.at_ms = began_ms = now_ms() - 5 * 3_600_000
    player.watch(20_000)
    player.send(viewer)
    assert only_play(house)["started_at"] == moment(began_ms)


@pytest.mark.parametrize("says_when_sent", [True, False], ids=["sent", "silent"])
def test_a_clock_that_was_never_set_is_corrected(
    viewer: Viewer, house: House, player: CmcdPlayer, says_when_sent: bool
) -> None:
    player.at_ms = 1_577_000_000_000
    player.watch(20_000)
    assert accepted(player.send(viewer, **({"sent": player.at_ms} if says_when_sent else {}))) == 2
    play = only_play(house)
    assert play["watched"] == "{[0,20000)}"
    assert abs(play["last_at"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_slow_clock_is_corrected_by_when_the_reports_were_sent(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.at_ms = now_ms() - 2 * DAY_MS
    player.watch(20_000)
    player.send(viewer, sent=player.at_ms)
    assert abs(only_play(house)["last_at"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_reports_of_a_month_ago_are_too_old(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.at_ms = now_ms() - 31 * DAY_MS
    player.watch(20_000)
    assert refusals(player.send(viewer, sent=now_ms())) == ["too_old"] * 2
    assert plays(house) == []


def test_sessions_are_forgotten_when_nothing_of_them_can_count_any_more(
    viewer: Viewer, house: House, player: CmcdPlayer
) -> None:
    player.watch(20_000)
    player.send(viewer)
    swept = []
    for days in (30, 32):
        with house.db.begin() as session:
            swept.append(sweep_sessions(session, datetime.now(UTC) + timedelta(days=days)))
    assert swept == [0, 1]
    with house.db.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM cmcd_report")) == 0
    assert only_play(house)["watched"] == "{[0,20000)}"
