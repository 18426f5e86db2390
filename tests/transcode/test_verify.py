"""A good package passes; each way of breaking it fails its own rule, and no other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transcode.breaking import HEVC_WAYS, WAYS, Breaking, edit, reworked
from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.serving import (
    NotGzipped,
    Redirecting,
    Server,
    WrongCaptions,
    WrongPlaylists,
    WrongSegments,
    served,
)
from transcode.oneshot import package_file
from transcode.plan import Options
from transcode.rules import RULES
from transcode.verify import verify, verify_own

SERVED = {"served_types", "served_gzipped", "served_directly"}


def failed(package: Path) -> set[str]:
    # Broken on purpose: that the list of contents notices too is a rule of its own.
    (package / "package.json").unlink(missing_ok=True)
    return {result.code for result in verify(package).failures}


def test_a_good_package_passes_every_rule(packaged_lesson: tuple[Path, object]) -> None:
    verification = verify(packaged_lesson[0])
    assert [result.code for result in verification.failures] == []
    assert {result.code for result in verification.results if result.passed is None} == SERVED


def test_a_plain_package_passes_every_rule(packaged: tuple[Path, object]) -> None:
    verification = verify(packaged[0])
    assert [result.code for result in verification.failures] == []
    silent = {result.code for result in verification.results if result.passed is None}
    extras = {"captions_readable", "captions_in_step", "chapters"}
    assert silent == SERVED | extras | {"sound_boundaries", "renditions_complete"}


@pytest.mark.parametrize(
    ("code", "breaking"),
    [(code, breaking) for code, ways in WAYS.items() for breaking in ways],
    ids=[f"{code}-{number}" for code, ways in WAYS.items() for number, _ in enumerate(ways, 1)],
)
def test_each_fault_fails_its_own_rule_and_no_other(
    lesson: Path, ffmpeg: str, code: str, breaking: Breaking
) -> None:
    breaking(lesson, ffmpeg)
    assert failed(lesson) == {code}


def test_a_picture_in_hevc_is_noticed(lesson: Path, ffmpeg: str) -> None:
    hevc = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=100")
    reworked("240p", "-map", "0:v", "-map", "0:a", *hevc)(lesson, ffmpeg)
    assert "h264" in failed(lesson)


@pytest.fixture(scope="module")
def packaged_hevc(film: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds with the extra ladder. Not to be changed."""
    out_dir = tmp_path_factory.mktemp("hevc") / "package"
    source = film("five.mkv", *moving(5, "160x120"), *tone(5), *X264)
    package_file(source, out_dir, options=Options(hevc=True))
    return out_dir


@pytest.mark.parametrize(("code", "breaking"), HEVC_WAYS)
def test_each_fault_of_the_ladder_in_hevc_fails_its_rule(
    packaged_hevc: Path, tmp_path: Path, ffmpeg: str, code: str, breaking: Breaking
) -> None:
    package = Path(shutil.copytree(packaged_hevc, tmp_path / "package"))
    (package / "package.json").unlink()
    assert verify_own(package).passed
    breaking(package, ffmpeg)
    assert [result.code for result in verify_own(package).failures] == [code]


def test_every_rule_is_broken_once() -> None:
    # How a package is served is tried with servers, below.
    assert {rule.code for rule in RULES} == {*WAYS, "contents_true"} | SERVED


def test_a_byte_range_with_two_pictures_is_noticed(lesson: Path) -> None:
    edit(lesson / "iframes" / "media.m3u8", r"BYTERANGE:(\d+)@0\b", r"BYTERANGE:\g<1>0@0")
    assert "i_frame_pictures" in failed(lesson)


def test_a_byte_range_without_tables_is_noticed(lesson: Path) -> None:
    playlist = lesson / "iframes" / "media.m3u8"
    ranges = re.findall(r"BYTERANGE:(\d+)@(\d+)", playlist.read_text())
    length, offset = map(int, ranges[2])
    edit(playlist, f"{length}@{offset}", f"{length - 376}@{offset + 376}")
    assert "i_frame_pictures" in failed(lesson)


def test_a_missing_segment_is_named(lesson: Path) -> None:
    (lesson / "240p" / "00003.ts").unlink()
    assert "files_present" in failed(lesson)


def relisted(package: Path, **facts: object) -> None:
    contents = json.loads((package / "package.json").read_text())
    contents["files"][0] |= facts
    (package / "package.json").write_text(json.dumps(contents))


@pytest.mark.parametrize(
    "change",
    [
        lambda package: (package / "poster.jpg").write_bytes(b"another"),
        lambda package: (package / "poster.jpg").unlink(),
        lambda package: (package / "240p" / "other.ts").write_bytes(b"unknown"),
        lambda package: relisted(package, sha256="0" * 64),
        lambda package: relisted(package, size_bytes=1),
    ],
)
def test_files_that_are_not_as_the_contents_say_are_noticed(
    package: Path, change: Callable[[Path], object]
) -> None:
    change(package)
    assert [result.code for result in verify(package).failures] == ["contents_true"]


def test_a_foreign_package_in_fragmented_mp4_is_read(
    short_film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-i", str(short_film)]
        + ["-map", "0", "-map", "0", "-c:v", "libx264", "-c:a", "aac", "-ac", "2", "-g", "50"]
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


def test_a_package_can_be_verified_where_it_is_served(packaged: tuple[Path, object]) -> None:
    with served(packaged[0], Server) as address:
        assert [result.code for result in verify(address).failures] == []


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (WrongPlaylists, "served_types"),
        (WrongSegments, "served_types"),
        (WrongCaptions, "served_types"),
        (NotGzipped, "served_gzipped"),
        (Redirecting, "served_directly"),
    ],
)
def test_a_careless_server_is_told_what_it_does_wrong(
    packaged: tuple[Path, object], kind: type[Server], rule: str
) -> None:
    with served(packaged[0], kind) as address:
        found = verify(f"{address}/multivariant.m3u8").failures
    assert {result.code for result in found} == {rule}
