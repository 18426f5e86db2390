"""Files that only point at films elsewhere are refused, and nothing that they name is opened."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.service import on_loopback
from tests.transcode.conftest import X264, Film, moving
from tests.transcode.test_refusals import refusal

# Each names a film, at the place of the braces.
PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n",
    "hls-late": "\n\n#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n",
    "hls-headless": "#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n",
    "m3u": "#EXTM3U\r\n#EXTINF:123,养羊\r\n{}\r\n",
    "pls": "[playlist]\nFile1={}\nNumberOfEntries=1\n",
    "asx": "<ASX version='3'><Entry><Ref href='{}'/></Entry></ASX>",
    "dash": "<?xml version='1.0'?>\n<!-- a film -->\n<MPD><BaseURL>{}</BaseURL></MPD>",
    "smil": "<smil><body><video src='{}'/></body></smil>",
    "xspf": "<?xml version='1.0'?><playlist><track><location>{}</location></track></playlist>",
    "ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "concat": "file '{}'\n",
}


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address on loopback, and everything that is asked for there."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with on_loopback(Listener) as url:
        yield f"{url}/film.mp4", asked


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_is_refused_and_what_it_names_is_never_opened(
    short_film: Path, tmp_path: Path, kind: str, encoding: str
) -> None:
    path = tmp_path / "film.mp4"
    with listening() as (address, asked):
        for place in (str(short_film), short_film.as_uri(), address):
            path.write_text(PLAYLISTS[kind].format(place), encoding=encoding)
            refused = refusal(path, tmp_path)
            assert refused.code == "playlist_file"
            assert "视频文件本身" in refused.remedy_zh
    assert asked == []


@pytest.mark.parametrize("elsewhere", ["file", "address"])
def test_a_movie_that_keeps_its_picture_elsewhere_is_refused_and_that_is_never_opened(
    film: Film, tmp_path: Path, elsewhere: str
) -> None:
    whole = Path(shutil.copy(film("whole.mov", *moving(2), *X264), tmp_path))
    reference = tmp_path / "reference.mov"
    with listening() as (address, asked):
        named = alias(whole) if elsewhere == "file" else box(b"url ", bytes(4) + text(address))
        reference.write_bytes(header_only(whole, named))
        assert refusal(reference, tmp_path).code == "playlist_file"
    assert asked == []


def test_a_player_that_trusts_files_would_have_opened_it(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    # Even then FFmpeg only looks into the folder of the reference.
    whole = Path(shutil.copy(film("whole.mov", *moving(2), *X264), tmp_path))
    reference = tmp_path / "reference.mov"
    reference.write_bytes(header_only(whole, alias(whole)))
    trusting = ["-enable_drefs", "1", "-use_absolute_path", "1", "-i", str(reference)]
    subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-xerror", *trusting, "-f", "null", "-"], check=True
    )


def test_a_movie_of_references_is_refused(tmp_path: Path) -> None:
    with listening() as (address, asked):
        place = box(b"rdrf", bytes(4) + b"url " + len(address).to_bytes(4, "big") + text(address))
        movie = box(b"moov", box(b"rmra", box(b"rmda", place)))
        (tmp_path / "reference.mov").write_bytes(box(b"ftyp", b"qt  " + bytes(4)) + movie)
        assert refusal(tmp_path / "reference.mov", tmp_path).code == "playlist_file"
    assert asked == []


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def text(words: str) -> bytes:
    return words.encode() + b"\0"


def alias(file: Path) -> bytes:
    """A reference as classic QuickTime writes it: names of fixed length, then the whole path."""
    path = str(file).encode()
    path += bytes(len(path) % 2)
    names = bytes(10) + bytes(28) + bytes(12) + bytes(64) + bytes(16)
    levels = (1).to_bytes(2, "big") * 2 + bytes(16)
    whole_path = (2).to_bytes(2, "big") + len(path).to_bytes(2, "big") + path
    return box(b"alis", bytes(4) + names + levels + whole_path + b"\xff\xff\0\0")


def header_only(movie: Path, reference: bytes) -> bytes:
    """The film without its pictures: its table of references names another place for them."""
    content = movie.read_bytes()
    begin = content.rindex(b"moov") - 4
    header = bytearray(content[begin:])
    table = header.index(b"dref") - 4
    old = int.from_bytes(header[table : table + 4], "big")
    new = box(b"dref", bytes(4) + (1).to_bytes(4, "big") + reference)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = header.rindex(kind, 0, table) - 4
        size = int.from_bytes(header[at : at + 4], "big") + len(new) - old
        header[at : at + 4] = size.to_bytes(4, "big")
    return box(b"ftyp", b"qt  " + bytes(4)) + bytes(header[:table] + new + header[table + old :])
