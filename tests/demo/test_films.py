"""The demonstration films are real: they play, move, sound, and come out the same twice."""

import hashlib
from array import array
from collections.abc import Sequence
from pathlib import Path

import av
import cvttf_NotoSansCJK_Regular
import imageio_ffmpeg
import pytest

from app.demo.clips import CLIPS, make_clip
from app.demo.errors import FilmNotMade
from app.demo.scenes import SCENES

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())
FONT = Path(cvttf_NotoSansCJK_Regular.__file__).parent / "NotoSansCJKtc-Regular.otf"
DURATIONS_S = {clip.slug: clip.duration_s for clip in CLIPS}


def film(slug: str, folder: Path) -> Path:
    out = folder / f"{slug}.mp4"
    make_clip(slug, out, ffmpeg=FFMPEG, font_path=FONT)
    return out


def small_gray(frame: av.VideoFrame) -> bytes:
    return bytes(frame.reformat(width=160, height=90, format="gray").planes[0])


def samples(frame: av.AudioFrame) -> Sequence[float]:
    return array("f", bytes(frame.planes[0]))


def test_a_film_has_picture_and_sound_of_its_length(tmp_path: Path) -> None:
    with av.open(film("sunrise", tmp_path)) as container:
        (video,), (audio,) = container.streams.video, container.streams.audio
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (1280, 720)
        assert video.average_rate == 25
        assert video.frames == DURATIONS_S["sunrise"] * 25
        assert container.duration is not None
        assert abs(container.duration / av.time_base - DURATIONS_S["sunrise"]) < 0.1
        pictures = [small_gray(frame) for frame in container.decode(video)]
    assert 40 < sum(pictures[100]) / len(pictures[100]) < 230
    changes = [abs(a - b) for a, b in zip(pictures[30], pictures[200], strict=True)]
    assert sum(changes) / len(changes) > 3


def test_a_film_can_be_heard(tmp_path: Path) -> None:
    with av.open(film("charts", tmp_path)) as container:
        loudest = max(max(samples(frame)) for frame in container.decode(audio=0))
    assert 0.1 < loudest <= 1.0


def test_the_same_film_has_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, again = film("embroidery", tmp_path), film("embroidery", tmp_path / "again")
    assert (
        hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(again.read_bytes()).digest()
    )


def test_the_phone_film_is_stored_sideways_with_a_mark(tmp_path: Path) -> None:
    with av.open(film("phone-live", tmp_path)) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (1920, 1080)
    assert abs(frame.rotation) == 90


def test_every_film_has_a_scene_of_its_own() -> None:
    assert set(SCENES) == {clip.slug for clip in CLIPS}
    assert all(10 <= clip.duration_s <= 14 for clip in CLIPS)


def test_a_failing_ffmpeg_says_why(tmp_path: Path) -> None:
    with pytest.raises(FilmNotMade, match="No such file"):
        make_clip("charts", tmp_path / "missing" / "x.mp4", ffmpeg=FFMPEG, font_path=FONT)
