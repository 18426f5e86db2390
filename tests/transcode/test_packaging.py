"""Real files become packages that play."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from pathlib import Path

import av
import pytest

from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.reading import decode, mean_loudness_db, pts, silence_s, similarity_db
from transcode.oneshot import Report, package_file
from transcode.plan import Options
from transcode.playlists import attributes


def codes(report: Report) -> list[str]:
    return [note.code for note in report.plan.treatment.notes]


def test_a_package_plays_to_its_last_frame_in_every_rung(
    packaged: tuple[Path, Report], ffmpeg: str
) -> None:
    out_dir, report = packaged
    for rung, steps in (("240p", 1), ("floor", 2)):
        times = pts(decode(ffmpeg, out_dir / rung / "media.m3u8"))
        assert len(times) == 250 // steps
        assert {b - a for a, b in itertools.pairwise(times)} == {3600 * steps}
    assert report.plan.duration_s == 10


def test_sound_and_picture_end_together(packaged: tuple[Path, Report], ffmpeg: str) -> None:
    frames = decode(ffmpeg, packaged[0] / "240p" / "media.m3u8", "a")
    samples = sum(int(line.split(",")[3]) for line in frames)
    assert abs(samples / 48_000 - 10) < 0.05


def test_the_contents_list_every_file_with_its_hash(packaged: tuple[Path, Report]) -> None:
    out_dir, _ = packaged
    contents = json.loads((out_dir / "package.json").read_text())
    listed = {file["path"]: file["sha256"] for file in contents["files"]}
    found = {
        path.relative_to(out_dir).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out_dir.rglob("*")
        if path.is_file() and path.name != "package.json"
    }
    assert listed == found
    assert {"multivariant.m3u8", "240p/00001.ts", "floor/media.m3u8", "poster.jpg"} <= set(listed)


def test_the_same_source_gives_the_same_bytes(
    packaged: tuple[Path, Report], short_film: Path, tmp_path: Path
) -> None:
    package_file(short_film, tmp_path / "again")
    first, second = ((d / "package.json").read_text() for d in (packaged[0], tmp_path / "again"))
    assert first == second


def test_chunks_join_without_a_seam(
    packaged: tuple[Path, Report], short_film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    report = package_file(short_film, tmp_path / "cut", options=Options(chunk_s=4))
    assert len(report.plan.chunks) == 2
    for rung in ("240p", "floor"):
        whole, cut = (d / rung / "media.m3u8" for d in (packaged[0], tmp_path / "cut"))
        assert pts(decode(ffmpeg, whole)) == pts(decode(ffmpeg, cut))
        # Frames of a moving test picture that were off by one would be far below.
        assert similarity_db(ffmpeg, whole, cut) > 28


def test_sound_runs_on_over_the_seams_of_chunks(film: Film, tmp_path: Path, ffmpeg: str) -> None:
    # Never the same twice, so that no sample can stand for another.
    hiss = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.2:d=16:seed=1"]
    source = film("hiss.mp4", *moving(16, size="160x120"), *hiss, *X264, "-c:a", "aac")
    cut = package_file(source, tmp_path / "cut", options=Options(chunk_s=4))
    package_file(source, tmp_path / "whole")
    assert len(cut.plan.chunks) == 4
    for rung in ("120p", "floor"):
        one, two = (
            decode(ffmpeg, tmp_path / name / rung / "media.m3u8", "a") for name in ("cut", "whole")
        )
        assert one == two
        frames = [[int(value) for value in line.split(",")[2:4]] for line in one]
        assert all(abs(a + length - b) <= 1 for (a, length), (b, _) in itertools.pairwise(frames))
        assert sum(length for _, length in frames) >= 16 * 48_000 - 1024


def test_chunks_of_a_film_at_2997_join_without_a_seam(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    source = film("ntsc.mkv", *moving(13, fps="30000/1001", size="320x180"), *X264)
    package_file(source, tmp_path / "cut", options=Options(chunk_s=4))
    times = pts(decode(ffmpeg, tmp_path / "cut" / "180p" / "media.m3u8"))
    assert len(times) == 390
    assert {b - a for a, b in itertools.pairwise(times)} == {3003}


def test_chunks_of_an_indexless_transport_stream_join_without_a_seam(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    # The second chunk begins beyond the margin, so that FFmpeg has to seek.
    small = moving(32, size="160x120")
    source = film("broadcast.ts", *small, *tone(32), *X264, "-g", "80", "-c:a", "aac")
    report = package_file(source, tmp_path / "cut", options=Options(chunk_s=16))
    package_file(source, tmp_path / "whole")
    assert len(report.plan.chunks) == 2
    one, two = (tmp_path / name / "120p" / "media.m3u8" for name in ("cut", "whole"))
    assert pts(decode(ffmpeg, one)) == pts(decode(ffmpeg, two))
    assert similarity_db(ffmpeg, one, two) > 28


def test_a_real_clip_with_surround_sound_becomes_a_full_ladder(
    bunny: Path, tmp_path: Path, ffmpeg: str
) -> None:
    report = package_file(bunny, tmp_path / "bunny")
    assert [r["name"] for r in report.contents["rungs"]] == ["720p", "480p", "360p", "floor"]
    assert codes(report) == ["downmixed"]
    assert len(decode(ffmpeg, tmp_path / "bunny" / "720p" / "media.m3u8")) == 132
    first = (tmp_path / "bunny" / "multivariant.m3u8").read_text().splitlines()[4]
    # The largest that a line of 600 kbit/s plays.
    assert first == "360p/media.m3u8"
    for ending, size_px, limit_bytes in (
        ("", (1280, 720), 100_000),
        ("-medium", (640, 360), 40_000),
        ("-small", (320, 180), 15_000),
    ):
        path = tmp_path / "bunny" / f"poster{ending}.jpg"
        with av.open(str(path)) as poster:
            assert (poster.streams.video[0].width, poster.streams.video[0].height) == size_px
        assert path.stat().st_size <= limit_bytes


def test_a_small_still_picture_that_costs_the_same_on_every_rung_is_published(
    film: Film, tmp_path: Path
) -> None:
    source = film("still.mkv", "-f", "lavfi", "-i", "color=green:s=64x48:r=10:d=3", *X264)
    rungs = package_file(source, tmp_path / "out").contents["rungs"]
    assert {rung["average_bps"] for rung in rungs} == {rungs[0]["average_bps"]}


def test_a_player_that_stays_with_the_first_rung_is_not_given_the_floor(
    film: Film, tmp_path: Path
) -> None:
    noise = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4,noise=alls=70:allf=t"]
    report = package_file(film("noise.mkv", *noise, *tone(4), *X264), tmp_path / "out")
    proper, floor = report.contents["rungs"]
    assert (proper["name"], floor["name"]) == ("360p", "floor")
    assert proper["peak_bps"] > 600_000
    playlist = (tmp_path / "out" / "multivariant.m3u8").read_text().splitlines()
    assert playlist[4] == "360p/media.m3u8"


def test_half_a_second_is_rounded_up_in_the_target_duration(film: Film, tmp_path: Path) -> None:
    report = package_file(
        film("half.mkv", *moving(2.5, "160x120", "10"), *tone(2.5), *X264), tmp_path / "out"
    )
    playlist = (tmp_path / "out" / "floor" / "media.m3u8").read_text()
    assert "#EXT-X-TARGETDURATION:3\n#" in playlist
    assert "#EXTINF:2.500000," in playlist
    assert report.verification.passed


def test_a_silent_film_gets_silence(film: Film, tmp_path: Path, ffmpeg: str) -> None:
    report = package_file(film("silent.mkv", *moving(3), *X264), tmp_path / "out")
    assert codes(report) == ["silence"]
    assert mean_loudness_db(ffmpeg, tmp_path / "out" / "240p" / "media.m3u8") < -80


@pytest.mark.parametrize("container", ["mkv", "mp4", "ts", "mpg"])
def test_late_sound_stays_late(film: Film, tmp_path: Path, ffmpeg: str, container: str) -> None:
    codecs = ["-c:v", "mpeg2video", "-c:a", "mp2"] if container == "mpg" else [*X264, "-c:a", "aac"]
    late = ["-itsoffset", "2", *tone(2)]
    source = film(f"late.{container}", *moving(4), *late, *codecs)
    assert codes(package_file(source, tmp_path / "out")) == ["late_sound"]
    assert abs(silence_s(ffmpeg, tmp_path / "out" / "240p" / "media.m3u8") - 2) < 0.1


@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_a_late_picture_does_not_move_the_sound(
    film: Film, tmp_path: Path, ffmpeg: str, container: str
) -> None:
    picture = ["-itsoffset", "2", *moving(2)]
    sound = ["-f", "lavfi", "-i", "aevalsrc='if(gt(t,3),sin(2764*t),0)':s=48000:d=4"]
    source = film(f"late-picture.{container}", *picture, *sound, *X264, "-c:a", "aac")
    report = package_file(source, tmp_path / "out")
    assert codes(report) == ["late_picture"]
    assert abs(report.plan.duration_s - 4) < 0.1
    assert abs(silence_s(ffmpeg, tmp_path / "out" / "240p" / "media.m3u8") - 3) < 0.1


NOISE = ["-f", "lavfi", "-i", "testsrc2=s=426x240:r=25:d=10,noise=alls=100:allf=t"]
HISS = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.5:d=10"]


def test_the_floor_fits_the_thinnest_line_even_for_noise(film: Film, tmp_path: Path) -> None:
    source = film("noise.mkv", *NOISE, *HISS, *X264, "-crf", "30", "-c:a", "aac")
    report = package_file(source, tmp_path / "out")
    assert report.contents["rungs"][-1]["peak_bps"] <= 192_000


def test_the_floor_fits_the_thinnest_line_with_every_sound_track(
    film: Film, tmp_path: Path
) -> None:
    maps = [part for each in range(3) for part in ("-map", f"{each}")]
    names = ["-metadata:s:a:0", "language=chi", "-metadata:s:a:1", "language=eng"]
    codecs = [*X264, "-crf", "30", "-c:a", "aac"]
    source = film("noise-two.mkv", *NOISE, *HISS, *HISS, *maps, *names, *codecs)
    report = package_file(source, tmp_path / "out")
    assert report.verification.passed
    (line,) = re.findall("(.*)\nfloor/", (tmp_path / "out" / "multivariant.m3u8").read_text())
    told = attributes(line.partition(":")[2])
    assert int(told["BANDWIDTH"]) <= 192_000
    assert told["AUDIO"] == "sound-thin"
    with av.open(str(tmp_path / "out" / "audio-2-thin" / "media.m3u8")) as thin:
        assert thin.streams.audio[0].channels == 1


def test_progress_rises_to_the_end(short_film: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    package_file(short_film, tmp_path / "out", on_progress=lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1
