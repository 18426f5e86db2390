"""A film of every kind that editors send: mended, told of, and packaged.

Files that are refused are in test_refusals.py, what happens to sound in test_sound.py.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.transcode.conftest import X264, Film, PackagedOnce, moving, tone
from tests.transcode.reading import (
    decode,
    first_white,
    mean_luma,
    pictures,
    pixel,
    pts,
    similarity_db,
)
from transcode.oneshot import Report, package_file
from transcode.plan import Options

AAC = ("-c:a", "aac")
PCM = ("-c:a", "pcm_s16le")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "3M")
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def codes(report: Report) -> list[str]:
    return [note.code for note in report.plan.treatment.notes]


def top_playlist(report: Report, out_dir: Path) -> Path:
    top = max(report.contents["rungs"], key=lambda rung: rung["width_px"] * rung["height_px"])
    return out_dir / top["name"] / "media.m3u8"


def near(one: tuple[int, ...], two: tuple[int, ...], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, two, strict=True))


def assert_steady(ffmpeg: str, playlist: Path, fps: float) -> None:
    times = pts(decode(ffmpeg, playlist))
    assert {round(90_000 / (b - a), 1) for a, b in itertools.pairwise(times)} == {round(fps, 1)}


def ten_bits(transfer: str) -> list[str]:
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:range=limited"
    return [
        *("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", f"{tags}:log-level=none", "-crf", "8"),
    ]


# Size, frame rate, seconds and notes of what comes out.
KINDS = {
    # Pictures of unusual shape
    # The generator makes even pictures only: they are cut.
    "odd-size.mkv": ([*moving(2, "322x182"), *tone(2), "-vf", "format=yuv444p,crop=321:181:exact=1",
                      *X264[:4], *AAC],
                     (320, 180), 25, 2, ["even_size", "coarser_colour"]),
    "tiny.avi": ([*moving(2, "16x16"), *tone(2), "-c:v", "mpeg4", *PCM], (16, 16), 25, 2, []),
    "four-k.mp4": ([*moving(2, "3840x2160", "5"), *tone(2), *X264, *AAC],
                   (1920, 1080), 5, 2, ["scaled_down"]),
    "between.mp4": ([*moving(2, "700x394"), *tone(2), *X264, *AAC],
                    (640, 360), 25, 2, ["scaled_down"]),
    "portrait.mp4": ([*moving(2, "360x640"), *tone(2), *X264, *AAC], (360, 640), 25, 2, []),
    "anamorphic.mpg": ([*moving(2, "720x540"), *tone(2), "-vf", "setsar=64/45", *MPEG2],
                       (960, 540), 25, 2, ["square_pixels"]),
    "anamorphic-dv.mp4": ([*moving(2, "352x288"), *tone(2), "-vf", "setsar=12/11", *X264, *AAC],
                          (384, 288), 25, 2, ["square_pixels"]),
    "turned.mov": (["-noautorotate", "-display_rotation", "90", *moving(2), *tone(2), *X264, *AAC],
                   (240, 426), 25, 2, ["rotated"]),
    "mirrored.mp4": (["-noautorotate", "-display_hflip", *moving(2), *tone(2), *X264, *AAC],
                     (426, 240), 25, 2, ["rotated"]),
    "woven.mpg": ([*moving(2, "480x576", "50"), *tone(2), "-vf", "tinterlace=interleave_top",
                   *MPEG2, "-flags", "+ilme+ildct", "-c:a", "mp2"],
                  (480, 576), 25, 2, ["deinterlaced"]),
    # Pixels
    "hdr.mp4": ([*moving(2), *tone(2), *ten_bits("smpte2084"), *AAC],
                (426, 240), 25, 2, ["hdr_to_sdr"]),
    "ten-bit-422.mov": ([*moving(2), *tone(2), "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks",
                         *PCM], (426, 240), 25, 2, ["eight_bit", "coarser_colour"]),
    "444.mkv": ([*moving(2), *tone(2), "-pix_fmt", "yuv444p10le", "-c:v", "libx264",
                 "-preset", "ultrafast", *AAC], (426, 240), 25, 2, ["eight_bit", "coarser_colour"]),
    "full-range.avi": ([*moving(2), *tone(2), "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", *PCM],
                       (426, 240), 25, 2, []),
    "rgb-screen.mkv": ([*moving(2), *tone(2), "-pix_fmt", "bgr0", "-c:v", "ffv1", *PCM],
                       (426, 240), 25, 2, ["coarser_colour"]),
    # Time
    "fast.mp4": ([*moving(2, fps="120"), *tone(2), *X264, *AAC],
                 (426, 240), 60, 2, ["steady_rate"]),
    "slow.mp4": ([*moving(4, fps="1"), *tone(4), *X264, *AAC], (426, 240), 5, 4, ["steady_rate"]),
    "pauses.mkv": ([*moving(4, fps="20"), *tone(4), "-vf", "select='lt(mod(n,20),10)'",
                    "-fps_mode", "vfr", *X264, *AAC], (426, 240), 20, 3.5, ["steady_rate"]),
    "phone.mp4": ([*moving(4, fps="30"), *tone(4), "-vf", "setpts='PTS+0.003*sin(N)/TB'",
                   "-fps_mode", "vfr", "-video_track_timescale", "90000", *X264, *AAC],
                  (426, 240), 30, 4, []),
    "screen.mp4": ([*moving(4, fps="60"), *tone(4), "-fps_mode", "vfr", "-vf",
                    "select='if(lt(t,3),not(mod(n,12)),1)'", *X264, *AAC],
                   (426, 240), 60, 4, ["steady_rate"]),
    "long-gop.mp4": ([*moving(9, "160x120"), *tone(9), *X264, "-g", "9999", "-bf", "3", *AAC],
                     (160, 120), 25, 9, []),
    "one-frame.mp4": ([*moving(0.04), *tone(3), *X264, *AAC], (426, 240), 25, 3, ["picture_held"]),
    "offset.ts": ([*moving(2), *tone(2), *X264, *AAC, "-output_ts_offset", "5000"],
                  (426, 240), 25, 2, ["clock_zero"]),
    "wrap.ts": ([*moving(4), *tone(4), *X264, *AAC, "-output_ts_offset", "95441"],
                (426, 240), 25, 4, []),
    "late-start.mkv": ([*moving(2), *tone(2), *X264, *AAC, "-output_ts_offset", "50"],
                       (426, 240), 25, 2, ["clock_zero"]),
    # An edit list that cuts half a second off, within a GOP.
    "edited.mp4": ([*moving(2.4), *tone(2.4), *X264, "-bf", "2", "-output_ts_offset", "-0.4",
                    "-avoid_negative_ts", "disabled", *AAC], (426, 240), 25, 2, []),
    # Sound
    "surround.mkv": ([*moving(2), *tone(2), *X264, "-c:a", "ac3", "-ac", "6"],
                     (426, 240), 25, 2, ["downmixed"]),
    "silent.mkv": ([*moving(2), *X264], (426, 240), 25, 2, ["silence"]),
    "short-sound.mp4": ([*moving(3), *tone(1), *X264, *AAC], (426, 240), 25, 3, ["short_sound"]),
    "late-sound.mkv": ([*moving(4), "-itsoffset", "2", *tone(2), *X264, *AAC],
                       (426, 240), 25, 4, ["late_sound"]),
    "long-sound.mp4": ([*moving(1), *tone(5), *X264, *AAC],
                       (426, 240), 25, 5, ["picture_held"]),
    "camera.mov": ([*moving(2), *tone(2), *tone(2), "-map", "0", "-map", "1", "-map", "2",
                    *X264, *PCM], (426, 240), 25, 2, ["tracks_left_out"]),
    # Containers and codecs
    "covered.mp4": ([*moving(2), *tone(2), *moving(0.04, "600x600"), "-map", "0", "-map", "1",
                     "-map", "2", *X264, "-c:v:1", "mjpeg", "-disposition:v:1", "attached_pic",
                     *AAC], (426, 240), 25, 2, ["cover_left_out"]),
    "plain.mp4": ([*moving(2), *tone(2), *X264, *AAC], (426, 240), 25, 2, []),
    "plain.mov": ([*moving(2), *tone(2), *X264, *PCM, "-timecode", "10:00:00:00"],
                  (426, 240), 25, 2, ["data_left_out"]),
    "plain.webm": ([*moving(2), *tone(2), "-c:v", "libvpx-vp9", "-deadline", "realtime",
                    "-cpu-used", "8", "-c:a", "libopus"], (426, 240), 25, 2, []),
    "old.avi": ([*moving(2), *tone(2), "-c:v", "mpeg4", "-c:a", "libmp3lame"],
                (426, 240), 25, 2, []),
    "plain.mpg": ([*moving(2), *tone(2), *MPEG2, "-c:a", "mp2"], (426, 240), 25, 2, []),
    "plain.ts": ([*moving(2), *tone(2), *X264, *AAC], (426, 240), 25, 2, []),
    "plain.m2ts": ([*moving(2), *tone(2), *X264, "-c:a", "ac3"], (426, 240), 25, 2, []),
    "plain.flv": ([*moving(2), *tone(2), *X264, *AAC], (426, 240), 25, 2, []),
    "older.flv": ([*moving(2), "-c:v", "flv1"], (426, 240), 25, 2, ["silence"]),
    "office.wmv": ([*moving(2), *tone(2), "-c:v", "wmv2", "-c:a", "wmav2"],
                   (426, 240), 25, 2, []),
    "phone.3gp": ([*moving(2, "176x144", "15"), *tone(2), "-c:v", "h263", "-c:a", "aac"],
                  (176, 144), 15, 2, []),
    "plain.mxf": ([*moving(2, "720x540"), *tone(2), *MPEG2, *PCM], (720, 540), 25, 2, []),
    "new.mp4": ([*moving(2), *tone(2), "-c:v", "libsvtav1", "-preset", "12", *AAC],
                (426, 240), 25, 2, []),
    "hevc.mp4": ([*moving(2), *tone(2), "-c:v", "libx265", "-preset", "ultrafast",
                  "-x265-params", "log-level=none", *AAC], (426, 240), 25, 2, []),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_films_of_every_kind_are_mended_and_it_is_told(
    packaged_once: PackagedOnce, ffmpeg: str, name: str
) -> None:
    arguments, size, fps, duration_s, told = KINDS[name]
    out_dir, report = packaged_once(name, *arguments)
    top = max(report.contents["rungs"], key=lambda rung: rung["width_px"] * rung["height_px"])
    assert ((top["width_px"], top["height_px"]), top["fps"]) == (
        size,
        pytest.approx(fps, rel=0.002),
    )
    assert codes(report) == told
    assert report.contents["duration_s"] == pytest.approx(duration_s, abs=0.3)
    assert report.verification.passed
    assert_steady(ffmpeg, out_dir / top["name"] / "media.m3u8", fps)


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("odd-size.mkv", "画面宽高是奇数，已调整为 320×180", "320×180"),
        ("four-k.mp4", "画面大于电视的清晰度，已缩小为 1920×1080", "1920×1080"),
        ("between.mp4", "画面略大于标准尺寸，已缩小为 640×360", "640×360"),
        ("ten-bit-422.mov", "10 位色彩已转为电视通用的 8 位", "10-bit"),
        ("ten-bit-422.mov", "4:2:2 色彩已转为电视通用的 4:2:0", "4:2:2"),
        ("444.mkv", "4:4:4 色彩已转为电视通用的 4:2:0", "4:4:4"),
        ("rgb-screen.mkv", "RGB 色彩已转为电视通用的 4:2:0", "RGB"),
        ("fast.mp4", "每秒 120 帧已减为 60 帧", "120 frames a second were cut to 60"),
        ("late-sound.mkv", "声音比画面晚 2 秒开始，开头已补静音", "2 s late"),
        ("short-sound.mp4", "声音比画面短 2 秒，末尾已补静音", "2 s early"),
    ],
)
def test_the_editor_reads_by_how_much(film: Film, name: str, zh: str, en: str) -> None:
    shown = CliRunner().invoke(cli, ["plan", str(film(name, *KINDS[name][0])), "--json"])
    notes = json.loads(shown.stdout)["treatment"]["notes"]
    (note,) = [note for note in notes if note["zh"] == zh]
    assert en in note["en"]


# A red picture with a white strip along its top and a blue one along its left side.
MARKED = "color=red:s=320x240:r=25:d=2,drawbox=0:0:40:240:blue:fill,drawbox=0:0:320:40:white:fill"


@pytest.mark.parametrize(
    ("name", "matrix", "size", "strip", "bar"),
    [
        # Where the white strip and the blue bar are when it is upright, as shares of the sides.
        ("left", ["-display_rotation", "90"], (240, 320), (0.05, 0.5), (0.5, 0.95)),
        ("right", ["-display_rotation", "-90"], (240, 320), (0.95, 0.5), (0.5, 0.05)),
        ("over", ["-display_rotation", "180"], (320, 240), (0.5, 0.95), (0.95, 0.5)),
        ("mirror", ["-display_hflip"], (320, 240), (0.5, 0.05), (0.95, 0.5)),
        ("flip", ["-display_vflip"], (320, 240), (0.5, 0.95), (0.05, 0.5)),
        (
            "selfie", ["-display_rotation", "90", "-display_hflip"],
            (240, 320), (0.95, 0.5), (0.5, 0.95),
        ),
    ],
)  # fmt: skip
def test_films_of_turned_and_mirrored_phones_come_out_as_they_were_shot(
    film: Film,
    tmp_path: Path,
    ffmpeg: str,
    name: str,
    matrix: list[str],
    size: tuple[int, int],
    strip: tuple[float, float],
    bar: tuple[float, float],
) -> None:
    lying = film("lying.mp4", "-f", "lavfi", "-i", MARKED, *X264)
    report = package_file(film(f"{name}.mp4", *matrix, "-i", lying, "-c", "copy"), tmp_path / "out")
    assert "rotated" in codes(report)
    playlist = top_playlist(report, tmp_path / "out")
    frame = pictures(playlist)[0]
    assert (frame.width, frame.height) == size
    for (x, y), color in ((strip, WHITE), (bar, BLUE), ((0.5, 0.5), RED)):
        found = pixel(ffmpeg, playlist, round(x * size[0]) // 2 * 2, round(y * size[1]) // 2 * 2)
        assert near(found, color)


def test_a_film_turned_by_an_odd_angle_keeps_its_size(film: Film, tmp_path: Path) -> None:
    lying = film("lying.mp4", "-f", "lavfi", "-i", MARKED, *X264)
    slanted = film("slanted.mp4", "-display_rotation", "10", "-i", lying, "-c", "copy")
    report = package_file(slanted, tmp_path / "out")
    frame = pictures(top_playlist(report, tmp_path / "out"))[0]
    assert (frame.width, frame.height) == (320, 240)


# Fields that were taken one after the other: a bar that moves, so that whole frames are combed.
FIELDS = "scale=720:{lines},minterpolate=fps={rate}:mi_mode=blend"


@pytest.mark.parametrize(
    ("name", "filters", "codec", "fps", "told"),
    [
        (
            "broadcast.mpg", [FIELDS.format(lines=576, rate=50), "tinterlace=interleave_top"],
            [*MPEG2, "-flags", "+ilme+ildct"], 25, ["square_pixels", "deinterlaced"],
        ),
        (
            "unflagged.mkv",
            [FIELDS.format(lines=480, rate="60000/1001"), "tinterlace=interleave_bottom",
             "setfield=prog"],
            X264, 30000 / 1001, ["square_pixels", "deinterlaced"],
        ),
        ("flagged.mkv", ["scale=720:576,fps=25,setfield=tff"],
         [*X264, "-flags", "+ildct+ilme"], 25, ["square_pixels"]),
        ("film.mkv",
         ["scale=720:480,fps=24000/1001", "telecine=pattern=23", "setfield=prog"],
         X264, 30000 / 1001, ["square_pixels", "deinterlaced"]),
    ],
)  # fmt: skip
def test_interlace_is_found_by_looking_whatever_the_flags_say(
    film: Film,
    bunny: Path,
    tmp_path: Path,
    name: str,
    filters: list[str],
    codec: list[str],
    fps: float,
    told: list[str],
) -> None:
    source = film(name, "-t", "2", "-i", bunny, "-an", "-vf", ",".join(filters), *codec)
    report = package_file(source, tmp_path / "out")
    assert [code for code in codes(report) if code not in ("silence", "steady_rate")] == told
    assert report.contents["rungs"][0]["fps"] == pytest.approx(fps, abs=0.001)


def test_fields_are_taken_in_the_order_that_was_seen(film: Film, tmp_path: Path) -> None:
    """Flagged the wrong way round, a moving edge would keep the teeth of a comb."""
    edge = "[b];[b][0:v]overlay=x='200*t':y=0,tinterlace=interleave_bottom,setfield=tff"
    film_of_edge = [
        *("-f", "lavfi", "-i", "color=white:s=720x576:r=50:d=2"),
        *("-filter_complex", f"color=black:s=720x576:r=50:d=2{edge}"),
    ]
    source = film("wrong.mkv", *film_of_edge, *X264, "-flags", "+ildct+ilme")
    assert max(teeth(frame) for frame in pictures(source)) >= 3
    report = package_file(source, tmp_path / "out")
    assert max(teeth(frame) for frame in pictures(top_playlist(report, tmp_path / "out"))) <= 2


def test_chunks_of_an_interlaced_film_join_without_a_seam(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    fields = [*moving(9, "320x240", "50"), "-vf", "tinterlace=interleave_top"]
    source = film("woven.mkv", *fields, *X264, "-flags", "+ildct+ilme")
    cut = package_file(source, tmp_path / "cut", options=Options(chunk_s=4))
    whole = package_file(source, tmp_path / "whole")
    assert cut.plan.treatment.deinterlace == "tff"
    assert len(cut.plan.chunks) == 2
    one, two = top_playlist(cut, tmp_path / "cut"), top_playlist(whole, tmp_path / "whole")
    assert similarity_db(ffmpeg, one, two) > 28


def teeth(frame: av.VideoFrame) -> int:
    """How far neighbouring lines disagree on where the white begins, in pixels."""
    edges = first_white(frame)[8:-8]
    return max(abs(a - b) for a, b in itertools.pairwise(edges))


def ramp(*shares: float) -> str:
    """Stripes of grey, by their code as a share of the range, in ten bits."""
    width = 64
    stripes = "+".join(
        f"between(X,{n * width},{n * width + width - 1})*{64 + 876 * share:.0f}"
        for n, share in enumerate(shares)
    )
    size = f"{width * len(shares)}x128"
    return f"color=black:s={size}:r=25:d=2,format=yuv420p10le,geq=lum='{stripes}':cb=512:cr=512"


@pytest.mark.parametrize(
    ("transfer", "shares"),
    # Black, a grey card, the white of a page, and a highlight: 0, 26, 203 and 1000 cd/m².
    [("smpte2084", (0.0, 0.381, 0.581, 0.752)), ("arib-std-b67", (0.0, 0.38, 0.75, 1.0))],
    ids=["pq", "hlg"],
)
def test_hdr_comes_out_as_bright_as_television(
    film: Film, tmp_path: Path, ffmpeg: str, transfer: str, shares: tuple[float, ...]
) -> None:
    source = film(f"{transfer}.mp4", "-f", "lavfi", "-i", ramp(*shares), *ten_bits(transfer))
    report = package_file(source, tmp_path / "out")
    assert codes(report) == ["hdr_to_sdr", "silence"]
    playlist = top_playlist(report, tmp_path / "out")
    found = [pixel(ffmpeg, playlist, 64 * n + 30, 60)[1] / 255 for n in range(4)]
    assert found == pytest.approx([0, 0.42, 0.85, 1.0], abs=0.04)


def test_wide_colours_in_standard_range_keep_their_hue(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    # The red of BT.709 as BT.2020 writes it: 0.6274, 0.0691 and 0.0164 of linear light.
    wide = "color=0xCB4A1C:s=128x128:r=25:d=2,scale=out_color_matrix=bt2020:out_range=tv"
    source = film("wide.mp4", "-f", "lavfi", "-i", wide, *ten_bits("bt2020-10"))
    report = package_file(source, tmp_path / "out")
    assert codes(report) == ["wide_gamut", "eight_bit", "silence"]
    assert near(pixel(ffmpeg, top_playlist(report, tmp_path / "out"), 60, 60), RED, by=12)


def test_cover_art_and_data_tracks_are_passed_over(
    film: Film, short_film: Path, tmp_path: Path
) -> None:
    cover = film("cover.png", *moving(0.04, "600x600"))
    inputs = ["-i", cover, "-i", short_film, "-map", "0", "-map", "1", "-c", "copy"]
    covered = film("covered.mp4", *inputs, "-disposition:v:0", "attached_pic")
    report = package_file(covered, tmp_path / "covered")
    assert (codes(report), report.source.cover_pictures) == (["cover_left_out"], 1)
    assert report.contents["duration_s"] == 10
    kind = ["-metadata:s:t", "mimetype=application/octet-stream"]
    attached = film("attached.mkv", "-i", short_film, "-c", "copy", "-attach", __file__, *kind)
    assert codes(package_file(attached, tmp_path / "attached")) == ["data_left_out"]
    clocked = film("clock.mov", "-i", short_film, "-c", "copy", "-timecode", "10:00:00:00")
    report = package_file(clocked, tmp_path / "clocked")
    assert (codes(report), report.source.streams) == (["data_left_out"], 3)


def test_chapters_that_are_kept_are_no_data_that_was_left_out(
    film: Film, lesson_film: Path, tmp_path: Path
) -> None:
    """QuickTime keeps chapters as a track of text."""
    source = film("chapters.mov", "-i", lesson_film, *X264, *AAC, "-sn")
    report = package_file(source, tmp_path / "out")
    assert (codes(report), len(report.plan.chapters)) == ([], 2)


def test_the_default_picture_is_shown_not_the_first(film: Film, tmp_path: Path) -> None:
    two = [*moving(2, "160x120"), *moving(2, "128x96"), "-map", "0", "-map", "1"]
    source = film("two.mkv", *two, *X264, "-disposition:v:0", "0", "-disposition:v:1", "default")
    report = package_file(source, tmp_path / "out")
    assert report.source.video.coded_width_px == 128
    assert codes(report) == ["silence", "pictures_left_out"]


def test_a_recording_whose_clock_wraps_plays_through(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    """The clock of transport streams starts anew after 26.5 hours: here at half the film."""
    source = film("wrap.ts", *KINDS["wrap.ts"][0])
    report = package_file(source, tmp_path / "out", options=Options(chunk_s=4))
    frames = pictures(top_playlist(report, tmp_path / "out"))
    assert len(frames) == 100
    original = pictures(film("wrap-not.ts", *moving(4), *tone(4), *X264, *AAC))
    assert all(
        abs(mean_luma(ours) - mean_luma(theirs)) < 0.02
        for ours, theirs in zip(frames[::10], original[::10], strict=True)
    )


def test_every_container_that_is_promised_has_a_film() -> None:
    endings = {name.rpartition(".")[2] for name in KINDS}
    assert endings >= {"mp4", "mov", "mkv", "webm", "avi", "mpg", "ts", "flv", "wmv", "3gp"}
