"""Films that were cut off: refused where too much is missing, else kept, and it is told."""

from __future__ import annotations

import itertools
from pathlib import Path

import av
import pytest

from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.reading import decode
from tests.transcode.test_refusals import refusal
from transcode.oneshot import Report, package_file
from transcode.plan import Options

FRONT = ("-movflags", "+faststart")


def codes(report: Report) -> list[str]:
    return [note.code for note in report.plan.treatment.notes]


def cut(whole: Path, folder: Path, kept: float) -> Path:
    content = whole.read_bytes()
    path = folder / f"cut-{whole.name}"
    path.write_bytes(content[: round(len(content) * kept)])
    return path


AAC = ("-c:a", "aac")
# Every picture in its own right, so that bytes and seconds go together.
EVEN = ("-g", "1")
CODECS = {
    "mp4": [*X264, *EVEN, *AAC, *FRONT],
    "mov": [*X264, *EVEN, "-c:a", "pcm_s16le", *FRONT],
    "3gp": ["-c:v", "h263", *EVEN, *AAC, *FRONT],
    "mkv": ["-c:v", "mpeg4", *EVEN, "-c:a", "pcm_s16le"],
    "webm": ["-c:v", "libvpx", *EVEN, "-deadline", "realtime", "-c:a", "libopus"],
    "avi": ["-c:v", "mpeg4", *EVEN, "-c:a", "pcm_s16le"],
    "flv": [*X264, *EVEN, *AAC],
    "wmv": ["-c:v", "wmv2", *EVEN, "-c:a", "wmav2"],
    "ts": [*X264, *EVEN, *AAC],
    "mpg": ["-c:v", "mpeg2video", *EVEN, "-c:a", "mp2"],
}
# Streams of packets have no header that could say how long they are.
ENDLESS = ("ts", "mpg")


def eighteen_seconds(film: Film, ending: str) -> Path:
    fps = "25" if ending == "mpg" else "5"
    return film(f"whole.{ending}", *moving(18, "128x96", fps), *tone(18), *CODECS[ending])


def test_captions_that_go_on_behind_the_picture_make_no_film_damaged(
    film: Film, tmp_path: Path
) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:08,000 --> 00:00:12,000\n谢谢观看\n", encoding="utf-8")
    source = film("thanks.mkv", *moving(4), *tone(4), "-i", words, *X264, "-c:a", "aac")
    assert package_file(source, tmp_path / "out").contents["duration_s"] == pytest.approx(
        4, abs=0.1
    )


@pytest.mark.parametrize("ending", [ending for ending in CODECS if ending not in ENDLESS])
@pytest.mark.parametrize("kept", [0.85, 0.2])
def test_a_film_cut_off_before_nine_tenths_is_damaged(
    film: Film, tmp_path: Path, ending: str, kept: float
) -> None:
    assert refusal(cut(eighteen_seconds(film, ending), tmp_path, kept), tmp_path).code == "damaged"


@pytest.mark.parametrize("ending", ["mp4", "mov", "3gp"])
def test_a_film_that_lost_its_index_is_damaged(film: Film, tmp_path: Path, ending: str) -> None:
    codecs = [code for code in CODECS[ending] if code not in FRONT]
    whole = film(f"index.{ending}", *moving(3, "128x96", "5"), *tone(3), *codecs)
    assert refusal(cut(whole, tmp_path, 0.95), tmp_path).code == "damaged"


@pytest.mark.parametrize("ending", [ending for ending in CODECS if ending not in ENDLESS])
def test_a_film_cut_off_near_its_end_is_kept_and_it_is_told(
    film: Film, tmp_path: Path, ending: str
) -> None:
    source = cut(eighteen_seconds(film, ending), tmp_path, 0.925)
    report = package_file(source, tmp_path / "out")
    assert "cut_off" in codes(report)
    assert 16.2 <= report.plan.duration_s < 17


@pytest.mark.parametrize("ending", ENDLESS)
def test_a_cut_off_stream_is_as_long_as_it_lasts(film: Film, tmp_path: Path, ending: str) -> None:
    source = cut(eighteen_seconds(film, ending), tmp_path, 0.5)
    report = package_file(source, tmp_path / "out")
    assert report.plan.duration_s == pytest.approx(9, abs=0.7)
    assert report.verification.passed


