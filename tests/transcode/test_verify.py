"""A good package passes; each way of breaking it fails its own rule, and no other."""

from __future__ import annotations

import gzip
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from transcode.verify import verify

PACKET = 188


def failed(package: Path) -> set[str]:
    # Broken on purpose: that the list of contents notices too is a rule of its own.
    (package / "package.json").unlink(missing_ok=True)
    return {result.code for result in verify(package).failures}


def edit(file: Path, pattern: str, replacement: str, count: int = 0) -> None:
    text = file.read_text()
    changed = re.sub(pattern, replacement, text, count=count)
    assert changed != text
    file.write_text(changed)


def packets(file: Path) -> list[bytearray]:
    content = file.read_bytes()
    return [bytearray(content[at : at + PACKET]) for at in range(0, len(content), PACKET)]


def pid(packet: bytearray) -> int:
    return (packet[1] & 31) << 8 | packet[2]


def edit_multivariant(pattern: str, replacement: str) -> Callable[[Path], None]:
    return lambda package: edit(package / "multivariant.m3u8", pattern, replacement)


def edit_media(pattern: str, replacement: str, count: int = 0) -> Callable[[Path], None]:
    """In both rungs, so that they stay alike."""

    def change(package: Path) -> None:
        for rung in ("240p", "floor"):
            edit(package / rung / "media.m3u8", pattern, replacement, count)

    return change


def lose_a_segment(package: Path) -> None:
    (package / "240p" / "00002.ts").unlink()


def drop_a_packet(package: Path) -> None:
    file = package / "240p" / "00002.ts"
    kept = packets(file)
    middle = next(i for i in range(40, len(kept)) if not kept[i][1] & 0x40 and pid(kept[i]) == 256)
    file.write_bytes(b"".join(kept[:middle] + kept[middle + 1 :]))


def restart_counters(package: Path) -> None:
    """As if each segment had been written by a muxer of its own."""
    file = package / "240p" / "00002.ts"
    changed = packets(file)
    for packet in changed:
        if pid(packet) == 256 and packet[3] & 0x10:
            packet[3] = packet[3] & 0xF0 | (packet[3] + 5) & 15
    file.write_bytes(b"".join(changed))


def break_sync(package: Path) -> None:
    file = package / "240p" / "00001.ts"
    changed = packets(file)
    changed.append(bytearray(PACKET))
    file.write_bytes(b"".join(changed))


def remux(*arguments: str) -> Callable[[Path, str], None]:
    """The second segment of the larger rung, written anew."""

    def change(package: Path, ffmpeg: str) -> None:
        file, new = package / "240p" / "00002.ts", package / "new.ts"
        timing = ("-copyts", "-muxdelay", "0", "-muxpreload", "0", "-mpegts_copyts", "1")
        command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(file), *timing]
        subprocess.run([*command, *arguments, str(new)], check=True)
        new.replace(file)

    return change


def test_a_good_package_passes_every_rule(packaged: tuple[Path, object]) -> None:
    verification = verify(packaged[0])
    assert [result.code for result in verification.failures] == []
    silent = {result.code for result in verification.results if result.passed is None}
    assert silent == {"i_frame_playlists", "served_types", "served_gzipped", "served_directly"}


@pytest.mark.parametrize(
    ("breaking", "rules"),
    [
        (edit_multivariant("#EXT-X-INDEPENDENT-SEGMENTS\n", ""), {"independent_segments"}),
        (edit_multivariant(",FRAME-RATE=[0-9.]+", ""), {"stream_inf_complete"}),
        (edit_multivariant("(:|,)BANDWIDTH=", r"\1BANDWIDTH=9"), {"bandwidth"}),
        (edit_multivariant("AVERAGE-BANDWIDTH=", "AVERAGE-BANDWIDTH=9"), {"average_bandwidth"}),
        (edit_multivariant("avc1.4d", "avc1.42"), {"codecs_true"}),
        (edit_multivariant("426x240", "640x360"), {"resolution_true"}),
        (edit_multivariant("25.000", "30.000"), {"frame_rate_true"}),
        (edit_multivariant("(?s)(floor.*)?#EXT[^\n]*12.500\nfloor/media.m3u8\n", ""),
         {"several_bitrates", "thin_line"}),
        (edit_media("#EXT-X-ENDLIST\n", ""), {"vod_playlists"}),
        (edit_media("#EXT-X-PLAYLIST-TYPE:VOD\n", ""), {"vod_playlists"}),
        (edit_media("VERSION:3", "VERSION:2"), {"version"}),
        (edit_media("DURATION:4", "DURATION:4.0"), {"target_duration"}),
        (edit_media("DURATION:4", "DURATION:3"), {"target_duration", "segment_length"}),
        (edit_media("INF:4.000000", "INF:4.100000", 1), {"durations_true"}),
        (lose_a_segment, {"files_present"}),
        (drop_a_packet, {"continuity_counters"}),
        (restart_counters, {"continuity_counters"}),
        (break_sync, {"transport_sound"}),
    ],
)  # fmt: skip
def test_each_fault_fails_its_own_rule(
    package: Path, breaking: Callable[[Path], None], rules: set[str]
) -> None:
    breaking(package)
    assert rules <= failed(package)
    # A lost segment shows in many ways; other faults don't.
    if breaking is not lose_a_segment:
        assert failed(package) == rules


