"""CMCD's lines, and what two neighbouring reports prove: tables of input and outcome."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from player_api.cmcd import Proof, Report, proof, read_reports
from player_api.cmcd_sessions import believed_sent_ms, play_of
from player_api.errors import BadBatch, BatchTooLarge
from player_api.structured import NotADictionary, parse_dictionary

HEAD = 'sid="s",sn=4,ts=1000'
READ = Report(sid="s", sn=4, at_ms=1000, position_ms=None, speed=1.0, state="", rate_changed=False)
PLAYING = replace(READ, position_ms=10_000, state="p")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("a", {"a": True}),
        ("a=1,b=-2.5, c=?0", {"a": 1, "b": -2.5, "c": False}),
        (r'a="x\"y\\z",b=tok/en:1', {"a": 'x"y\\z', "b": "tok/en:1"}),
        ("bl=(12000;v 300;a),br=()", {"bl": [12000, 300], "br": []}),
        ("a;x=1;y,b=2;z", {"a": True, "b": 2}),
        ("nongke-pt=5,*k=:aGk=:,d=@1767226330", {"nongke-pt": 5, "*k": b"hi", "d": 1767226330}),
        ("a=1,a=2", {"a": 2}),
    ],
)
def test_a_structured_dictionary_is_read(text: str, expected: dict[str, object]) -> None:
    assert parse_dictionary(text) == expected


@pytest.mark.parametrize(
    "text", ["a=", "a=1,", "A=1", "a=1 b=2", 'a="x', "a=(1", "a=(1,2)", "a=:a:", "=1", "a;=1", "é"]
)
def test_what_is_no_structured_dictionary_is_refused(text: str) -> None:
    with pytest.raises(NotADictionary):
        parse_dictionary(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"e=t,{HEAD},v=2", READ),
        (f"e=ps,sta=p,nongke-pt=10000,{HEAD}", PLAYING),
        (f"e=ps,sta=p,pt=10000,nongke-pt=1,{HEAD}", PLAYING),
        (f"e=pr,pr=1.5,sta=p,pt=10000,{HEAD}", replace(PLAYING, speed=1.5, rate_changed=True)),
        (f"e=rr,ttlb=250,rc=200,{HEAD}", replace(READ, at_ms=1250)),
        (f"e=t,sta=x,{HEAD}", READ),
        (f"e=t,sta=p,{HEAD}", "no_playhead"),
        (f"e=t,pt=-1,{HEAD}", "bad_report"),
        (f'e=t,pr="fast",{HEAD}', "bad_report"),
        (f"e=t,pr=-1,{HEAD}", "bad_report"),
        ('e=t,sid="s",ts=1000', "bad_report"),
        ('e=t,sid="s",sn=?1,ts=1000', "bad_report"),
        ('e=t,sid="",sn=1,ts=1000', "bad_report"),
        (f'e=t,sid="{"s" * 65}",sn=1,ts=1000', "bad_report"),
        (f"{HEAD}", "bad_report"),
        ("hello, world!", "bad_report"),
    ],
)
def test_a_line_is_a_report_or_its_refusal(line: str, expected: Report | str) -> None:
    assert read_reports(line.encode()) == [expected]


def test_a_body_is_read_line_by_line() -> None:
    body = f"e=t,{HEAD}\n\r\n  \nnonsense!\ne=t,{HEAD}".encode()
    assert read_reports(body) == [READ, "bad_report", READ]
    assert read_reports(b"") == []
    with pytest.raises(BatchTooLarge):
        read_reports(b"e=t\n" * 201)
    with pytest.raises(BadBatch):
        read_reports(b"\xff")


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        # thirty seconds played
        ({}, {"at_ms": 31_000, "position_ms": 40_000}, (10_000, 40_000, 30_000, 1)),
        # ... of which ten the picture stood still
        ({}, {"at_ms": 31_000, "position_ms": 30_000}, (10_000, 30_000, 20_000, 1)),
        # ... until the viewer paused, or it ended
        (
            {},
            {"at_ms": 31_000, "position_ms": 40_000, "state": "a"},
            (10_000, 40_000, 30_000, 1),
        ),
        # the page's last look at the playhead was half a second old
        ({}, {"at_ms": 31_000, "position_ms": 40_500}, (10_000, 40_500, 30_500, 1)),
        # twice as fast
        (
            {"speed": 2.0},
            {"at_ms": 31_000, "position_ms": 70_000, "speed": 2.0},
            (10_000, 70_000, 30_000, 2),
        ),
        # from the later report on it is faster, which says nothing about before
        (
            {},
            {"at_ms": 31_000, "position_ms": 40_000, "speed": 4.0, "rate_changed": True},
            (10_000, 40_000, 30_000, 1),
        ),
        # somewhere between it became faster
        (
            {},
            {"at_ms": 31_000, "position_ms": 60_000, "speed": 2.0},
            (10_000, 60_000, 25_000, 2),
        ),
        # three times as fast and more is no watching
        ({"speed": 3.0}, {"at_ms": 31_000, "position_ms": 100_000, "speed": 3.0}, None),
        # a jump ahead that nobody reported, and one back
        ({}, {"at_ms": 31_000, "position_ms": 42_000}, None),
        ({}, {"at_ms": 31_000, "position_ms": 9_000}, None),
        # moved while paused, while seeking, before it began
        ({"state": "a"}, {"at_ms": 31_000, "position_ms": 30_000}, None),
        ({"state": "k"}, {"at_ms": 31_000, "position_ms": 30_000}, None),
        ({"state": ""}, {"at_ms": 31_000, "position_ms": 30_000}, None),
        # stood still
        ({}, {"at_ms": 31_000}, None),
        ({"speed": 0.0}, {"at_ms": 1_500, "position_ms": 10_500, "speed": 0.0}, None),
        # the clock was set back between them
        ({}, {"at_ms": 0, "position_ms": 10_500}, None),
        # a place is missing
        ({"position_ms": None}, {"at_ms": 31_000, "position_ms": 40_000}, None),
        ({}, {"at_ms": 31_000, "position_ms": None}, None),
    ],
)
def test_two_neighbours_prove_what_lies_between_them(
    earlier: dict[str, object],
    later: dict[str, object],
    expected: tuple[int, int, int, float] | None,
) -> None:
    found = proof(replace(PLAYING, **earlier), replace(PLAYING, sn=5, **later))  # type: ignore[arg-type]
    if expected is None:
        assert found is None
    else:
        start_ms, end_ms, watch_ms, speed = expected
        assert found == Proof(span=(start_ms, end_ms), watch_ms=watch_ms, speed=speed)


def test_a_session_that_is_a_uuid7_is_the_play_itself() -> None:
    sid = "019b76da-a800-7000-8000-00000000abcd"
    assert play_of(1, 2, sid, 5) == play_of(3, 4, sid.upper(), 6) == UUID(sid)


@pytest.mark.parametrize("sid", ["d261ceb5-f58e-4ad1-99be-f4632f2d8ce5", "会话", "{x}"])
def test_any_other_session_has_a_play_of_its_own(sid: str) -> None:
    at_ms = 1_767_226_330_000
    plays = {play_of(*whose, sid, at_ms) for whose in ((1, 1), (2, 1), (1, 2), (1, 1))}
    assert len(plays) == 3
    assert {play.version for play in plays} == {7}
    assert play_of(1, 1, sid, 0).version == 7


@pytest.mark.parametrize(
    ("newest_ms", "sent_ms"),
    [
        (1_767_226_330_000, 1_767_226_330_000),  # now
        (1_767_222_730_000, 1_767_226_330_000),  # an hour in the queue
        (1_767_226_930_000, 1_767_226_930_000),  # ten minutes fast
        (5_000, 5_000),  # never set
    ],
)
def test_a_clock_is_believed_where_it_can_be_right(newest_ms: int, sent_ms: int) -> None:
    reports: list[Report | str] = [replace(READ, at_ms=newest_ms), READ, "bad_report"]
    if newest_ms < READ.at_ms:
        reports = reports[:1]
    assert believed_sent_ms(reports, received_ms=1_767_226_330_000) == sent_ms


def test_without_a_report_nothing_is_believed_of_a_clock() -> None:
    assert believed_sent_ms(["bad_report"], received_ms=7) == 7
