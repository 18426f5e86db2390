"""What a household hears: even, in step with the picture, and the track it chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.reading import clicks_s, decode, flashes_s, level_db, loudness
from transcode.oneshot import package_file
from transcode.plan import Options

RUNGS = ("120p", "floor")
# A voice with syllables and pauses, and a clap every three seconds.
VOICE = "(0.7*sin(1130*t+2*sin(31*t))+0.3*sin(5600*t))*(0.5+0.5*sin(19*t))*gt(mod(t,4),1)"
CLAP = "sin(9400*t+40*sin(800*t))*exp(-60*mod(t,3))*lt(mod(t,3),0.1)"
PICTURE = [*moving(10, "160x120", "5"), *X264]
# A white picture and a click at each whole second.
FLASHES = "color=black:s=64x64:r=25:d={},drawbox=c=white:t=fill:enable='lt(mod(t+0.001,1),0.08)*gte(t,0.99)'"
CLICKS = "aevalsrc='0.8*lt(mod(t,1),0.0004)*gte(t,1)':s=48000:d={}"

Speak = Callable[[float, float], Path]


@pytest.fixture
def speak(film: Film) -> Speak:
    """``speak(0.05, 0.9)``: ten seconds of a voice and claps, each at its own amplitude."""

    def make(voice: float, clap: float) -> Path:
        sound = f"aevalsrc='{voice}*{VOICE}+{clap}*{CLAP}':s=48000:d=10:c=stereo"
        pcm = ["-c:a", "pcm_f32le"]
        return film(f"voice-{voice}-{clap}.mkv", "-f", "lavfi", "-i", sound, *PICTURE, *pcm)

    return make


def heard(ffmpeg: str, out_dir: Path) -> list[tuple[float, float]]:
    return [loudness(ffmpeg, out_dir / rung / "media.m3u8") for rung in RUNGS]


@pytest.mark.parametrize(
    ("voice", "clap"),
    [(0.06, 0), (0.95, 0), (1.9, 0), (0.07, 0.95), (0.3, 0.95)],
    ids=["quiet", "loud", "clipping", "quiet-with-loud-claps", "dynamic"],
)
def test_all_lessons_are_equally_loud_in_every_rung_and_no_peak_clips(
    speak: Speak, tmp_path: Path, ffmpeg: str, voice: float, clap: float
) -> None:
    report = package_file(speak(voice, clap), tmp_path / "out")
    for lufs, peak_dbtp in heard(ffmpeg, tmp_path / "out"):
        assert abs(lufs + 16) <= 1
        assert peak_dbtp <= -1
    (told,) = report.contents["loudness"]
    assert abs(told["lufs"] - heard(ffmpeg, tmp_path / "out")[0][0]) <= 0.2
    assert told["limited"] == (clap > 0)


def test_a_voice_keeps_its_pauses_when_claps_are_cut(
    speak: Speak, tmp_path: Path, ffmpeg: str
) -> None:
    report = package_file(speak(0.07, 0.95), tmp_path / "out")
    (told,) = report.contents["loudness"]
    # Between the claps only the one gain is at work, and the pause stays as deep as it was.
    source, playlist = speak(0.07, 0.95), tmp_path / "out" / "120p" / "media.m3u8"
    before, after = (level_db(ffmpeg, path, 5.3, 5.8) for path in (source, playlist))
    assert after - before == pytest.approx(told["gain_db"], abs=1)
    assert level_db(ffmpeg, playlist, 4.3, 4.8) < after - 40


def test_very_quiet_sound_is_lifted_by_twenty_decibels_and_no_more(
    speak: Speak, tmp_path: Path, ffmpeg: str
) -> None:
    report = package_file(speak(0.005, 0), tmp_path / "out")
    (told,) = report.contents["loudness"]
    assert told["gain_db"] == 20
    assert told["lufs"] == pytest.approx(told["source_lufs"] + 20, abs=0.5)
    assert heard(ffmpeg, tmp_path / "out")[0][0] < -20


def test_silence_and_the_hiss_of_a_device_are_left_alone(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    hiss = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.0003:d=10"]
    report = package_file(film("hiss.mkv", *hiss, *PICTURE, "-c:a", "flac"), tmp_path / "out")
    (told,) = report.contents["loudness"]
    assert (told["gain_db"], told["source_lufs"]) == (0, None)
    assert heard(ffmpeg, tmp_path / "out")[0][0] < -60


def test_a_setting_moves_the_loudness_or_leaves_it_alone(
    speak: Speak, tmp_path: Path, ffmpeg: str
) -> None:
    source = speak(0.06, 0)
    package_file(source, tmp_path / "soft", options=Options(loudness_lufs=-23))
    left = package_file(source, tmp_path / "left", options=Options(loudness_lufs=None))
    assert heard(ffmpeg, tmp_path / "soft")[0][0] == pytest.approx(-23, abs=1)
    assert heard(ffmpeg, tmp_path / "left")[0][0] == pytest.approx(
        loudness(ffmpeg, source)[0], abs=0.5
    )
    assert left.contents["loudness"] == []


def test_the_same_sound_gives_the_same_bytes(speak: Speak, tmp_path: Path) -> None:
    one, two = (package_file(speak(0.3, 0.95), tmp_path / name) for name in ("one", "two"))
    assert one.contents == two.contents


def clicking(film: Film, name: str, *, clicks: list[str] | None = None, codecs: list[str]) -> Path:
    """Four seconds with a flash and a click at each whole second."""
    sound = clicks or ["-f", "lavfi", "-i", CLICKS.format(4)]
    return film(name, "-f", "lavfi", "-i", FLASHES.format(4), *sound, *codecs)


def assert_in_step(source: Path, out_dir: Path, by_s: float = 0.005) -> None:
    """In every rung each click is as far from its flash as in the source."""
    expected = offsets(source)
    top = next(path for path in out_dir.iterdir() if path.is_dir() and path.name.endswith("p"))
    for rung in (top, out_dir / "floor"):
        found = offsets(rung / "media.m3u8")
        assert len(found) == len(expected)
        # The floor shows fewer pictures: half as many, and a flash is late by one at most.
        late = 0.041 if rung.name == "floor" else 0
        assert all(-by_s <= a - b <= by_s + late for a, b in zip(expected, found, strict=True))


def offsets(path: Path) -> list[float]:
    flashes = flashes_s(path)
    clicks = [at for at in clicks_s(path) if at > flashes[0] - 0.5]
    return [click - flash for click, flash in zip(clicks, flashes, strict=False)]


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("step.mp4", [*X264, "-c:a", "aac", "-ar", "44100"]),
        ("step.mov", [*X264, "-c:a", "pcm_s16le"]),
        ("step.mkv", [*X264, "-c:a", "ac3"]),
        ("step.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"]),
        ("step.ts", [*X264, "-c:a", "mp2"]),
        ("step.mpg", ["-c:v", "mpeg2video", "-c:a", "mp2"]),
        ("step.avi", ["-c:v", "mpeg4", "-c:a", "pcm_s16le", "-ar", "22050"]),
        ("step.flv", ["-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"]),
        ("step.wmv", ["-c:v", "wmv2", "-c:a", "wmav2"]),
    ],
)
def test_clicks_stay_with_their_flashes_whatever_the_container(
    film: Film, tmp_path: Path, name: str, codecs: list[str]
) -> None:
    source = clicking(film, name, codecs=codecs)
    package_file(source, tmp_path / "out")
    assert_in_step(source, tmp_path / "out")


def test_the_limiter_moves_no_sample(film: Film, tmp_path: Path) -> None:
    source = clicking(film, "pcm.mov", codecs=[*X264, "-c:a", "pcm_f32le"])
    report = package_file(source, tmp_path / "out")
    assert report.contents["loudness"][0]["limited"]
    playlist = tmp_path / "out" / "64p" / "media.m3u8"
    start = flashes_s(playlist)[0] - flashes_s(source)[0]
    for there, here in zip(clicks_s(source), clicks_s(playlist), strict=True):
        assert abs(here - start - there) < 0.001


@pytest.mark.parametrize("seconds", [3.7, 4.0, 4.01])
def test_sound_lasts_exactly_as_long_as_the_picture(
    film: Film, tmp_path: Path, ffmpeg: str, seconds: float
) -> None:
    """Short, exact and long sound are padded or cut to the sample; the codec adds its frame."""
    source = film(f"s{seconds}.mkv", *moving(4, "64x64"), *tone(seconds), *X264, "-c:a", "flac")
    package_file(source, tmp_path / "out")
    lines = decode(ffmpeg, tmp_path / "out" / "64p" / "media.m3u8", "a")
    samples = sum(int(line.split(",")[3]) for line in lines)
    assert 4 * 48_000 <= samples < 4 * 48_000 + 2 * 1024 + 1024
