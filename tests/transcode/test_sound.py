"""What a household hears: even, in step with the picture, and the track it chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.flaky import flaky_ffmpeg
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
FLASHES = (
    "color=black:s=64x64:r=25:d={},"
    "drawbox=c=white:t=fill:enable='lt(mod(t+0.001,1),0.08)*gte(t,0.99)'"
)
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
    [(0.06, 0), (0.95, 0), (1.9, 0), (0.1, 0.95), (0.3, 0.95)],
    ids=["quiet", "loud", "clipping", "quiet-with-loud-claps", "dynamic"],
)
def test_all_lessons_are_equally_loud_in_every_rung_and_no_peak_clips(
    speak: Speak, tmp_path: Path, ffmpeg: str, voice: float, clap: float
) -> None:
    report = package_file(speak(voice, clap), tmp_path / "out")
    # The floor's 32 kbit/s make rough peaks; they must not clip.
    for (lufs, peak_dbtp), most_dbtp in zip(heard(ffmpeg, tmp_path / "out"), (-1, 0), strict=True):
        assert abs(lufs + 16) <= 1
        assert peak_dbtp <= most_dbtp
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


@pytest.mark.parametrize(("voices", "side"), [("{}|0", "left"), ("0|{}", "right"), ("{}|{}", None)])
def test_a_voice_on_one_side_is_heard_from_both(
    film: Film, tmp_path: Path, ffmpeg: str, voices: str, side: str | None
) -> None:
    sound = "aevalsrc='" + voices.replace("{}", f"0.1*{VOICE}") + "':s=48000:d=10:c=stereo"
    source = film(f"side-{side}.mkv", "-f", "lavfi", "-i", sound, *PICTURE, "-c:a", "flac")
    report = package_file(source, tmp_path / "out")
    assert report.contents["loudness"][0]["only_side"] == side
    for lufs, _ in heard(ffmpeg, tmp_path / "out"):
        assert abs(lufs + 16) <= 1
    playlist = tmp_path / "out" / "120p" / "media.m3u8"
    left, right = (level_db(ffmpeg, playlist, 1, 9, channel=n) for n in (0, 1))
    assert abs(left - right) < 1


def test_silence_and_the_hiss_of_a_device_are_left_alone(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    hiss = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.0003:d=10"]
    report = package_file(film("hiss.mkv", *hiss, *PICTURE, "-c:a", "flac"), tmp_path / "out")
    (told,) = report.contents["loudness"]
    assert (told["gain_db"], told["source_lufs"]) == (0, None)
    assert heard(ffmpeg, tmp_path / "out")[0][0] < -60


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (["volume=-10dB"], [("louder", "声音偏小（−32 LUFS），已提高 16 dB")]),
        (["volume=14dB"], [("softer", "声音偏大（−8 LUFS），已降低 8 dB")]),
        (["volume=6dB"], []),
        (["volume=0"], [("silent_track", "音轨里听不到声音，请检查录音")]),
        (
            ["volume=-14dB", "pan=stereo|c1=c0"],
            [
                ("one_sided", "只有右声道有声音，已让两边都能听到"),
                ("louder", "声音偏小（−36 LUFS），已提高 17 dB"),
            ],
        ),
    ],
    ids=["low", "loud", "right", "silent", "one-sided"],
)
def test_the_editor_reads_how_loud_it_was_and_what_was_done(
    film: Film, tmp_path: Path, sound: list[str], told: list[tuple[str, str]]
) -> None:
    picture = [*moving(3, "160x120", "5"), *tone(3), *X264]
    source = film("loud.mkv", *picture, "-af", ",".join(sound), "-c:a", "pcm_f32le")
    report = package_file(source, tmp_path / "out")
    assert [(note.code, note.zh) for note in report.notes] == told
    assert [note["zh"] for note in report.to_dict()["notes"]] == [zh for _, zh in told]


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


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        # An edit list that leaves out what stands before the cut.
        ("cut.mp4", ["-ss", "0.5", "-i", "WHOLE", "-c", "copy"]),
        # One that begins with nothing: the sound starts later, or the picture.
        ("late-sound.mp4", ["-i", "WHOLE", "-itsoffset", "0.4", "-i", "WHOLE",
                            "-map", "0:v", "-map", "1:a", "-c", "copy"]),
        ("late-picture.mp4", ["-i", "WHOLE", "-itsoffset", "0.3", "-i", "WHOLE",
                              "-map", "1:v", "-map", "0:a", "-c", "copy"]),
        ("early-sound.mkv", ["-i", "WHOLE", "-itsoffset", "-0.25", "-i", "WHOLE", "-map", "0:v",
                             "-map", "1:a", "-c", "copy", "-avoid_negative_ts", "disabled"]),
        ("later.ts", ["-i", "WHOLE", "-itsoffset", "0.2", "-i", "WHOLE", "-map", "0:v",
                       "-map", "1:a", "-c", "copy", "-output_ts_offset", "7000"]),
    ],
)  # fmt: skip
def test_clicks_stay_with_their_flashes_whatever_the_edit_list_says(
    film: Film, tmp_path: Path, name: str, arguments: list[str]
) -> None:
    whole = clicking(film, "step.mp4", codecs=[*X264, "-c:a", "aac", "-ar", "44100"])
    source = film(name, *[str(whole) if a == "WHOLE" else a for a in arguments])
    package_file(source, tmp_path / "out")
    assert_in_step(source, tmp_path / "out")


@pytest.mark.parametrize("rate_hz", [8000, 11025, 32000, 96000])
def test_sound_of_any_rate_stays_in_step_to_the_end(
    film: Film, tmp_path: Path, rate_hz: int
) -> None:
    clicks = ["-f", "lavfi", "-i", CLICKS.format(4).replace("s=48000", f"s={rate_hz}")]
    source = clicking(film, f"r{rate_hz}.mkv", clicks=clicks, codecs=[*X264, "-c:a", "pcm_s16le"])
    package_file(source, tmp_path / "out")
    assert_in_step(source, tmp_path / "out")


def test_one_sample_of_sound_is_enough(film: Film, tmp_path: Path) -> None:
    one = [*tone(1), "-filter_complex", "[1:a]atrim=end_sample=1[a]", "-map", "0", "-map", "[a]"]
    source = film("one-sample.mov", *moving(2, "64x64"), *one, *X264, "-c:a", "pcm_s16le")
    assert package_file(source, tmp_path / "out").verification.passed


@pytest.mark.parametrize(
    ("layout", "channel"), [("5.1", 2), ("5.1", 0), ("5.1", 4), ("7.1", 2), ("mono", 0)]
)
def test_what_any_microphone_heard_is_heard_at_home(
    film: Film, tmp_path: Path, ffmpeg: str, layout: str, channel: int
) -> None:
    """Dialogue is in the centre; sound of the sides and the back must not be lost either."""
    channels = {"5.1": 6, "7.1": 8, "mono": 1}[layout]
    voices = "|".join(f"0.9*{VOICE}" if n == channel else "0" for n in range(channels))
    sound = ["-f", "lavfi", "-i", f"aevalsrc='{voices}':s=48000:d=10:c={layout}"]
    source = film(f"{layout}-{channel}.mkv", *sound, *PICTURE, "-c:a", "flac")
    report = package_file(source, tmp_path / "out")
    assert [n.code for n in report.plan.treatment.notes] == ["downmixed"] * (channels > 2)
    for lufs, peak_dbtp in heard(ffmpeg, tmp_path / "out"):
        assert abs(lufs + 16) <= 1
        assert peak_dbtp <= 0


def spoken(film: Film, name: str, *tracks: tuple[str, str, int], codec: str = "aac") -> Path:
    """A film with tracks of sound. tracks: language, disposition, pitch."""
    arguments = [*moving(4, "64x64")]
    for _, _, pitch_hz in tracks:
        arguments += ["-f", "lavfi", "-i", f"sine=f={pitch_hz}:d=4:r=48000"]
    for n in range(len(tracks) + 1):
        arguments += ["-map", str(n)]
    for n, (language, disposition, _) in enumerate(tracks):
        arguments += [f"-metadata:s:a:{n}", f"language={language}"]
        arguments += [f"-disposition:a:{n}", disposition]
    return film(name, *arguments, *X264, "-c:a", codec)


@pytest.mark.parametrize(
    ("tracks", "main", "further"),
    [
        ([("eng", "0"), ("zho", "0")], 2, ["eng"]),
        ([("eng", "default"), ("zho", "0")], 1, ["zho"]),
        ([("eng", "default"), ("zho", "default")], 2, ["eng"]),
        ([("zho", "default+comment"), ("zho", "0"), ("hmn", "0")], 2, ["hmn"]),
        ([("zho", "visual_impaired"), ("eng", "0")], 2, ["zho"]),
        ([("eng", "0"), ("fra", "0")], 1, ["fra"]),
        ([("und", "0"), ("und", "0")], 1, []),
        ([("zho", "0"), *[(c, "0") for c in ("eng", "hmn", "pcc", "kmc", "iii")]], 1,
         ["eng", "hmn", "pcc", "kmc"]),
    ],
)  # fmt: skip
def test_the_main_track_is_the_files_choice_or_chinese_and_others_are_kept(
    film: Film, tmp_path: Path, tracks: list[tuple[str, str]], main: int, further: list[str]
) -> None:
    name = "-".join(f"{language}{disposition}" for language, disposition in tracks) + ".mkv"
    source = spoken(film, name, *[(a, b, 300 + 200 * n) for n, (a, b) in enumerate(tracks)])
    report = package_file(source, tmp_path / "out")
    assert report.plan.treatment.audio_stream == main
    kept = [track for track in report.plan.audio if not track.main and not track.thin]
    assert [track.language for track in kept] == further
    told = {note.code: note.zh for note in report.plan.treatment.notes}
    assert ("further_tracks" in told) == bool(further)
    assert ("tracks_left_out" in told) == (len(tracks) > 1 + len(further))
    assert [t["track"] for t in report.contents["loudness"]] == ["main", *(t.name for t in kept)]


def test_a_broken_further_track_does_not_harm_the_lesson(film: Film, tmp_path: Path) -> None:
    source = spoken(film, "pair.mkv", ("zho", "default", 300), ("eng", "0", 500), codec="flac")
    content = source.read_bytes()
    second = content.rindex(b"A_FLAC")
    (tmp_path / "broken.mkv").write_bytes(content[:second] + b"A_TTA1" + content[second + 6 :])
    report = package_file(tmp_path / "broken.mkv", tmp_path / "out")
    assert [note.code for note in report.plan.treatment.notes] == ["tracks_left_out"]
    assert report.verification.passed


def test_a_further_track_that_fails_while_encoding_is_told_to_the_editor(
    film: Film, tmp_path: Path
) -> None:
    source = spoken(film, "pair.mkv", ("zho", "default", 300), ("eng", "0", 500))
    flaky = flaky_ffmpeg(tmp_path / "flaky", "[[]0:2[]]", fail=2)
    report = package_file(source, tmp_path / "out", ffmpeg=flaky.path)
    assert flaky.starts()
    told = {note.code: note.zh for note in report.notes}
    assert told["tracks_failed"] == "有 1 条音轨读不出来，没有采用：英语"
    assert report.contents["failed_soundtracks"] == ["eng"]
    assert report.verification.passed
