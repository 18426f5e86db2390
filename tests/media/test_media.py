"""What boxes and CDNs read under /media, from a folder and from S3."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from app.storage import Storage, open_storage
from tests.s3 import rclone_s3
from tests.service import Service

PACKAGE = "videos/0199/a1"
PLAYLIST = b"#EXTM3U\n" + b"#EXTINF:4.0,\n00001.ts\n" * 200
SEGMENT = random.Random(3).randbytes(3_000_000)


@pytest.fixture(scope="module", params=["folder", "s3"])
def get(
    request: pytest.FixtureRequest, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client below /media of a server whose storage has one package."""
    home = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        variables, address = {}, None
        if request.param == "s3":
            variables = stack.enter_context(rclone_s3(home / "s3"))
            address = "s3://nongke/lessons"
            variables["NONGKE_STORAGE_URL"] = address
        service = Service(home=home / "home", database_url=postgres, env=variables)
        stack.callback(service.stop)
        service.start_server()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            fill(open_storage(address, service.home / "storage", "/media/"))
        headers = {"Accept-Encoding": "identity"}
        yield stack.enter_context(httpx.Client(base_url=f"{service.url}/media", headers=headers))


def fill(storage: Storage) -> None:
    storage.put(f"{PACKAGE}/multivariant.m3u8", PLAYLIST)
    storage.put(f"{PACKAGE}/low/00001.ts", SEGMENT)
    storage.put(f"{PACKAGE}/poster.jpg", b"\xff\xd8 a picture")
    storage.put(f"{PACKAGE}/empty.vtt", b"")
    storage.put("sources/abc", b"secret")
    storage.put("work/abc/1.ts", b"unfinished")


def test_a_file_of_a_package_may_be_kept_for_ever_by_anybody(get: httpx.Client) -> None:
    segment = get.get(f"/{PACKAGE}/low/00001.ts")
    assert (segment.status_code, segment.content == SEGMENT) == (200, True)
    assert segment.headers["Content-Type"] == "video/mp2t"
    assert segment.headers["Content-Length"] == str(len(SEGMENT))
    assert segment.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert segment.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in segment.headers


def test_every_kind_of_file_says_what_it_is(get: httpx.Client) -> None:
    playlist = get.get(f"/{PACKAGE}/multivariant.m3u8")
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert (playlist.content, "Content-Encoding" in playlist.headers) == (PLAYLIST, False)
    assert playlist.headers["Vary"] == "Accept-Encoding"
    poster = get.get(f"/{PACKAGE}/poster.jpg")
    assert (poster.headers["Content-Type"], poster.content[:2]) == ("image/jpeg", b"\xff\xd8")
    captions = get.get(f"/{PACKAGE}/empty.vtt")
    assert captions.headers["Content-Type"].startswith("text/vtt")
    assert captions.content == b""


@pytest.mark.parametrize(
    "hidden",
    ["sources/abc", "work/abc/1.ts", "videos/../sources/abc", "videos/%2e%2e/sources/abc"]
    + [f"{PACKAGE}/none.ts", PACKAGE, "videos/", "videos//x", "videos/a%00b", "", "videos"]
    + [pytest.param("videos/" + "x" * 300, id="long")],
)
def test_nothing_but_packages_is_served(get: httpx.Client, hidden: str) -> None:
    answer = get.get(f"/{hidden}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("media_not_found", "not_found")


def test_a_compressed_playlist_is_small_and_the_same(get: httpx.Client) -> None:
    asked = {"Accept-Encoding": "deflate, gzip;q=0.5"}
    with get.stream("GET", f"/{PACKAGE}/multivariant.m3u8", headers=asked) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(raw) < len(PLAYLIST) / 10
    assert gzip.decompress(raw) == PLAYLIST
    refused = get.get(f"/{PACKAGE}/multivariant.m3u8", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    in_parts = get.get(f"/{PACKAGE}/multivariant.m3u8", headers=asked | {"Range": "bytes=0-"})
    assert (in_parts.content, in_parts.headers.get("Content-Encoding")) == (PLAYLIST, None)
    segment = get.get(f"/{PACKAGE}/low/00001.ts", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in segment.headers


def test_a_known_file_is_not_sent_again(get: httpx.Client) -> None:
    for path, coding in (("low/00001.ts", "gzip"), ("multivariant.m3u8", "gzip")):
        asked = {"Accept-Encoding": coding}
        first = get.get(f"/{PACKAGE}/{path}", headers=asked)
        asked["If-None-Match"] = f'"other", W/{first.headers["ETag"]}'
        again = get.get(f"/{PACKAGE}/{path}", headers=asked)
        assert (again.status_code, again.content) == (304, b"")
    tags = {
        get.get(f"/{PACKAGE}/multivariant.m3u8", headers={"Accept-Encoding": coding}).headers[
            "ETag"
        ]
        for coding in ("gzip", "identity")
    }
    assert len(tags) == 2


def test_ranges_are_exact(get: httpx.Client) -> None:
    size = len(SEGMENT)
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, size),
        ("bytes=100-1999999", 100, 2_000_000),
        ("bytes=2999990-9999999", 2_999_990, size),
        ("bytes=-5", size - 5, size),
        ("bytes=-9999999", 0, size),
    ):
        answer = get.get(f"/{PACKAGE}/low/00001.ts", headers={"Range": asked})
        assert answer.status_code == 206, asked
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert answer.content == SEGMENT[start:end], asked
    for nonsense in ("bytes=5-3", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b"):
        answer = get.get(f"/{PACKAGE}/low/00001.ts", headers={"Range": nonsense})
        assert (answer.status_code, len(answer.content)) == (200, size), nonsense
    for outside in ("bytes=3000000-", "bytes=-0"):
        answer = get.get(f"/{PACKAGE}/low/00001.ts", headers={"Range": outside})
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        assert answer.json()["code"] == "range_not_satisfiable"
    changed = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert get.get(f"/{PACKAGE}/low/00001.ts", headers=changed).status_code == 200


def test_a_head_says_what_a_get_would(get: httpx.Client) -> None:
    for path in ("low/00001.ts", "multivariant.m3u8", "empty.vtt"):
        head, whole = (get.request(how, f"/{PACKAGE}/{path}") for how in ("HEAD", "GET"))
        assert (head.status_code, head.content) == (200, b"")
        for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control"):
            assert head.headers[name] == whole.headers[name]
    assert get.head("/videos/none").status_code == 404