@pytest.mark.parametrize(
    ("breaking", "rule"),
    [
        (remux("-c", "copy", "-an"), "audio"),
        (remux("-c", "copy", "-map", "0:v", "-map", "0:a", "-map", "0:a"), "audio"),
        (remux("-c", "copy", "-output_ts_offset", "1"), "timestamps_continuous"),
        (remux("-c:a", "copy", "-c:v", "libx265", "-x265-params", "log-level=none"), "h264"),
        (remux("-c:a", "copy", "-c:v", "libx264", "-pix_fmt", "yuv444p"), "h264"),
        (remux("-c", "copy", "-bsf:v", "noise=drop=eq(n\\,0)"), "idr_first"),
    ],
)
def test_a_segment_that_does_not_fit_is_noticed(
    package: Path, ffmpeg: str, breaking: Callable[[Path, str], None], rule: str
) -> None:
    breaking(package, ffmpeg)
    assert rule in failed(package)


def test_renditions_cut_at_other_places_are_noticed(package: Path, ffmpeg: str) -> None:
    playlist = package / "floor" / "media.m3u8"
    whole = package / "whole.ts"
    subprocess.run(
        [ffmpeg, "-v", "error", "-i", str(playlist), "-c:a", "copy", "-c:v", "libx264"]
        + ["-b:v", "100k", "-g", "38", "-sc_threshold", "0", str(whole)],
        check=True,
    )
    subprocess.run(
        [ffmpeg, "-v", "error", "-y", "-i", str(whole), "-c", "copy", "-f", "hls"]
        + ["-hls_time", "3", "-hls_playlist_type", "vod", str(playlist)],
        check=True,
    )
    assert "same_boundaries" in failed(package)


def test_a_changed_file_differs_from_the_contents(package: Path) -> None:
    (package / "poster.jpg").write_bytes(b"another")
    assert [result.code for result in verify(package).failures] == ["contents_true"]


def test_a_foreign_package_in_fragmented_mp4_is_read(
    short_film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-i", str(short_film)]
        + ["-map", "0", "-map", "0", "-c:v", "libx264", "-c:a", "aac", "-g", "50"]
        + ["-b:v:0", "400k", "-b:v:1", "80k", "-sc_threshold", "0", "-f", "hls"]
        + ["-hls_time", "4", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"]
        + ["-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "master.m3u8"]
        + [str(tmp_path / "v%v.m3u8")],
        check=True,
    )
    verification = verify(tmp_path)
    assert len(verification.results) > 20
    passed = {result.code for result in verification.results if result.passed}
    assert {"h264", "audio", "idr_first", "durations_true", "timestamps_continuous"} <= passed


def test_a_folder_without_playlists_fails_and_says_so(tmp_path: Path) -> None:
    assert [result.code for result in verify(tmp_path).failures] == ["multivariant_playlist"]


def test_a_playlist_cannot_reach_out_of_its_folder(package: Path) -> None:
    edit(package / "240p" / "media.m3u8", "00001.ts", "../../../../etc/passwd")
    found = next(r for r in verify(package).failures if r.code == "files_present")
    assert "outside" in found.detail


class Server(SimpleHTTPRequestHandler):
    """Serves as the rules ask: media types, and playlists gzipped."""

    gzipped = True
    extensions_map = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}  # noqa: RUF012

    def do_GET(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        if self.path.endswith(".m3u8") and self.gzipped:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class Careless(Server):
    gzipped = False
    extensions_map = {".m3u8": "text/plain", ".ts": "application/octet-stream"}  # noqa: RUF012


@contextmanager
def served(folder: Path, kind: type[Server]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_package_can_be_verified_where_it_is_served(packaged: tuple[Path, object]) -> None:
    with served(packaged[0], Server) as address:
        assert [result.code for result in verify(address).failures] == []


def test_a_careless_server_is_told_what_it_does_wrong(packaged: tuple[Path, object]) -> None:
    with served(packaged[0], Careless) as address:
        found = verify(f"{address}/multivariant.m3u8").failures
    assert {result.code for result in found} == {"served_types", "served_gzipped"}
