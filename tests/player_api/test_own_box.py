"""What belongs to one box: its number for the help line, its settings, how far it watched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.house import House
from catalog import editing
from tests.player_api.box import API, Viewer, now_ms, play_id
from tests.player_api.conftest import live_server
from tests.service import Service

AS_MADE = {
    "text": "normal",
    "speak": False,
    "language": "zh",
    "hall": [],
    "captions": False,
    "speed": 1.0,
}


def set_to(viewer: Viewer, **settings: Any) -> httpx.Response:
    return viewer.client.put(f"{API}/boxes/me/settings", json=settings, headers=viewer.headers)


def watch(viewer: Viewer, lesson: int, end_s: float, *, ago_s: int = 700, **more: Any) -> None:
    begun = now_ms() - ago_s * 1000
    fields = {"at": begun + 600_000, "watch_s": end_s, "position_s": end_s, **more}
    answer = viewer.send(viewer.event(play_id(begun), lesson, [0, end_s], **fields))
    assert answer.json()["accepted"] == 1, answer.text


def test_a_box_knows_its_number_its_place_and_its_settings(
    service: Service, viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    with house.db.begin() as session:
        session.execute(text("ALTER TABLE box ALTER COLUMN number RESTART WITH 12345"))
    box = Viewer.introduced(viewer.client, card="8520 0001", region="520302")
    assert box.get("boxes/me").json() == {
        "box": box.id,
        "number": "0001 2345",
        "region": {"code": "520302", "path": ["遵义市", "红花岗区"]},
        "region_fixed": False,
        "card": "8520 0001",
        "watched_s": 0,
        "settings": AS_MADE,
    }
    assert viewer.get("boxes/me").json()["region"] == {"code": "52", "path": ["贵州省"]}

    watch(box, library["羊舍"], 90)
    watch(box, library["选种"], 60.5)
    with house.db.begin() as session:
        session.execute(text("INSERT INTO provision VALUES ('8520 0001', '520302')"))
    told = box.get("boxes/me").json()
    assert (told["watched_s"], told["region_fixed"]) == (150, True)
    for named in ("0001 2345", "12345", "0001-2345", "00012345"):
        shown = service.run("boxes", "show", named).stdout
        assert box.id in shown and "0001 2345" in shown, named


def test_settings_change_one_by_one_and_stay_with_the_box(viewer: Viewer) -> None:
    assert set_to(viewer, text="large").json() == {**AS_MADE, "text": "large"}
    hall = {"hall": ["203", "301", "203"], "speed": 0.75}
    now = {**AS_MADE, "text": "large", "hall": ["203", "301"], "speed": 0.75}
    assert set_to(viewer, **hall).json() == now
    assert set_to(viewer).json() == now
    assert viewer.get("boxes/me").json()["settings"] == now
    other = Viewer.introduced(viewer.client)
    assert other.get("boxes/me").json()["settings"] == AS_MADE


def test_settings_that_come_at_once_are_all_kept(viewer: Viewer) -> None:
    wanted = [{"text": "large"}, {"speak": True}, {"language": "en"}, {"captions": True}] * 3
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda one: set_to(viewer, **one), wanted))
    assert {answer.status_code for answer in answers} == {200}
    changed = {"text": "large", "speak": True, "language": "en", "captions": True}
    assert viewer.get("boxes/me").json()["settings"] == {**AS_MADE, **changed}


@pytest.mark.parametrize(
    "wrong",
    [
        {"volume": 3},
        {"text": "huge"},
        {"speak": "yes"},
        {"speak": None},
        {"language": "fr"},
        {"hall": ["2O3"]},
        {"hall": [f"{number:03d}" for number in range(100, 151)]},
        {"speed": 16},
        {"speed": "fast"},
    ],
    ids=str,
)
def test_a_setting_that_is_none_is_refused_and_changes_nothing(viewer: Viewer, wrong: Any) -> None:
    answer = set_to(viewer, captions=True, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert viewer.get("boxes/me").json()["settings"] == AS_MADE


def test_progress_says_where_each_lesson_stopped_and_which_are_done(
    viewer: Viewer, library: dict[str, int]
) -> None:
    assert viewer.get("plays/progress").json() == {"lessons": {}}
    long, short, tiny = library["羊舍"], library["选种"], library["点蜡"]
    watch(viewer, short, 97, ago_s=90_000)
    # Done stays done, though it was begun again.
    watch(viewer, short, 20, ago_s=3000)
    watch(viewer, long, 300.4, ago_s=2000)
    watch(viewer, tiny, 8, ago_s=1000, state="ended")
    lessons = viewer.get("plays/progress").json()["lessons"]
    assert {lesson: kept[:2] for lesson, kept in lessons.items()} == {
        str(short): [20, 1],
        str(long): [300, 0],
        str(tiny): [8, 1],
    }
    newest_first = sorted(lessons, key=lambda lesson: -lessons[lesson][2])
    assert newest_first == [str(tiny), str(long), str(short)]
    assert abs(lessons[str(tiny)][2] - (now_ms() - 400_000)) < 60_000
    assert Viewer.introduced(viewer.client).get("plays/progress").json() == {"lessons": {}}


def numbers(viewer: Viewer, **parameters: Any) -> list[str]:
    found: list[str] = viewer.get("popular", **parameters).json()["courses"]
    return found


def test_the_most_watched_courses_come_first_and_those_of_the_prefecture_before_all(
    house: House, library: dict[str, int]
) -> None:
    with live_server(house) as url, httpx.Client(base_url=url) as client:
        zunyi = Viewer.introduced(client, region="520302")
        bijie = Viewer.introduced(client, region="5205")
        for _ in range(3):
            watch(bijie, library["点蜡"], 8)
        for _ in range(2):
            watch(bijie, library["羊舍"], 40)
        watch(zunyi, library["制棒"], 30)
        # Seen, but not for long enough to be an effective view.
        for _ in range(4):
            watch(zunyi, library["选种"], 10)
        assert numbers(zunyi) == ["204", "301", "203"]
        assert numbers(bijie) == ["301", "203", "204"]
        assert numbers(bijie, limit=2) == ["301", "203"]
        answer = client.get(f"{API}/popular")
        assert answer.json() == {"courses": ["301", "203", "204"]}
        assert answer.headers["cache-control"] == "public, max-age=3600"
        own = zunyi.get("popular").headers
        assert (own["cache-control"], own["vary"]) == ("private, max-age=3600", "Authorization")
        assert client.get(f"{API}/popular", params={"limit": 0}).status_code == 422

    with house.db.begin() as session:
        editing.withdraw_course(session, editing.course_by_number(session, 301))
        session.execute(text("UPDATE tally_lesson SET day = day - 31 WHERE prefecture_code='5203'"))
    with live_server(house) as url, httpx.Client(base_url=url) as client:
        assert client.get(f"{API}/popular").json() == {"courses": ["203"]}
