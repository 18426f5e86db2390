"""The menu snapshot: small, cacheable, and asked for again without being sent again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import zstandard
from sqlalchemy import text

from app.demo.clips import CLIPS
from app.demo.seed import seed
from app.house import House
from catalog import editing
from catalog.tables import Course
from tests.player_api.box import API
from tests.player_api.conftest import NOW, live_server

FILMS = """
WITH film AS (
    SELECT
        n, gen_random_uuid() AS video, gen_random_uuid() AS package,
        lpad(n\\:\\:text, 64, '0') AS digest, 20000 + n * 1357 AS length_ms
    FROM generate_series(0, :films - 1) AS n
),
sources AS (INSERT INTO source (sha256, size_bytes) SELECT digest, 1 FROM film),
videos AS (
    INSERT INTO video (id, source_sha256, filename, duration_ms, state, package_id)
    SELECT video, digest, n || '.mp4', length_ms, 'ready', package FROM film
),
packages AS (
    INSERT INTO package (id, video_id, plan_hash, duration_ms, size_bytes, report)
    SELECT package, video, 'p', length_ms, 1, '{}' FROM film
)
UPDATE lesson SET video_id = film.video FROM film WHERE film.n = lesson.id % :films
"""


@pytest.fixture
def client(url: str, library: dict[str, int]) -> Iterator[httpx.Client]:
    """A client that sends no header of its own accord."""
    with httpx.Client(base_url=url) as client:
        del client.headers["accept-encoding"]
        yield client


def menu(client: httpx.Client, part: str = "", **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its bytes as they came over the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", f"{API}/menu{part}", headers=named) as answer:
        return answer, b"".join(answer.iter_raw())


def plain(answer: httpx.Response, content: bytes) -> Any:
    """The document behind the coding."""
    coding = answer.headers.get("content-encoding")
    if coding == "gzip":
        content = gzip.decompress(content)
    if coding == "zstd":
        content = zstandard.ZstdDecompressor().decompress(content)
    return json.loads(content)


def test_the_menu_is_the_published_catalogue(client: httpx.Client, library: dict[str, int]) -> None:
    document = plain(*menu(client))
    assert document["time_zone"] == "Asia/Shanghai"
    assert document["media"] == "/media/"
    assert [course["number"] for course in document["courses"]] == ["203", "204", "301"]
    goats = document["courses"][0]
    assert goats["title"] == "黑山羊养殖技术"
    assert goats["initials"] == "hsyyzjs"
    assert goats["tags"] == ["冬季", "黑山"]
    assert (goats["months"], goats["goals"]) == ([3, 11], ["会挑好种羊", "会搭圈"])
    assert (document["courses"][1]["months"], document["courses"][1]["goals"]) == ([], [])
    assert goats["poster"].startswith("videos/")
    assert goats["lessons"] == [
        {"id": library["选种"], "title": "选种", "duration_s": 100.0},
        {"id": library["羊舍"], "title": "羊舍", "duration_s": 600.0},
    ]
    categories = {category["title"]: category for category in document["categories"]}
    assert categories["养羊"]["parent"] == categories["种植养殖"]["id"]
    assert goats["category"] == categories["养羊"]["id"]


def test_the_list_and_the_words_are_the_menu(client: httpx.Client, house: House) -> None:
    def parts() -> list[Any]:
        return [plain(*menu(client, part)) for part in ("", "/list", "/words")]

    whole, listed, words = parts()
    assert all(not {"summary", "goals"} & course.keys() for course in listed["courses"])
    courses = [{**course, **words["courses"][course["number"]]} for course in listed["courses"]]
    assert {**listed, "courses": courses} == whole
    assert words["courses"]["203"]["goals"] == ["会挑好种羊", "会搭圈"]
    tags = {part: menu(client, part)[0].headers["etag"] for part in ("", "/list", "/words")}
    with house.db.begin() as session:
        course = editing.course_by_number(session, 203)
        editing.update_course(session, course, goals=["会接羔"])
    changed = parts()[2]["courses"]["203"]["goals"]
    assert changed == ["会接羔"]
    assert all(menu(client, part)[0].headers["etag"] != tag for part, tag in tags.items())


def test_the_list_of_223_courses_takes_at_most_25_kilobytes(house: House) -> None:
    seed(house)
    with house.db.begin() as session:
        # As many films as the demonstration has, which its lessons share.
        session.execute(text(FILMS), {"films": len(CLIPS)})
    with live_server(house) as url, httpx.Client(base_url=url) as client:
        for coding in ("gzip", "zstd"):
            answer, content = menu(client, "/list", accept_encoding=coding)
            assert len(plain(answer, content)["courses"]) == 223
            assert len(content) <= 25_000, coding


PREFERENCES: list[tuple[str | None, str | None]] = [
    (None, None),
    ("", None),
    ("gzip", "gzip"),
    ("gzip, deflate, br", "gzip"),
    ("zstd, gzip", "zstd"),
    ("gzip, zstd", "zstd"),
    ("GZIP;Q=1.0", "gzip"),
    ("x-gzip", "gzip"),
    ("gzip;q=1.0, zstd;q=0.5", "gzip"),
    ("zstd;q=0, gzip", "gzip"),
    ("gzip;q=0", None),
    ("gzip;q=0.5, identity", None),
    ("gzip;q=0.001", "gzip"),
    ("*", "zstd"),
    ("*;q=0.1, gzip", "gzip"),
    ("zstd;q=0, *", "gzip"),
    ("identity;q=0", None),
    ("br", None),
    ("*;q=0", None),
    (";;,=,gzip;q=nonsense", "gzip"),
]


def test_the_client_gets_the_coding_that_it_prefers(client: httpx.Client) -> None:
    whole = plain(*menu(client))
    for accepted, coding in PREFERENCES:
        headers = {} if accepted is None else {"accept_encoding": accepted}
        answer, content = menu(client, **headers)
        assert answer.status_code == 200
        assert answer.headers.get("content-encoding") == coding, accepted
        assert answer.headers["vary"] == "Accept-Encoding"
        assert plain(answer, content) == whole


def test_compression_makes_the_menu_much_smaller(client: httpx.Client) -> None:
    sizes = [len(menu(client, accept_encoding=coding)[1]) for coding in ("identity", "gzip")]
    assert sizes[1] < sizes[0] * 0.7


def test_who_has_the_menu_is_told_so_without_its_bytes(client: httpx.Client) -> None:
    for coding in ("identity", "gzip", "zstd"):
        first, _ = menu(client, accept_encoding=coding)
        etag = first.headers["etag"]
        assert etag.startswith('"')
        for named in (etag, f"W/{etag}", f'"other", {etag}', "*", f'W/"a,b" , {etag}'):
            again, content = menu(client, accept_encoding=coding, if_none_match=named)
            assert (again.status_code, content) == (304, b"")
            assert again.headers["etag"] == etag
            assert again.headers["vary"] == "Accept-Encoding"
            assert again.headers["cache-control"].startswith("public, max-age=30")
        for named in ('"other"', "", etag.strip('"'), etag[:-2] + 'x"'):
            assert menu(client, accept_encoding=coding, if_none_match=named)[0].status_code == 200


def test_each_coding_has_a_tag_of_its_own(client: httpx.Client) -> None:
    tags = {
        menu(client, accept_encoding=coding)[0].headers["etag"]
        for coding in ("identity", "gzip", "zstd")
    }
    assert len(tags) == 3


def test_all_servers_give_the_menu_the_same_tag(client: httpx.Client, house: House) -> None:
    with live_server(house) as other, httpx.Client(base_url=other) as there:
        for coding in ("identity", "gzip", "zstd"):
            here = menu(client, accept_encoding=coding)[0].headers["etag"]
            assert menu(there, accept_encoding=coding)[0].headers["etag"] == here


def test_a_published_course_is_on_the_next_menu_and_a_withdrawn_one_is_not(
    client: httpx.Client, house: House
) -> None:
    before, _ = menu(client)
    with house.db.begin() as session:
        editing.publish_course(session, editing.course_by_number(session, 302), NOW)
        editing.withdraw_course(session, editing.course_by_number(session, 204))
    after, content = menu(client, if_none_match=before.headers["etag"])
    assert after.status_code == 200
    numbers = [course["number"] for course in plain(after, content)["courses"]]
    assert numbers == ["203", "301", "302"]


def test_many_readers_at_once_get_whole_menus_while_editors_work(
    client: httpx.Client, house: House
) -> None:
    def read(at: int) -> str:
        answer, content = menu(client, accept_encoding=("gzip", "zstd")[at % 2])
        document = plain(answer, content)
        assert len(document["courses"]) == 3
        title: str = document["courses"][0]["title"]
        return title

    def rename(at: int) -> None:
        with house.db.begin() as session:
            course = editing.course_by_number(session, 203)
            editing.update_course(session, course, title=f"黑山羊第{at}版")

    with ThreadPoolExecutor(8) as readers:
        reading = [readers.submit(read, at) for at in range(40)]
        for at in range(10):
            rename(at)
        for one in reading:
            assert one.result().startswith("黑山羊")
    # Nobody is left with what was true once: the next reader sees the last title.
    assert read(0) == "黑山羊第9版"


def test_an_empty_catalogue_is_a_menu_too(house: House, url: str) -> None:
    with house.db.begin() as session:
        assert session.query(Course).count() == 0
    assert httpx.get(f"{url}{API}/menu").json()["courses"] == []
