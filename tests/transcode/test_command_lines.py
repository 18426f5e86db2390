"""What FFmpeg is told, before it is told."""

from __future__ import annotations

from pathlib import Path

from tests.transcode.test_plan import a_plan
from transcode.encode import chunk_arguments
from transcode.sound import audio_arguments


def picture_line(index: int = 0, duration_s: float = 60, **source: object) -> str:
    plan = a_plan(duration_s=duration_s, **source)
    return " ".join(chunk_arguments(plan, Path("film.mkv"), plan.pieces[index], Path("out")))


def test_untrusted_files_open_as_media_containers_only() -> None:
    plan = a_plan()
    sound = " ".join(audio_arguments(plan, Path("film.mkv"), Path("out")))
    for line in (picture_line(), sound):
        before_input = line.partition(" -i ")[0]
        assert "-protocol_whitelist file,pipe" in before_input
        allowed = before_input.partition("-format_whitelist ")[2].split()[0].split(",")
        assert {"mov", "matroska"} <= set(allowed)
        assert not {"hls", "concat", "dash", "image2", "lavfi", "rtsp"} & set(allowed)


def test_a_file_name_cannot_name_a_protocol() -> None:
    plan = a_plan()
    arguments = chunk_arguments(plan, Path("http:x.mkv"), plan.pieces[0], Path("out"))
    assert arguments[arguments.index("-i") + 1].startswith("file:/")


def test_one_decode_feeds_all_rungs() -> None:
    line = picture_line()
    assert line.count(" -i ") == 1
    assert line.count("-c:v libx264") == 6  # five rungs and the I-frames


def test_long_films_get_their_small_rungs_first() -> None:
    first, rest = picture_line(0, duration_s=150), picture_line(2, duration_s=150)
    assert ["360p.mp4" in first, "floor.mp4" in first, "iframes.mp4" in first] == [True] * 3
    assert "1080p.mp4" not in first
    assert ["1080p.mp4" in rest, "720p.mp4" in rest, "480p.mp4" in rest] == [True] * 3
    assert "iframes.mp4" not in rest


def test_no_rung_has_key_frames_off_the_grid() -> None:
    line = picture_line()
    assert line.count("-sc_threshold 0") == line.count("-flags +cgop") == 5
    assert line.count("-g 100 -keyint_min 100") == 4
    assert line.count("-g 50 -keyint_min 50") == 1


def test_later_chunks_start_at_their_frame() -> None:
    line = picture_line(1, duration_s=150)
    assert "-ss 60.000000" in line
    assert "trim=end_frame=2250" in line


def test_silent_films_get_silence_and_no_file_is_opened_for_it() -> None:
    line = " ".join(audio_arguments(a_plan(sound=False), Path("film.mkv"), Path("out")))
    assert "anullsrc" in line
    assert "film.mkv" not in line
