"""Packages that others made, and what isn't one: each gets an answer, whatever its bytes are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transcode.breaking import MULTIVARIANT, PACKET, edit, packets, pid
from tests.transcode.serving import Lost, Redirecting, Server, Signed, served
from transcode.verify import verify

LOTS = "9" * 5000


def codes(package: Path | str) -> set[str]:
    return {result.code for result in verify(package).failures}


@pytest.mark.parametrize("content", ['{"name": "player", "files": ["dist"]}', "[]"])
def test_a_package_json_of_another_kind_says_nothing(package: Path, content: str) -> None:
    (package / "package.json").write_text(content)
    assert codes(package) == set()


@pytest.mark.parametrize(
    "content", ['{"source_sha256": "", "files": [1]}', '{"files', "[" * 99_999]
)
def test_contents_that_cannot_be_read_are_a_fault(package: Path, content: str) -> None:
    (package / "package.json").write_text(content)
    assert codes(package) == {"contents_true"}


@pytest.mark.parametrize("payload", [b"", b"\xff", b"\x00\x00\xb0"])
def test_tables_without_content_are_no_segment(package: Path, payload: bytes) -> None:
    file = package / "240p" / "00001.ts"
    spoiled = packets(file)
    for packet in spoiled:
        if pid(packet) == 0:
            stuffing = PACKET - 5 - len(payload)
            packet[3] |= 0x30
            packet[4:] = bytes([stuffing, *bytes(stuffing), *payload])
    file.write_bytes(b"".join(spoiled))
    assert "files_present" in codes(package)


@pytest.mark.parametrize(
    ("name", "pattern", "replacement"),
    [
        ("240p/media.m3u8", "INF:4.000000", "INF:nan"),
        ("240p/media.m3u8", "INF:4.000000", "INF:inf"),
        ("240p/media.m3u8", "INF:4.000000", "INF:1e308"),
        ("240p/media.m3u8", "DURATION:4", f"DURATION:{LOTS}"),
        ("240p/media.m3u8", "DURATION:4", "DURATION:²"),
        ("240p/media.m3u8", "00001.ts", "http://[1.ts"),
        ("240p/media.m3u8", "00001.ts", "1%00.ts"),
        ("240p/media.m3u8", "00001.ts", "x" * 5000),
        ("multivariant.m3u8", "floor/media.m3u8", ""),
        ("multivariant.m3u8", "FRAME-RATE=25.000", f"FRAME-RATE={LOTS}"),
        ("captions-1/00001.vtt", "MPEGTS:[0-9]+", f"MPEGTS:{LOTS[:400]}"),
        ("captions-1/00001.vtt", "00:00:1", f"{LOTS[:400]}:00:1"),
        ("chapters.vtt", "00:00:04", f"{LOTS}:00:04"),
        ("storyboard/storyboard.vtt", "xywh=640", f"xywh={LOTS}"),
        ("storyboard/storyboard.vtt", "00001.jpg#xywh=640", "http://[1.jpg#xywh=640"),
    ],
)
def test_odd_values_are_faults(lesson: Path, name: str, pattern: str, replacement: str) -> None:
    edit(lesson / name, pattern, replacement, 1)
    assert codes(lesson) - {"contents_true"}


def test_signed_addresses_are_asked_for_as_they_are(package: Path) -> None:
    signature = "?key=a%2Fb&until=1"
    edit(package / MULTIVARIANT, r"media\.m3u8", rf"\g<0>{signature}")
    for name in ("240p", "floor", "iframes"):
        edit(package / name / "media.m3u8", r"\w+\.ts", rf"\g<0>{signature}")
    with served(package, Signed) as address:
        verification = verify(f"{address}/{MULTIVARIANT}{signature}")
    assert verification.failures == ()
    assert {"served_types", "served_gzipped"} <= {r.code for r in verification.results if r.passed}


def test_segments_on_another_server_are_read_by_address_only(package: Path) -> None:
    with served(package, Server) as there, served(package, Server) as here:
        edit(package / "240p" / "media.m3u8", r".*\.ts", rf"{there}/240p/\g<0>")
        (package / "package.json").unlink()
        assert codes(here) == set()
        faults = next(r for r in verify(package).failures if r.code == "files_present")
    assert f"{there}/240p/00001.ts lies outside of the folder" in faults.detail


def test_a_moved_playlist_names_files_from_where_it_is_now(package: Path) -> None:
    with served(package, Redirecting) as address:
        found = verify(f"{address}/{MULTIVARIANT}").failures
    assert [(r.code, r.detail) for r in found] == [("served_directly", f"{address}/{MULTIVARIANT}")]


def test_redirects_without_end_are_told(package: Path) -> None:
    with served(package, Lost) as address:
        (found,) = verify(address).failures
    assert found.code == "multivariant_playlist"
    assert "redirects" in found.detail


def test_names_with_spaces_and_in_chinese_are_found(package: Path) -> None:
    (package / "240p").rename(package / "标 清%")
    edit(package / MULTIVARIANT, "240p/media", "标 清%25/media")
    (package / "package.json").unlink()
    with served(package, Server) as address:
        assert codes(address) == codes(package) == set()


STREAM = "#EXT-X-STREAM-INF:BANDWIDTH=1\n"
SEGMENT = "#EXTINF:4,\nsegment\n"


@given(st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
def test_any_bytes_get_an_answer(
    packaged: tuple[Path, object], tmp_path: Path, data: st.DataObject
) -> None:
    """A segment of which bytes are others, behind a playlist of which lines are."""
    (tmp_path / "segment").write_bytes(spoiled(packaged[0] / "240p" / "00003.ts", 12_000, data))
    for name in ("240p/media.m3u8", "multivariant.m3u8"):
        (tmp_path / Path(name).name).write_bytes(spoiled(packaged[0] / name, 2_000, data))
    media = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n{SEGMENT * 2}"
    (tmp_path / "plain.m3u8").write_text(media)
    (tmp_path / "mapped.m3u8").write_text(f'{media}#EXT-X-MAP:URI="segment"\n')
    entries = [f"{STREAM}{name}.m3u8\n" for name in ("plain", "mapped", "media")]
    (tmp_path / "index.m3u8").write_text("".join(["#EXTM3U\n", *entries]))
    for name in ("index.m3u8", "multivariant.m3u8"):
        assert not verify(tmp_path / name).passed


def spoiled(file: Path, most_bytes: int, data: st.DataObject) -> bytes:
    content = bytearray(file.read_bytes()[:most_bytes])
    places = st.tuples(st.integers(0, len(content) - 1), st.binary(min_size=1, max_size=4))
    for at, others in data.draw(st.lists(places, max_size=12)):
        content[at : at + len(others)] = others
    return bytes(content[: data.draw(st.integers(0, len(content)))])
