"""Pictures that come late, seldom or no more: each is shown when it should be, in every chunk."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.reading import decode, similarity_db
from transcode import packets
from transcode.errors import TooLong, TooManyPackets
from transcode.oneshot import package_file
from transcode.plan import Options

SMALL = "160x120"
SOUND = ("-c:a", "aac")
IN_CHUNKS = Options(chunk_s=8, loudness_lufs=None)
WHOLE = Options(chunk_s=600, loudness_lufs=None)


def assert_same_pictures(ffmpeg: str, source: Path, tmp_path: Path, options: Options) -> None:
    """A film in chunks shows what it shows in one piece, without a seam."""
    report = package_file(source, tmp_path / "cut", options=options)
    package_file(source, tmp_path / "whole", options=WHOLE)
    assert len(report.plan.chunks) > 1
    for rung in report.plan.rungs:
        cut, whole = (tmp_path / name / rung.name / "media.m3u8" for name in ("cut", "whole"))
        frames = report.plan.total_frames // rung.frame_step
        assert len(decode(ffmpeg, cut)) == len(decode(ffmpeg, whole)) == frames
        # Frames of a moving test picture that were off by one would be far below.
        assert similarity_db(ffmpeg, cut, whole) > 28


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_sound_that_goes_on_for_long_keeps_the_last_picture(
    film: Film, tmp_path: Path, ffmpeg: str, container: str
) -> None:
    offset = ["-output_ts_offset", "50"] if container == "mkv" else []
    source = film(f"held.{container}", *moving(8.6, SMALL), *tone(26), *X264, *SOUND, *offset)
    assert_same_pictures(ffmpeg, source, tmp_path, IN_CHUNKS)


BUSY_THEN_STILL = ("-vf", "select='lt(t,8)+not(mod(n,25))'", "-fps_mode", "vfr")
A_DAY_LATER = "setts=ts=TS+gt(N\\,139)*86400*48000"


def with_a_declared_length(source: Path, path: Path, length_s: float) -> Path:
    """What the header of a Matroska file says: the element Duration, in milliseconds."""
    head, mark, rest = source.read_bytes().partition(b"\x44\x89\x88")
    assert mark
    path.write_bytes(head + mark + struct.pack(">d", length_s * 1000) + rest[8:])
    return path


def test_sound_that_strays_far_behind_the_picture_is_left_out(film: Film, tmp_path: Path) -> None:
    stray = film("stray.mkv", *moving(3, SMALL), *tone(3), *X264, *SOUND, "-bsf:a", A_DAY_LATER)
    source = with_a_declared_length(stray, tmp_path / "stray.mkv", 3)
    report = package_file(source, tmp_path / "out")
    assert report.plan.duration_s == pytest.approx(3, abs=0.1)
    assert [note.code for note in report.plan.treatment.notes] == ["stray_sound"]
    assert report.contents["loudness"][0]["source_lufs"] > -30


def test_a_lesson_that_a_late_picture_makes_too_long_is_refused_whatever_the_header_says(
    film: Film, tmp_path: Path
) -> None:
    late = film("hours.mkv", *tone(2), "-itsoffset", "21700", *moving(2, SMALL), *X264, *SOUND)
    with pytest.raises(TooLong):
        package_file(with_a_declared_length(late, tmp_path / "late.mkv", 60), tmp_path / "out")


EVERY_TWO_S = ("-force_key_frames", "expr:gte(t,n_forced*2)")


def test_a_screen_recording_that_stands_still_after_a_while_is_whole(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    picture = [*BUSY_THEN_STILL, *X264, *EVERY_TWO_S]
    source = film("screen.mp4", *moving(24, SMALL), *tone(24), *picture, *SOUND)
    assert_same_pictures(ffmpeg, source, tmp_path, IN_CHUNKS)


@pytest.mark.parametrize("container", ["mp4", "ts"])
def test_a_picture_that_begins_long_after_the_sound_is_whole(
    film: Film, tmp_path: Path, ffmpeg: str, container: str
) -> None:
    late = ["-itsoffset", "18", *moving(8, SMALL)]
    source = film(f"late.{container}", *tone(26), *late, *X264, "-g", "50", *SOUND)
    assert_same_pictures(ffmpeg, source, tmp_path, IN_CHUNKS)


@pytest.mark.parametrize("container", ["ts", "mpg"])
def test_chunks_join_without_a_seam_however_far_apart_key_frames_are(
    film: Film, tmp_path: Path, ffmpeg: str, container: str
) -> None:
    # MPEG-2 takes any number below this for a reason to start anew.
    codec = {
        "ts": [*X264, "-sc_threshold", "0"],
        "mpg": ["-c:v", "mpeg2video", "-q:v", "5", "-sc_threshold", "1000000000"],
    }[container]
    far = [*codec, "-g", "600", "-keyint_min", "600"]
    source = film(f"far.{container}", *moving(48, SMALL), *far)
    assert_same_pictures(ffmpeg, source, tmp_path, Options(chunk_s=20, loudness_lufs=None))


def test_a_broadcast_of_few_key_frames_is_looked_at_and_cut(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    few = [*X264, "-g", "250", "-keyint_min", "250", "-sc_threshold", "0"]
    source = film("few.ts", *moving(60, SMALL, "10"), *few)
    assert_same_pictures(ffmpeg, source, tmp_path, IN_CHUNKS)


def test_a_film_in_too_many_pieces_is_refused(
    short_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twenty million, as in earnest, would take minutes.
    monkeypatch.setattr(packets, "MOST_PACKETS", 500)
    with pytest.raises(TooManyPackets):
        package_file(short_film, tmp_path / "out")
