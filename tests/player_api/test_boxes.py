"""Who a box is, where it stands since when, and how often it may ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from app.house import House
from app.settings import Settings
from player_api.boxes import token_of
from player_api.rates import Buckets
from player_api.tables import Box
from tests.player_api.box import API, Viewer, now_ms, play_id
from tests.player_api.conftest import live_server
from tests.service import Service, wait_until

# Every endpoint that needs a box, with a body that it would take.
NEEDING_A_BOX: list[tuple[str, str, Any]] = [
    ("POST", "events", {"sent": 1, "events": []}),
    ("POST", "cmcd/1", None),
    ("POST", "searches", {"sent": 1, "searches": []}),
    ("GET", "plays/progress", None),
    ("GET", "plays/recent", None),
    ("GET", "favourites", None),
    ("PUT", "favourites/203", None),
    ("DELETE", "favourites/203", None),
    ("GET", "boxes/me", None),
    ("PUT", "boxes/me/region", {"region": "5203"}),
    ("PUT", "boxes/me/settings", {"text": "large"}),
]
NAMES = [f"{method} {path}" for method, path, _ in NEEDING_A_BOX]


def stood(house: House, box: str) -> list[str]:
    """Where the box stood, oldest first."""
    query = text(
        "SELECT box_region.region_code FROM box_region JOIN box ON box.number = box_no"
        " WHERE box.id = :box ORDER BY valid_from"
    )
    with house.db.begin() as session:
        return list(session.scalars(query, {"box": box}))


def move(viewer: Viewer, region: str) -> httpx.Response:
    """Choose a place by remote."""
    return viewer.client.put(
        f"{API}/boxes/me/region", json={"region": region}, headers=viewer.headers
    )


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def listed_only(house: House, library: dict[str, int]) -> Iterator[httpx.Client]:
    """A server that lets in no box whose card is not on the list."""
    changed = {"box_registration": "listed"}
    strict = House(
        settings=house.settings.model_copy(update=changed), db=house.db, storage=house.storage
    )
    with live_server(strict) as url, httpx.Client(base_url=url) as client:
        yield client


def list_card(house: House, card: str, region: str) -> None:
    with house.db.begin() as session:
        session.execute(
            text("INSERT INTO provision (card_number, region_code) VALUES (:card, :region)"),
            {"card": card, "region": region},
        )


def worthless_tokens(viewer: Viewer, settings: Settings) -> dict[str, str]:
    """Tokens that prove nothing, and the code that says why."""
    elsewhere = Settings(home=settings.home / "elsewhere", demo=False)
    issuer = viewer.token.partition(".")[0]
    foreign = token_of(elsewhere, Box(id=UUID(viewer.id), token_version=1))
    stranger = token_of(settings, Box(id=uuid4(), token_version=1))
    return {
        "nonsense": "box_token_invalid",
        viewer.token[:-1]: "box_token_invalid",
        viewer.token + "x": "box_token_invalid",
        f"{issuer}.{foreign.partition('.')[2]}": "box_token_invalid",
        stranger: "box_token_invalid",
        foreign: "box_token_foreign",
    }


@pytest.mark.parametrize(("method", "path", "body"), NEEDING_A_BOX, ids=NAMES)
def test_a_token_that_proves_nothing_is_told_why(
    viewer: Viewer, house: House, method: str, path: str, body: Any
) -> None:
    def ask(token: str | None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = viewer.client.request(method, f"{API}/{path}", json=body, headers=headers)
        assert answer.headers["www-authenticate"] == "Bearer"
        return code_of(answer)

    for token, code in worthless_tokens(viewer, house.settings).items():
        assert ask(token) == (401, code), token
    assert ask(None) == (401, "box_token_missing")
    with house.db.begin() as session:
        session.execute(text("UPDATE box SET token_version = 2"))
    assert ask(viewer.token) == (401, "box_token_rotated")
    with house.db.begin() as session:
        session.execute(text("UPDATE box SET revoked_at = now()"))
    assert ask(viewer.token) == (401, "box_revoked")
    assert stood(house, viewer.id) == ["52"]


def test_every_endpoint_that_needs_a_box_is_tried(url: str) -> None:
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    guarded = {
        (method.upper(), path.removeprefix(f"{API}/").format(number=203, lesson_id=1))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith(API) and "401" in operation["responses"]
    }
    assert guarded == {(method, path) for method, path, _ in NEEDING_A_BOX}


def test_a_token_of_an_earlier_release_is_still_good(viewer: Viewer, house: House) -> None:
    viewer.token = viewer.token.partition(".")[2]
    assert viewer.get("favourites").status_code == 200


def test_a_new_box_has_always_stood_where_it_stands(viewer: Viewer, house: House) -> None:
    assert stood(house, viewer.id) == ["52"]
    assert stood(house, Viewer.introduced(viewer.client, region="520302").id) == ["520302"]
    with house.db.begin() as session:
        first = text("SELECT count(*) FROM box_region WHERE valid_from = '-infinity'")
        assert session.scalar(first) == 2


def test_a_move_is_dated_and_a_move_to_the_same_place_writes_nothing(
    viewer: Viewer, house: House
) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0001", region="5203")
    for region, expected in (
        ("5203", ["5203"]),
        ("5205", ["5203", "5205"]),
        ("5205", ["5203", "5205"]),
        (None, ["5203", "5205"]),
        ("5203", ["5203", "5205", "5203"]),
    ):
        again = Viewer.introduced(viewer.client, card="8520 0001", region=region)
        assert (again.id, again.region) == (box.id, expected[-1])
        assert stood(house, box.id) == expected


def test_moves_at_the_same_moment_follow_one_another(
    viewer: Viewer, house: House, url: str
) -> None:
    def introduce(n: int) -> str:
        with httpx.Client(base_url=url) as client:
            region = ("5203", "5205", "520302")[n % 3]
            return Viewer.introduced(client, card="8520 0001", region=region).id

    with ThreadPoolExecutor(8) as threads:
        (box,) = set(threads.map(introduce, range(60)))
    places = stood(house, box)
    assert len(places) > 3
    assert all(before != after for before, after in pairwise(places))
    with house.db.begin() as session:
        assert session.get_one(Box, box).region_code == places[-1]


def test_a_household_chooses_its_place_by_remote(viewer: Viewer, house: House) -> None:
    for region in ("520302", "520302", "5205"):
        answer = move(viewer, region)
        assert (answer.status_code, answer.json()) == (200, {"box": viewer.id, "region": region})
    assert stood(house, viewer.id) == ["52", "520302", "5205"]
    assert code_of(move(viewer, "520399")) == (422, "unknown_region")
    assert code_of(move(viewer, "somewhere")) == (422, "invalid_request")
    assert stood(house, viewer.id) == ["52", "520302", "5205"]


def test_what_a_box_played_before_a_move_counts_at_the_old_place_however_late_it_comes(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    lesson, now = library["选种"], now_ms()
    box = Viewer.introduced(viewer.client, region="5203")
    heard, kept = play_id(now - 60_000), play_id(now - 50_000)
    box.send(box.event(heard, lesson, [0, 10], at=now - 45_000))
    assert move(box, "5205").status_code == 200
    fresh = play_id(now_ms() + 50)
    answer = box.send(
        box.event(heard, lesson, [10, 20], at=now - 30_000),
        box.event(kept, lesson, [0, 10], at=now - 30_000),
        box.event(fresh, lesson, [0, 10], at=now_ms() + 100),
    )
    assert answer.json()["accepted"] == 3
    with house.db.begin() as session:
        places = session.execute(text("SELECT CAST(id AS text) AS id, region_code FROM play"))
        assert {row.id: row.region_code for row in places} == {
            heard: "5203",
            kept: "5203",
            fresh: "5205",
        }
        tallies = session.execute(text("SELECT region_code, plays, distinct_ms FROM tally_place"))
        assert sorted(tuple(row) for row in tallies) == [("5203", 2, 30_000), ("5205", 1, 10_000)]


def test_a_place_that_is_no_more_takes_no_box_but_keeps_those_it_has(
    viewer: Viewer, house: House
) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0001", region="520302")
    with house.db.begin() as session:
        session.execute(text("UPDATE region SET valid_to = '2026-01-01' WHERE code = '520302'"))
    for answer in (
        move(viewer, "520302"),
        viewer.client.post(f"{API}/boxes", json={"region": "520302"}),
    ):
        assert code_of(answer) == (422, "unknown_region")
    again = Viewer.introduced(viewer.client, card="8520 0001", region="520302")
    assert (again.id, again.region) == (box.id, "520302")
    assert move(box, "520302").status_code == 200


def test_the_list_says_where_a_box_stands_whatever_the_box_says(
    viewer: Viewer, house: House
) -> None:
    list_card(house, "8520 0001", "520302")
    box = Viewer.introduced(viewer.client, card=" 8520 0001 ", region="5205")
    assert (box.region, stood(house, box.id)) == ("520302", ["520302"])
    assert code_of(move(box, "5205")) == (409, "region_is_listed")
    assert move(box, "520302").status_code == 200
    with house.db.begin() as session:
        session.execute(text("UPDATE provision SET retired_at = now()"))
    assert move(box, "5205").status_code == 200


def test_where_boxes_must_be_listed_no_other_gets_a_token(
    listed_only: httpx.Client, house: House
) -> None:
    list_card(house, "8520 0001", "520302")
    for about in ({}, {"card": ""}, {"card": "8520 0002"}):
        answer = listed_only.post(f"{API}/boxes", json=about)
        assert code_of(answer) == (403, "box_not_listed"), about
    assert Viewer.introduced(listed_only, card="8520 0001").region == "520302"
    with house.db.begin() as session:
        session.execute(text("UPDATE provision SET retired_at = now()"))
    answer = listed_only.post(f"{API}/boxes", json={"card": "8520 0001"})
    assert code_of(answer) == (403, "box_not_listed")


def test_the_database_refuses_what_no_code_may_write(house: House, viewer: Viewer) -> None:
    for statement in (
        "UPDATE box SET region_code = 'here'",
        "INSERT INTO box_region (box_no, region_code) SELECT number, '52' FROM box",
        "INSERT INTO box_region (box_no, valid_from, region_code)"
        " SELECT number, now(), 'x' FROM box",
        "INSERT INTO provision (card_number, region_code) VALUES ('1', '99')",
        "INSERT INTO provision (card_number, region_code) VALUES ('', '52')",
        "INSERT INTO region (code, name, level, parent_code)"
        " VALUES ('530102', 'x', 'county', '5203')",
        "INSERT INTO region (code, name, level) VALUES ('5206', 'x', 'county')",
        "UPDATE region SET valid_to = valid_from",
    ):
        with pytest.raises(Exception, match="violates"), house.db.begin() as session:
            session.execute(text(statement))


# Rates.


@pytest.fixture
def limited(house: House, library: dict[str, int]) -> Iterator[str]:
    """A server that lets a box send three times in a row, and an address introduce two boxes."""
    changed = {
        "event_requests_a_minute": 1,
        "event_requests_burst": 3,
        "introductions_a_minute": 1,
        "introductions_burst": 2,
    }
    with live_server(with_settings(house, **changed)) as url:
        yield url


def with_settings(house: House, **changed: int) -> House:
    """The same house under other settings."""
    settings = house.settings.model_copy(update=changed)
    return House(settings=settings, db=house.db, storage=house.storage)


def test_a_box_that_sends_too_often_is_told_to_wait_and_others_are_not(limited: str) -> None:
    with httpx.Client(base_url=limited) as client:
        busy, calm = Viewer.introduced(client), Viewer.introduced(client)
        statuses = [busy.send().status_code for _ in range(5)]
        assert statuses[3:] == [429, 429] and 429 not in statuses[:3]
        refused = busy.send(busy.event(play_id(now_ms()), 1, [0, 5]))
        assert code_of(refused) == (429, "too_many_requests")
        assert 50 <= int(refused.headers["retry-after"]) <= 60
        assert calm.send().status_code != 429
        assert busy.get("favourites").status_code == 200


def test_nobody_uses_up_the_requests_of_a_box_whose_token_they_lack(limited: str) -> None:
    with httpx.Client(base_url=limited) as client:
        box = Viewer.introduced(client)
        forger = Viewer(client=client, id=box.id, token=box.token + "x", region="52")
        assert {forger.send().status_code for _ in range(5)} == {401}
        assert box.send().status_code != 429


def test_an_address_that_introduces_too_many_boxes_is_told_to_wait(limited: str) -> None:
    with httpx.Client(base_url=limited) as client:
        box = Viewer.introduced(client)
        Viewer.introduced(client)
        refused = client.post(f"{API}/boxes", json={})
        assert code_of(refused) == (429, "too_many_requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        # A box's moves are counted apart from the introductions of its neighbours.
        assert [move(box, "5203").status_code for _ in range(3)] == [200, 200, 429]


def test_boxes_of_an_address_that_sends_too_often_wait_and_lose_nothing(
    house: House, library: dict[str, int]
) -> None:
    limits = {"address_event_requests_a_minute": 60, "event_requests_a_minute": 0}
    with live_server(with_settings(house, **limits)) as url, httpx.Client(base_url=url) as village:
        neighbours = [Viewer.introduced(village) for _ in range(3)]

        def watch(box: Viewer) -> tuple[httpx.Response, dict[str, Any]]:
            event = box.event(play_id(now_ms() - 60_000), library["选种"], [0, 5], watch_s=5)
            return box.send(event), event

        # Two minutes' requests at once, and what is earned meanwhile.
        for plays in range(1000):
            box = neighbours[plays % 3]
            answer, kept = watch(box)
            if answer.status_code != 200:
                break
        assert plays >= 120
        assert code_of(answer) == (429, "too_many_requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 2
        assert received(house) == (plays, plays)
        # Another village is let in meanwhile.
        with httpx.Client(base_url=url, headers={"X-Forwarded-For": "10.1.1.2"}) as elsewhere:
            assert watch(Viewer.introduced(elsewhere))[0].status_code == 200

        wait_until(lambda: box.send(kept).status_code == 200, what="a request to be earned")
        assert received(house) == (plays + 2, plays + 2)


def received(house: House) -> tuple[int, int]:
    """Events with a receipt, and plays that count."""
    query = "SELECT (SELECT sum(received) FROM receipt), (SELECT count(*) FROM play WHERE is_play)"
    with house.db.begin() as session:
        events, plays = session.execute(text(query)).one()
    return int(events), int(plays)


def test_behind_a_proxy_the_household_s_address_counts(service: Service) -> None:
    service.env |= {"NONGKE_INTRODUCTIONS_A_MINUTE": "1", "NONGKE_INTRODUCTIONS_BURST": "1"}
    service.start_server()

    def introduce(address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return httpx.post(f"{service.url}{API}/boxes", json={}, headers=headers).status_code

    assert [introduce("10.1.1.1"), introduce("10.1.1.1"), introduce("10.1.1.2")] == [201, 429, 201]
    # A household has a whole /64.
    assert [introduce("2001:db8::1"), introduce("2001:db8::2")] == [201, 429]
    assert introduce("2001:db8:0:1::1") == 201


@pytest.mark.parametrize(
    ("asked_at_s", "let_through"),
    [
        ([0, 0, 0, 0], [True, True, True, False]),
        ([0, 0, 0, 1, 1], [True, True, True, True, False]),
        ([0, 0, 0, 0.5, 0.9, 1], [True, True, True, False, False, True]),
        ([0, 0, 0, 100, 100, 100, 100], [True] * 6 + [False]),
    ],
    ids=["burst", "one-a-second", "refused-costs-nothing", "never-more-than-full"],
)
def test_a_bucket_fills_again_with_time(asked_at_s: list[float], let_through: list[bool]) -> None:
    bucket = Buckets(a_minute=60, burst=3)
    assert [bucket.wait_s("box", 1000 + at_s) == 0 for at_s in asked_at_s] == let_through


def test_a_bucket_says_how_long_to_wait() -> None:
    bucket = Buckets(a_minute=60, burst=2)
    assert [bucket.wait_s("box", at_s) for at_s in (0, 0, 0, 0.25, 1)] == [0, 0, 1, 0.75, 0]
    assert Buckets(a_minute=0, burst=1).wait_s("box", 0) == 0


def test_buckets_never_take_more_memory_than_they_may() -> None:
    buckets = Buckets(a_minute=1, burst=1, most_keys=100)
    assert buckets.wait_s("busy", 0) == 0
    for n in range(1000):
        assert buckets.wait_s(n, 0) == 0
        # One that is asked for all the time is not forgotten.
        assert buckets.wait_s("busy", 0) == 60
    assert len(buckets._full_at_s) == 100


# Commands.


@pytest.fixture
def card_list(tmp_path: Path) -> Path:
    return tmp_path / "cards.csv"


def test_cards_are_listed_by_a_command_and_their_boxes_move(
    service: Service, viewer: Viewer, house: House, card_list: Path
) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0001", region="5205")
    card_list.write_text("card,region,model\n8520 0001,520302,GD-1\n8520 0002,5203,\n")
    dry = service.run("boxes", "import", str(card_list), "--dry-run")
    assert dry.stdout.splitlines() == [
        "2 listed, 2 new, 0 changed, 0 retired, 1 moved, 0 skipped",
        "Nothing was changed: a dry run.",
    ]
    assert stood(house, box.id) == ["5205"]
    first = service.run("boxes", "import", str(card_list))
    assert first.stdout.startswith("2 listed, 2 new, 0 changed, 0 retired, 1 moved")
    assert stood(house, box.id) == ["5205", "520302"]
    again = service.run("boxes", "import", str(card_list))
    assert again.stdout.startswith("2 listed, 0 new, 0 changed, 0 retired, 0 moved")
    card_list.write_text("card,region,model\n8520 0001,520302,GD-2\n")
    less = service.run("boxes", "import", str(card_list), "--retire-missing")
    assert less.stdout.startswith("1 listed, 0 new, 1 changed, 1 retired, 0 moved")
    card_list.write_text("card,region\n8520 0002,5203\n")
    back = service.run("boxes", "import", str(card_list))
    assert back.stdout.startswith("1 listed, 0 new, 1 changed, 0 retired")
    shown = service.run("boxes", "show", "8520 0001").stdout
    assert "8520 0001, listed for 520302 红花岗区 GD-2" in shown
    assert "5205 毕节市 from the first" in shown


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_from_a_chinese_spreadsheet_is_understood(
    service: Service, house: House, library: dict[str, int], card_list: Path, coding: str
) -> None:
    card_list.write_text(
        "序号,卡号,地区,型号,备注\r\n1,8520 0001,520302,高清一号,村委会\r\n", encoding=coding
    )
    service.run("boxes", "import", str(card_list))
    with house.db.begin() as session:
        row = session.execute(text("SELECT card_number, region_code, model FROM provision")).one()
    assert tuple(row) == ("8520 0001", "520302", "高清一号")


BAD_LIST = """card,region,model
8520 0001,520302,A
8520 0002,529999,A
8520 0001,5203,A
,5203,A
8.52E+15,5203,A
8520 0004
8520 0005,5203,A,more
8520 0006,5204,A
8520 0007,5203,"A""
"""
FAULTS = [
    "line 3: there is no region 529999",
    "line 4: card 8520 0001 is on line 2 already",
    "line 5: no card number",
    "line 6: 8.52E+15 is a card number that a spreadsheet has rounded; store cards as text",
    "line 7: no region",
    "line 8: more cells than the header has columns",
    "line 9: region 5204 is not valid today",
    "line 10: not CSV: unexpected end of data",
]


def test_every_bad_line_is_named_and_all_or_nothing_is_taken(
    service: Service, house: House, library: dict[str, int], card_list: Path
) -> None:
    with house.db.begin() as session:
        session.execute(
            text(
                "INSERT INTO region (code, name, level, parent_code, valid_to)"
                " VALUES ('5204', '安顺地区', 'prefecture', '52', '2000-06-23')"
            )
        )
    card_list.write_text(BAD_LIST)
    refused = service.run("boxes", "import", str(card_list), check=False)
    assert refused.returncode == 3
    assert refused.stderr.splitlines() == [
        *FAULTS,
        "bad_list: 8 lines cannot be taken; nothing was changed.",
    ]
    count = text("SELECT count(*) FROM provision")
    with house.db.begin() as session:
        assert session.scalar(count) == 0
    skipped = service.run("boxes", "import", str(card_list), "--skip-bad")
    assert skipped.stderr.splitlines() == FAULTS
    assert skipped.stdout.startswith("1 listed, 1 new")
    with house.db.begin() as session:
        assert session.scalar(count) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"number,place\n1,52\n", "The header has no column card or card_number or"),
        (b"", "The header has no column card"),
        ("card,region\n1,52\n".encode("utf-16"), "The list is not text in UTF-8 or GB18030"),
        ("card,卡号,region\n".encode(), "The header has two columns card."),
    ],
    ids=["other-header", "empty", "utf-16", "twice"],
)
def test_a_file_that_is_no_list_is_refused_whole(
    service: Service, card_list: Path, content: bytes, reason: str
) -> None:
    card_list.write_bytes(content)
    refused = service.run("boxes", "import", str(card_list), check=False)
    assert refused.returncode == 3
    assert refused.stderr.startswith(f"unreadable_list: {reason}")


def test_an_operator_rotates_revokes_and_restores_a_box(
    service: Service, viewer: Viewer, house: House
) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0001")
    other = Viewer.introduced(viewer.client)
    service.run("boxes", "rotate", "8520 0001")
    assert code_of(box.get("favourites")) == (401, "box_token_rotated")
    box = Viewer.introduced(viewer.client, card="8520 0001")
    assert box.get("favourites").status_code == 200
    service.run("boxes", "revoke", box.id)
    assert code_of(box.get("favourites")) == (401, "box_revoked")
    again = viewer.client.post(f"{API}/boxes", json={"card": "8520 0001"})
    assert code_of(again) == (403, "box_blocked")
    assert "revoked" in service.run("boxes", "show", box.id).stdout
    listed = service.run("boxes", "list", "--revoked").stdout
    assert box.id in listed and other.id not in listed
    service.run("boxes", "restore", "8520 0001")
    assert box.get("favourites").status_code == 200
    assert other.get("favourites").status_code == 200
    with house.db.begin() as session:
        deeds = session.execute(
            text("SELECT action, subject, detail->>'card' FROM audit_entry ORDER BY id")
        )
        assert [tuple(row) for row in deeds] == [
            (deed, box.id, "8520 0001") for deed in ("box_rotated", "box_revoked", "box_restored")
        ]


def test_a_command_for_a_box_that_is_not_there_says_so(
    service: Service, library: dict[str, int]
) -> None:
    for name in ("8520 0001", str(uuid4())):
        answer = service.run("boxes", "show", name, check=False)
        assert (answer.returncode, answer.stderr) == (
            3,
            f"box_not_found: There is no box {name}.\n",
        )
