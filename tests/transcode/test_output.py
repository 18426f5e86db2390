"""What comes out of the encoders, as the bytes say and as decoders see it."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from tests.transcode.conftest import X264, Film, PackagedOnce, moving, tone
from tests.transcode.reading import pictures
from transcode.ladder import Rung
from transcode.mpegts import read_segment
from transcode.oneshot import Report, package_file
from transcode.plan import Options

Packaged = tuple[Path, Report]
PROFILES = {66: "baseline", 77: "main", 100: "high"}
BT709 = 1  # of primaries, transfer and matrix alike (ISO/IEC 23091-2)


@pytest.fixture(
    scope="module",
    params=[("1280x720", "25"), ("720x576", "50"), ("426x240", "30000/1001")],
    ids=lambda shape: "@".join(shape).replace("/", ":"),
)
def of_a_shape(request: pytest.FixtureRequest, packaged_once: PackagedOnce) -> Packaged:
    """Tagged as old television is, with pixels that aren't square, in stereo."""
    size, fps = request.param
    old = ["-vf", "setsar=16/15", "-colorspace", "smpte170m", "-color_primaries", "smpte170m"]
    both = ["-filter_complex", "[1:a][2:a]amerge[a]", "-map", "0:v", "-map", "[a]"]
    name = f"old-{size}-{fps.partition('/')[0]}.mp4"
    inputs = [*moving(3, size, fps), *tone(3), *tone(3, 660)]
    return packaged_once(name, *inputs, *both, *old, *X264, "-c:a", "aac", "-ar", "44100")


def segments(packaged: Packaged) -> list[tuple[Rung, Path]]:
    folder, report = packaged
    return [
        (rung, file) for rung in report.plan.rungs for file in (folder / rung.name).glob("*.ts")
    ]


def test_profile_and_level_are_those_of_the_plan(of_a_shape: Packaged) -> None:
    for rung, file in segments(of_a_shape):
        sps = read_segment(file.read_bytes()).sps
        assert sps
        assert PROFILES[sps.profile] == rung.profile
        assert f"{sps.level // 10}.{sps.level % 10}" == rung.level
        assert (sps.width_px, sps.height_px, sps.fps) == (rung.width_px, rung.height_px, rung.fps)


def test_pictures_are_square_and_in_the_colours_of_bt709(of_a_shape: Packaged) -> None:
    for _, file in segments(of_a_shape):
        with av.open(str(file)) as container:
            stream = container.streams.video[0]
            assert stream.sample_aspect_ratio in (None, 1)
            assert stream.codec_context.sample_aspect_ratio in (None, 1)
        for frame in pictures(file):
            tags = (frame.color_primaries, frame.color_trc, frame.colorspace)
            assert [int(tag) for tag in tags] == [BT709] * 3
            assert (frame.format.name, frame.interlaced_frame) == ("yuv420p", False)


def test_sound_is_aac_lc_in_stereo_and_on_the_floor_in_mono(of_a_shape: Packaged) -> None:
    for rung, file in segments(of_a_shape):
        adts = read_segment(file.read_bytes()).adts
        assert adts
        channels = 1 if rung.name == "floor" else 2
        assert (adts.object_type, adts.rate_hz, adts.channels) == (2, 48_000, channels)
        with av.open(str(file)) as container:
            sound = container.streams.audio[0]
            assert (sound.codec_context.name, sound.profile) == ("aac", "LC")


def test_key_frames_every_two_seconds_are_possible(film: Film, tmp_path: Path) -> None:
    source = film("gops.mp4", *moving(9, "320x180"), *tone(9), *X264, "-c:a", "aac")
    report = package_file(source, tmp_path / "out", options=Options(gop_s=2))
    assert report.verification.passed
    for rung in report.plan.rungs:
        files = sorted((tmp_path / "out" / rung.name).glob("*.ts"))
        keys = [frame.key_frame for file in files for frame in pictures(file)]
        gop = report.plan.gop_frames // rung.frame_step
        assert keys == [n % gop == 0 for n in range(report.plan.total_frames // rung.frame_step)]
        assert gop / rung.fps == 2
