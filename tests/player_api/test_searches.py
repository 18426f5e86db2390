"""What households search for and do not find is counted by day and county."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from app.house import House
from player_api.searches import MOST_WORDS, sweep_searches
from tests.player_api.box import API, Viewer, now_ms

COUNTY = "520302"
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def neighbour(viewer: Viewer) -> Viewer:
    """A second box, in a county that is not the default region."""
    return Viewer.introduced(viewer.client, region=COUNTY)


def misses(house: House) -> dict[tuple[str, str], int]:
    """Searches by county and words, of all days."""
    with house.db.begin() as session:
        rows = session.execute(text("SELECT county_code, query, searches FROM search_miss"))
        return {(county, words): searches for county, words, searches in rows}


def days(house: House) -> list[date]:
    with house.db.begin() as session:
        return list(session.scalars(text("SELECT day FROM search_miss ORDER BY day")))


def today(house: House) -> date:
    return datetime.now(house.settings.zone).date()


def search(q: str, *, at: int | None = None, found: int = 0) -> dict[str, Any]:
    return {"id": str(uuid4()), "q": q, "at": now_ms() if at is None else at, "found": found}


def tell(viewer: Viewer, *searches: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = viewer.client.post(
        f"{API}/searches", json={"searches": list(searches), **more}, headers=viewer.headers
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_search_without_result_is_counted_in_the_county_of_the_box(
    viewer: Viewer, neighbour: Viewer, house: House
) -> None:
    assert neighbour.get("search", q="折耳根").json() == {"courses": []}
    assert viewer.get("search", q="折耳根").json() == {"courses": []}
    assert misses(house) == {(COUNTY, "折耳根"): 1, (viewer.region, "折耳根"): 1}
    assert days(house) == [today(house)] * 2


def test_a_search_that_finds_something_is_not_counted(viewer: Viewer, house: House) -> None:
    assert viewer.get("search", q="黑山羊").json()["courses"]
    assert misses(house) == {}


def test_a_box_adds_a_word_once_a_day_however_it_is_typed(viewer: Viewer, house: House) -> None:
    for q in ("  ABC 折耳根", "abc  折耳根 ", "ＡＢＣ　折耳根"):
        viewer.get("search", q=q)
    tell(viewer, search("Abc\t折耳根"))
    assert misses(house) == {(viewer.region, "abc 折耳根"): 1}


def test_two_boxes_count_twice(viewer: Viewer, house: House) -> None:
    for box in (viewer, Viewer.introduced(viewer.client)):
        box.get("search", q="折耳根")
    assert misses(house) == {(viewer.region, "折耳根"): 2}


def test_people_without_a_box_count_together_as_one(viewer: Viewer, house: House, url: str) -> None:
    for _ in range(3):
        assert httpx.get(f"{url}{API}/search", params={"q": "折耳根"}).status_code == 200
    assert misses(house) == {(house.settings.region, "折耳根"): 1}


@pytest.mark.parametrize("q", [" ", "　", "\x07"])
def test_nothing_but_space_is_no_word(viewer: Viewer, house: House, q: str) -> None:
    viewer.get("search", q=q)
    told = tell(viewer, search(q))
    assert (told["accepted"], told["refused"]) == (1, [])
    assert misses(house) == {}


def test_words_that_grow_when_written_plainly_stay_short(viewer: Viewer, house: House) -> None:
    viewer.get("search", q="㍿" * 40)  # one sign for four
    assert list(misses(house)) == [(viewer.region, "株式会社" * 10)]


def test_invented_words_do_not_fill_the_disk(viewer: Viewer, house: House) -> None:
    with house.db.begin() as session:
        session.execute(
            text(
                "INSERT INTO search_miss (day, county_code, query)"
                " SELECT :day, :county, 'word' || n FROM generate_series(1, :most) AS n"
            ),
            {"day": today(house), "county": viewer.region, "most": MOST_WORDS},
        )
    viewer.get("search", q="one more")
    viewer.get("search", q="word7")
    found = misses(house)
    assert len(found) == MOST_WORDS
    assert found[viewer.region, "word7"] == 2


def test_searches_in_the_snapshot_are_told_and_count_once(neighbour: Viewer, house: House) -> None:
    batch = [search("折耳根"), search("黑山羊", found=1), search("刺梨")]
    assert tell(neighbour, *batch) == {"accepted": 3, "unchanged": 0, "refused": []}
    assert tell(neighbour, *batch[::-1]) == {"accepted": 0, "unchanged": 3, "refused": []}
    assert misses(house) == {(COUNTY, "折耳根"): 1, (COUNTY, "刺梨"): 1}


def test_the_same_id_from_another_box_is_another_search(
    viewer: Viewer, neighbour: Viewer, house: House
) -> None:
    one = search("折耳根")
    assert tell(viewer, one)["accepted"] == tell(neighbour, one)["accepted"] == 1
    assert sum(misses(house).values()) == 2


def test_a_late_search_counts_on_its_own_day(viewer: Viewer, house: House) -> None:
    tell(viewer, search("折耳根", at=now_ms() - 3 * DAY_MS))
    tell(viewer, search("折耳根"))
    assert days(house) == [today(house) - timedelta(days=3), today(house)]


def test_a_wrong_clock_is_corrected_by_when_the_searches_were_sent(
    viewer: Viewer, house: House
) -> None:
    sent = 1_577_836_900_000
    tell(viewer, search("折耳根", at=sent - 5_000), sent=sent)
    assert days(house) == [today(house)]


@pytest.mark.parametrize(
    ("age_ms", "code"), [(31 * DAY_MS, "too_old"), (-DAY_MS, "bad_time")], ids=["old", "ahead"]
)
def test_a_search_of_an_impossible_time_is_refused_alone(
    viewer: Viewer, house: House, age_ms: int, code: str
) -> None:
    told = tell(viewer, search("刺梨"), search("折耳根", at=now_ms() - age_ms))
    assert told == {"accepted": 1, "unchanged": 0, "refused": [{"index": 1, "code": code}]}
    assert list(misses(house)) == [(viewer.region, "刺梨")]


def test_searches_need_a_box_and_the_right_form(viewer: Viewer, house: House) -> None:
    def status(body: Any, **headers: str) -> int:
        return viewer.client.post(f"{API}/searches", json=body, headers=headers).status_code

    assert status({"searches": [search("折耳根")]}) == 401
    assert status({"searches": [search("x")] * 51}, **viewer.headers) == 422
    assert status({"searches": [search("x" * 41)]}, **viewer.headers) == 422
    assert status({"searches": [search("x") | {"id": "7"}]}, **viewer.headers) == 422
    assert misses(house) == {}


def test_what_was_heard_is_forgotten_when_it_can_no_longer_come_again(
    viewer: Viewer, house: House
) -> None:
    viewer.get("search", q="折耳根")
    swept = []
    for later_days in (31, 32):
        with house.db.begin() as session:
            swept.append(sweep_searches(session, today(house) + timedelta(days=later_days)))
    assert swept == [0, 1]
    assert sum(misses(house).values()) == 1
