"""What a package has beyond its rungs: I-frames, storyboard, posters, captions, chapters, sound."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from tests.transcode.conftest import X264, Film, moving
from tests.transcode.reading import decode, pitch_hz
from transcode import webvtt
from transcode.captions import captions_arguments
from transcode.mpegts import read_segment
from transcode.oneshot import Report, package_file
from transcode.plan import Options
from transcode.planning import plan_file
from transcode.verify import verify

RANGE = re.compile(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)")
Packaged = tuple[Path, Report]


def i_frames(out_dir: Path) -> list[tuple[float, bytes]]:
    """Length and bytes of each, as a player fetches them."""
    folder = out_dir / "iframes"
    found = RANGE.findall((folder / "media.m3u8").read_text())
    return [
        (float(seconds), (folder / uri).read_bytes()[int(offset) :][: int(length)])
        for seconds, length, offset, uri in found
    ]


def gist(frame: VideoFrame) -> bytes:
    plane = frame.reformat(16, 9, "gray", interpolation="AREA").planes[0]
    return b"".join(bytes(plane)[y * plane.line_size :][:16] for y in range(9))


def difference(one: bytes, two: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, two, strict=True)) / len(one)


def first_picture(content: bytes) -> VideoFrame:
    with av.open(io.BytesIO(content), format="mpegts") as container:
        return next(container.decode(video=0))


def test_each_i_frame_is_the_picture_of_the_rungs_at_its_time(packaged: Packaged) -> None:
    found = i_frames(packaged[0])
    assert [seconds for seconds, _ in found] == [1.0] * 10
    with av.open(str(packaged[0] / "240p" / "media.m3u8")) as container:
        rung = {frame.pts: gist(frame) for frame in container.decode(video=0)}
    for number, (_, content) in enumerate(found):
        # Fetched alone: tables and parameters come along.
        (time,) = read_segment(content).video_pts
        assert time == min(rung) + 90_000 * number
        assert difference(gist(first_picture(content)), rung[time]) < 4
        assert difference(gist(first_picture(content)), rung[time + 7200]) > 0.5


@pytest.mark.parametrize(
    ("fps", "duration_s", "chunk_s"), [("30000/1001", 9, 4), ("12", 5, 60), ("15000/1001", 3, 60)]
)
def test_i_frames_stay_in_step_at_any_rate(
    film: Film, tmp_path: Path, fps: str, duration_s: float, chunk_s: int
) -> None:
    name = f"rate-{fps.replace('/', '-')}.mkv"
    source = film(name, *moving(duration_s, "160x120", fps), *X264)
    report = package_file(source, tmp_path / "out", options=Options(chunk_s=chunk_s))
    seconds = [each for each, _ in i_frames(tmp_path / "out")]
    assert sum(seconds) == pytest.approx(report.plan.duration_s)
    assert max(seconds) <= 2
    passed = {r.code for r in verify(tmp_path / "out").results if r.passed}
    assert {"i_frame_pictures", "i_frames_in_step"} <= passed


def test_players_of_plain_variants_see_what_they_always_saw(packaged_lesson: Packaged) -> None:
    lines = (packaged_lesson[0] / "multivariant.m3u8").read_text().splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
    # Each variant's address follows its tag, and every extra is a tag that old parsers skip.
    assert [line for line in lines if not line.startswith("#")] == [
        "240p/media.m3u8",
        "floor/media.m3u8",
    ]
    assert [line.partition(":")[0] for line in lines[3:]] == [
        *("#EXT-X-STREAM-INF", "240p/media.m3u8", "#EXT-X-STREAM-INF", "floor/media.m3u8"),
        *["#EXT-X-MEDIA"] * 5,
        "#EXT-X-I-FRAME-STREAM-INF",
    ]


def test_ffmpeg_plays_the_whole_package(packaged_lesson: Packaged, ffmpeg: str) -> None:
    playlist = packaged_lesson[0] / "multivariant.m3u8"
    assert len(decode(ffmpeg, playlist, "v:0")) == 250


def test_the_storyboard_shows_every_two_seconds(packaged: Packaged) -> None:
    folder = packaged[0] / "storyboard"
    cues = webvtt.parse((folder / "storyboard.vtt").read_text()).cues
    assert [(cue.start_s, cue.end_s) for cue in cues] == [(2 * n, 2 * n + 2) for n in range(5)]
    with av.open(str(folder / "00001.jpg")) as opened:
        sheet = next(opened.decode(video=0))
    assert (sheet.width, sheet.height) == (5 * 160, 90)
    found = [gist(first_picture(content)) for _, content in i_frames(packaged[0])]
    for cue in cues:
        x, y, width, height = map(int, cue.text.partition("#xywh=")[2].split(","))
        shown = gist(cut_out(sheet, x, y, width, height))
        nearest = min(range(10), key=lambda number: difference(shown, found[number]))
        assert nearest == cue.start_s


def cut_out(frame: VideoFrame, x: int, y: int, width: int, height: int) -> VideoFrame:
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
    )
    crop, sink = graph.add("crop", f"{width}:{height}:{x}:{y}"), graph.add("buffersink")
    source.link_to(crop)
    crop.link_to(sink)
    graph.configure()
    graph.push(frame)
    picture = graph.pull()
    assert isinstance(picture, VideoFrame)
    return picture


@pytest.mark.parametrize(
    ("size", "picture"), [("240x426", (52, 90)), ("426x180", (160, 68)), ("64x64", (64, 64))]
)
def test_pictures_of_every_shape_are_fitted(
    film: Film, tmp_path: Path, size: str, picture: tuple[int, int]
) -> None:
    package_file(film(f"{size}.mkv", *moving(3, size), *X264), tmp_path / "out")
    cues = webvtt.parse((tmp_path / "out/storyboard/storyboard.vtt").read_text()).cues
    assert [cue.text for cue in cues] == [
        f"00001.jpg#xywh={n * picture[0]},0,{picture[0]},{picture[1]}" for n in range(2)
    ]


def test_a_long_film_has_fewer_pictures_on_several_sheets(film: Film, tmp_path: Path) -> None:
    source = film("long.mkv", *moving(60, "64x48", "5"), *X264)
    package_file(source, tmp_path / "out")
    sheets = sorted(path.name for path in (tmp_path / "out" / "storyboard").glob("*.jpg"))
    assert sheets == ["00001.jpg", "00002.jpg"]
    last = webvtt.parse((tmp_path / "out/storyboard/storyboard.vtt").read_text()).cues[-1]
    assert last.text == "00002.jpg#xywh=256,0,64,48"
    assert (last.start_s, last.end_s) == (58, 60)


SCENES = ["testsrc2", "testsrc", "smptehdbars"]


def test_posters_are_neither_black_nor_blurred_nor_alike(film: Film, tmp_path: Path) -> None:
    """Black, then three scenes, each first out of focus."""
    parts = ["color=black:s=320x180:r=25:d=2[black]"]
    for number, scene in enumerate(SCENES):
        start = f"{scene}{':' if '=' in scene else '='}s=320x180:r=25"
        parts.append(
            f"{start},trim=end=4,boxblur=9:enable='lt(t,2)',setpts=PTS-STARTPTS[s{number}]"
        )
    graph = ";".join(parts) + ";[black][s0][s1][s2]concat=n=4"
    source = film("scenes.mkv", "-filter_complex", graph, *X264)
    package_file(source, tmp_path / "out")
    contents = json.loads((tmp_path / "out" / "package.json").read_text())
    assert len(contents["posters_at_s"]) == 3
    # In each scene's sharp half.
    assert {int(at_s - 2) // 4 for at_s in contents["posters_at_s"]} == {0, 1, 2}
    assert all((at_s - 2) % 4 >= 2 for at_s in contents["posters_at_s"])
    pictures = [gist(jpeg(tmp_path / "out" / f"poster-{number}.jpg")) for number in (1, 2, 3)]
    assert all(difference(a, b) > 12 for a, b in itertools.combinations(pictures, 2))
    assert (tmp_path / "out/poster.jpg").read_bytes() == (
        tmp_path / "out/poster-1.jpg"
    ).read_bytes()
    assert jpeg(tmp_path / "out" / "poster-2-small.jpg").width == 320


def jpeg(path: Path) -> VideoFrame:
    with av.open(str(path)) as opened:
        return next(opened.decode(video=0))


def test_a_talking_head_has_posters_of_three_moments(film: Film, tmp_path: Path) -> None:
    """One scene, in which next to nothing moves; a third of it is out of focus."""
    moving_on = "eq=brightness=0.002*t:eval=frame"
    head = f"smptehdbars=s=640x360:r=5:d=15,{moving_on},boxblur=9:enable='lt(t,5)'"
    source = film("head.mkv", "-f", "lavfi", "-i", head, *X264)
    contents = package_file(source, tmp_path / "out").contents
    at_s = sorted(contents["posters_at_s"])
    assert len(at_s) == 3
    assert all(b - a >= 2 for a, b in itertools.pairwise(at_s))
    assert at_s[0] >= 5


def test_a_film_that_stands_still_has_one_poster(film: Film, tmp_path: Path) -> None:
    source = film(
        "slide.mkv", "-f", "lavfi", "-i", "testsrc=s=640x360:r=5:d=15,loop=-1:1,trim=end=15", *X264
    )
    report = package_file(source, tmp_path / "out")
    assert len(report.contents["posters_at_s"]) == 1


def test_a_film_of_one_colour_has_a_poster_all_the_same(film: Film, tmp_path: Path) -> None:
    source = film("black.mkv", "-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=3", *X264)
    package_file(source, tmp_path / "out")
    assert (tmp_path / "out" / "poster.jpg").stat().st_size > 0
    assert not (tmp_path / "out" / "poster-2.jpg").exists()


@pytest.mark.parametrize(
    ("name", "codec"),
    [("subs.mp4", "mov_text"), ("subs.mkv", "srt"), ("ass.mkv", "ass"), ("vtt.mkv", "webvtt")],
)
def test_text_captions_of_every_kind_become_webvtt(
    film: Film, lesson_film: Path, tmp_path: Path, name: str, codec: str
) -> None:
    source = film(
        name, "-i", lesson_film, "-map", "0:v", "-map", "0:s", "-c", "copy", "-c:s", codec
    )
    package_file(source, tmp_path / "out")
    whole = webvtt.parse((tmp_path / "out/captions-1/captions.vtt").read_text()).cues
    assert [(cue.start_s, cue.end_s) for cue in whole] == [(1, 2.5), (3.5, 5), (8.2, 9)]
    assert [cue.text for cue in whole] == ["选种要看体型", "<i>羊舍</i>要通风", "冬天加草料"]
    listed = json.loads((tmp_path / "out" / "package.json").read_text())["captions"]
    assert [(each["name"], each["language"], each["cues"]) for each in listed] == [
        ("中文", "zh", 3)
    ]


def test_a_caption_stands_in_every_segment_that_shows_it(packaged_lesson: Packaged) -> None:
    folder = packaged_lesson[0] / "captions-1"
    first = read_segment((packaged_lesson[0] / "240p" / "00001.ts").read_bytes())
    shown_s = []
    for file in sorted(folder.glob("0*.vtt")):
        segment = webvtt.parse(file.read_text())
        # The clock of the cues is that of the transport stream.
        assert segment.zero_ticks == 0
        zero_s = min(first.video_pts) / 90_000
        shown_s.append([round(cue.start_s - zero_s, 3) for cue in segment.cues])
    assert shown_s == [[1, 3.5], [3.5], [8.2]]


def test_captions_and_chapters_follow_the_pictures_clock(
    film: Film, lesson_film: Path, tmp_path: Path
) -> None:
    """The file's clock starts at 0.8 s, and the picture begins 0.4 s after the sound."""
    late = film(
        "late-clock.mkv",
        *("-itsoffset", "0.4", "-i", lesson_film, "-i", lesson_film, "-i", lesson_film),
        *("-map", "0:v", "-map", "1:a:0", "-map", "2:s", "-map_chapters", "2", "-c", "copy"),
        *("-output_ts_offset", "0.8"),
    )
    report = package_file(late, tmp_path / "out")
    assert report.plan.treatment.clock_zero_s == pytest.approx(0.8, abs=0.05)
    cues = webvtt.parse((tmp_path / "out/captions-1/captions.vtt").read_text()).cues
    assert [cue.start_s for cue in cues] == pytest.approx([0.6, 3.1, 7.8], abs=0.03)