@pytest.mark.parametrize("last", ["audio", "video"])
def test_a_track_that_breaks_off_behind_a_whole_one_makes_a_film_damaged(
    film: Film, tmp_path: Path, last: str
) -> None:
    behind = tmp_path / "behind.mp4"
    places = one_behind_the_other(eighteen_seconds(film, "mp4"), behind, last)
    size_bytes = behind.stat().st_size
    half, most = (places[round(len(places) * kept)] / size_bytes for kept in (0.5, 0.925))
    assert refusal(cut(behind, tmp_path, half), tmp_path).code == "damaged"
    assert "cut_off" in codes(package_file(cut(behind, tmp_path, most), tmp_path / "out"))


def spoiled(whole: Path, path: Path, kind: str, from_s: float, to_s: float = 1e9) -> Path:
    """The packets of one track in this time hold nothing that decodes."""
    content = bytearray(whole.read_bytes())
    with av.open(str(whole)) as container:
        for packet in container.demux(**{kind: 0}):
            if not packet.size or packet.pts is None or packet.pos is None:
                continue
            if from_s <= packet.pts * packet.time_base < to_s:
                content[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(content)
    return path


def test_sound_that_decodes_for_less_than_nine_tenths_makes_a_film_damaged(
    film: Film, tmp_path: Path
) -> None:
    source = spoiled(eighteen_seconds(film, "mp4"), tmp_path / "bad.mp4", "audio", 10)
    assert refusal(source, tmp_path).code == "damaged"


@pytest.mark.parametrize(
    ("kind", "code", "zh"),
    [("video", "lost_picture", "画面有约 1."), ("audio", "lost_sound", "声音有约 1.")],
)
def test_what_is_lost_within_a_film_is_told(
    film: Film, tmp_path: Path, kind: str, code: str, zh: str
) -> None:
    whole = eighteen_seconds(film, "mp4")
    report = package_file(spoiled(whole, tmp_path / "hole.mp4", kind, 9, 10.4), tmp_path / "out")
    (note,) = [note for note in report.notes if note.code.startswith("lost")]
    assert note.code == code
    assert note.zh.startswith(zh)


@pytest.mark.parametrize("gop", ["20", "400"])
def test_a_film_in_chunks_whose_end_decodes_no_more_holds_its_last_good_picture(
    film: Film, tmp_path: Path, ffmpeg: str, gop: str
) -> None:
    """The last chunk has no picture of its own, and neither has what stands before it."""
    codecs = [*X264, "-g", gop, *AAC]
    whole = film("forty.mp4", *moving(43, "128x96", "5"), *tone(43), *codecs)
    source = spoiled(whole, tmp_path / "end.mp4", "video", 39)
    report = package_file(source, tmp_path / "out", options=Options(chunk_s=4, loudness_lufs=None))
    assert len(report.plan.chunks) == 11
    assert [note.code for note in report.notes] == ["lost_picture"]
    assert len(decode(ffmpeg, tmp_path / "out" / "96p" / "media.m3u8")) == 215


def one_behind_the_other(whole: Path, path: Path, last: str) -> list[int]:
    """All of one track, then all of the other; gives where the packets of the latter lie."""
    with av.open(str(whole)) as container:
        tracks = sorted(container.streams, key=lambda stream: stream.type == last)
        # The muxer would wait for the other track and mix them.
        options = {"movflags": "faststart", "max_interleave_delta": "1"}
        with av.open(str(path), "w", options=options) as out:
            copies = {track.index: out.add_stream_from_template(track) for track in tracks}
            for track in tracks:
                container.seek(0)
                for packet in container.demux(track):
                    if packet.size:
                        packet.stream = copies[track.index]
                        out.mux(packet)
    with av.open(str(path)) as container:
        places = {p.pos: p.stream.type for p in container.demux() if p.pos is not None and p.size}
    runs = [list(run) for _, run in itertools.groupby(sorted(places), key=places.__getitem__)]
    return max((run for run in runs if places[run[0]] == last), key=len)