def test_a_film_with_broken_captions_is_published_without_them(
    film: Film, lesson_film: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:50,000 --> 00:00:51,000\n太晚\n", encoding="utf-8")
    source = film("nothing.mkv", "-i", lesson_film, "-i", words, "-map", "0:v", "-map", "1:s",
                  "-c:v", "copy", "-c:s", "srt", "-t", "4")  # fmt: skip
    report = package_file(source, tmp_path / "out")
    assert report.contents["captions"] == []
    assert "SUBTITLES" not in (tmp_path / "out" / "multivariant.m3u8").read_text()


@pytest.mark.parametrize(
    ("cues", "cue_bytes", "cue_s"),
    # More than any file may have; and what grows when each of six segments has its own copy.
    [(90, 60_000, 0.1), (50, 60_000, 22)],
    ids=["large", "long"],
)
def test_captions_that_nobody_could_read_are_left_out_and_told(
    film: Film, tmp_path: Path, cues: int, cue_bytes: int, cue_s: float
) -> None:
    crafted = "".join(
        f"{n}\n{webvtt.clock(n / 50)} --> {webvtt.clock(n / 50 + cue_s)}\n{'x' * cue_bytes}\n\n"
        for n in range(1, cues + 1)
    )
    (tmp_path / "words.srt").write_text(crafted.replace(".", ","))
    words = ["-i", tmp_path / "words.srt"]
    source = film("crafted.mkv", *moving(24, "64x36", "5"), *words, *X264)
    report = package_file(source, tmp_path / "out")
    assert report.contents["captions"] == []
    (told,) = [note.zh for note in report.notes if note.code == "captions_failed"]
    assert told == "有 1 条字幕读不出来或过大，没有采用"


def test_reading_captions_shows_that_it_goes_on_where_nobody_speaks(
    lesson_film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    plan = plan_file(lesson_film, source_sha256="0" * 64).plan
    reading = captions_arguments(plan, lesson_film, plan.captions[0], tmp_path / "captions.vtt")
    done = subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-progress", "pipe:1", *reading],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    # The captions end a second before the pictures do.
    assert "frame=250\n" in done.stdout


def test_an_empty_line_in_a_caption_does_not_end_it(
    film: Film, lesson_film: Path, tmp_path: Path
) -> None:
    spoken = r"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,上面\N\N下面"
    (tmp_path / "words.ass").write_text(f"{ASS}{spoken}\n", encoding="utf-8")
    source = film("spaced.mkv", "-i", lesson_film, "-i", tmp_path / "words.ass",
                  "-map", "0:v", "-map", "1:s", "-c", "copy", "-t", "4")  # fmt: skip
    package_file(source, tmp_path / "out")
    (cue,) = webvtt.parse((tmp_path / "out/captions-1/captions.vtt").read_text()).cues
    assert cue.text == "上面\n下面"


ASS = """[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def test_picture_captions_are_told_to_the_editor(film: Film, tmp_path: Path) -> None:
    # An empty display set of a Blu-ray's captions, three times.
    sets = [b"PG" + (90_000 * n).to_bytes(4) + bytes(4) + b"\x80\0\0" for n in range(3)]
    (tmp_path / "words.sup").write_bytes(b"".join(sets))
    source = film("bluray.mkv", *moving(3), "-i", tmp_path / "words.sup", *X264, "-c:s", "copy")
    report = package_file(source, tmp_path / "out")
    (note,) = [n for n in report.plan.treatment.notes if n.code == "picture_captions"]
    assert "文字字幕" in note.zh
    assert report.contents["captions"] == []


def test_chapters_are_kept_with_their_names(packaged_lesson: Packaged) -> None:
    out_dir, report = packaged_lesson
    told = [(c["start_s"], c["end_s"], c["title"]) for c in report.contents["chapters"]]
    assert told == [(0, 4, "选种"), (4, 10, "羊舍")]
    cues = webvtt.parse((out_dir / "chapters.vtt").read_text()).cues
    assert [(cue.start_s, cue.end_s, cue.text) for cue in cues] == told


def test_chapters_begin_where_the_lesson_begins(film: Film, tmp_path: Path) -> None:
    meta = tmp_path / "chapters.txt"
    starts = [0, 2000, 2200, 4000, 9000]
    blocks = [
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle=第{n}段\n"
        for n, (start, end) in enumerate(zip(starts, [*starts[1:], 12000], strict=True))
    ]
    meta.write_text(";FFMETADATA1\n" + "".join(blocks), encoding="utf-8")
    source = film(
        "short-chapters.mkv", *moving(6), "-f", "ffmetadata", "-i", meta, "-map", "0",
        "-map_chapters", "1", *X264,
    )  # fmt: skip
    report = package_file(source, tmp_path / "out")
    told = [(c["start_s"], c["end_s"], c["title"]) for c in report.contents["chapters"]]
    # One of 0.2 s and one behind the end are nobody's aim.
    assert told == [(0, 2, "第0段"), (2.2, 4, "第2段"), (4, 6, "第3段")]


def test_a_second_language_is_in_step_with_every_rung(packaged_lesson: Packaged) -> None:
    out_dir = packaged_lesson[0]
    segments = [
        read_segment((out_dir / "audio-2" / f"{number:05d}.ts").read_bytes())
        for number in (1, 2, 3)
    ]
    (first,) = segments[0].audio_pts.values()
    for rung in ("240p", "floor"):
        muxed = read_segment((out_dir / rung / "00001.ts").read_bytes())
        (sound,) = muxed.audio_pts.values()
        assert abs(first[0] - sound[0]) < 90  # a millisecond
    for number, segment in enumerate(segments):
        (times,) = segment.audio_pts.values()
        lead = min(muxed.video_pts) + number * 4 * 90_000 - times[0]
        # The frame of sound that is heard when the picture's segment begins.
        assert 0 <= lead <= 1920


def test_each_language_is_heard_under_its_name(packaged_lesson: Packaged, ffmpeg: str) -> None:
    out_dir = packaged_lesson[0]
    tracks = [line for line in (out_dir / "multivariant.m3u8").read_text().splitlines()
              if "TYPE=AUDIO" in line]  # fmt: skip
    assert ['NAME="中文",LANGUAGE="zh",DEFAULT=YES' in tracks[0], "URI" in tracks[0]] == [
        True,
        False,
    ]
    assert 'NAME="English",LANGUAGE="en",DEFAULT=NO' in tracks[1]
    assert pitch_hz(ffmpeg, out_dir / "240p" / "media.m3u8") == pytest.approx(440, rel=0.02)
    assert pitch_hz(ffmpeg, out_dir / "audio-2" / "media.m3u8") == pytest.approx(880, rel=0.02)


def test_a_second_language_goes_on_to_the_end_without_a_gap(packaged_lesson: Packaged) -> None:
    folder = packaged_lesson[0] / "audio-2"
    segments = [read_segment(file.read_bytes()) for file in sorted(folder.glob("*.ts"))]
    starts = [min(times) for segment in segments for times in segment.audio_pts.values()]
    lengths = [segment.audio_frames * 1920 for segment in segments]  # ticks of 1024 samples
    assert [b - a for a, b in itertools.pairwise(starts)] == lengths[:-1]
    assert abs(sum(lengths) / 90_000 - 10) < 0.05


def test_the_same_source_gives_the_same_extras(
    lesson_film: Path, packaged_lesson: Packaged, tmp_path: Path
) -> None:
    package_file(lesson_film, tmp_path / "again")
    one, two = ((d / "package.json").read_text() for d in (packaged_lesson[0], tmp_path / "again"))
    assert one == two


def test_the_verifier_reads_foreign_sound_groups_in_fragmented_mp4(
    lesson_film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    chinese = "a:0,agroup:a,language:zh,default:yes"
    subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-i", str(lesson_film), "-map", "0:v", "-map", "0:a:0"]
        + [
            "-map",
            "0:a:1",
            "-c:v",
            "libx264",
            "-c:a",
            "aac",
            "-ac",
            "2",
            "-g",
            "50",
            "-sc_threshold",
            "0",
        ]
        + ["-f", "hls", "-hls_time", "4", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"]
        + ["-var_stream_map", f"v:0,agroup:a {chinese} a:1,agroup:a,language:en"]
        + ["-master_pl_name", "master.m3u8", str(tmp_path / "v%v.m3u8")],
        check=True,
    )
    results = {result.code: result for result in verify(tmp_path).results}
    assert results["audio"].passed, results["audio"]
    assert results["sound_boundaries"].passed, results["sound_boundaries"]
    assert results["renditions_complete"].passed, results["renditions_complete"]
    assert results["timestamps_continuous"].passed, results["timestamps_continuous"]
