"""Decisions, as tables."""

from __future__ import annotations

import json
from array import array
from fractions import Fraction

import pytest

from transcode.chunks import cut
from transcode.clock import frame_rate
from transcode.fields import Fields
from transcode.ladder import fit, level, make_rungs
from transcode.plan import Options, Plan, make_plan
from transcode.probe import AudioTrack, Source, VideoTrack
from transcode.triage import standard_fps, triage

NTSC = Fraction(30000, 1001)


def a_source(
    width_px: int = 1920,
    height_px: int = 1080,
    fps: Fraction = Fraction(25),
    duration_s: float = 100,
    sound: bool = True,
) -> Source:
    video = VideoTrack(
        stream=0, codec="h264", width_px=width_px, height_px=height_px, coded_width_px=width_px,
        coded_height_px=height_px, rotation_deg=0, fps=fps, variable_rate=False, interlaced=False,
        pixel_format="yuv420p", hdr=None, matrix=None, full_range=False,
        starts_s=array("d", (float(n / fps) for n in range(round(duration_s * fps)))),
        key_gap_s=2, start_s=0, end_s=duration_s,
    )  # fmt: skip
    audio = AudioTrack(
        stream=1, codec="aac", channels=2, rate_hz=48000, language=None, start_s=0, end_s=duration_s
    )
    return Source(
        container="matroska,webm", size_bytes=1, declared_duration_s=duration_s, clock_zero_s=0,
        video=video, audio=(audio,) if sound else (),
        streams=2, cover_pictures=0, readable_to_end=True,
    )  # fmt: skip


def a_plan(chunk_s: int = 60, gop_s: int = 4, sha: str = "ab", **source: object) -> Plan:
    looked_at = a_source(**source)  # type: ignore[arg-type]
    options = Options(chunk_s=chunk_s, gop_s=gop_s)
    return make_plan(looked_at, triage(looked_at), source_sha256=sha, options=options)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), "1080p:1920x1080 720p:1280x720 480p:854x480 360p:640x360 floor:426x240"),
        ((3840, 2160), "1080p:1920x1080 720p:1280x720 480p:854x480 360p:640x360 floor:426x240"),
        ((1280, 720), "720p:1280x720 480p:854x480 360p:640x360 floor:426x240"),
        ((1000, 562), "562p:1000x562 480p:854x480 360p:640x360 floor:426x240"),
        ((1920, 800), "1080p:1920x800 720p:1280x534 480p:854x356 360p:640x266 floor:426x178"),
        ((1080, 1920), "1080p:608x1080 720p:404x720 480p:270x480 360p:202x360 floor:136x240"),
        ((720, 576), "576p:720x576 480p:600x480 360p:450x360 floor:300x240"),
        ((640, 360), "360p:640x360 floor:426x240"),
        ((320, 240), "240p:320x240 floor:320x240"),
        ((321, 181), "180p:320x180 floor:320x180"),
        ((323, 183), "182p:322x182 floor:322x182"),
    ],
)
def test_rungs_never_exceed_the_source_and_keep_its_shape(
    size: tuple[int, int], expected: str
) -> None:
    rungs = make_rungs(*size, Fraction(25))
    assert " ".join(f"{r.name}:{r.width_px}x{r.height_px}" for r in rungs) == expected


@pytest.mark.parametrize(
    ("width", "height", "fps", "bps", "expected"),
    [
        (1920, 1080, Fraction(30), 4_500_000, "4.0"),
        (1920, 1080, Fraction(60), 6_750_000, "4.2"),
        (1280, 720, Fraction(25), 2_500_000, "3.1"),
        (1280, 720, Fraction(60), 3_750_000, "3.2"),
        (854, 480, Fraction(25), 1_200_000, "3.0"),
        (854, 480, Fraction(30), 1_200_000, "3.1"),
        (854, 480, Fraction(12), 1_200_000, "2.2"),
        # The buffer, twice the rate, and room for four pictures count as well.
        (320, 240, Fraction(25), 768_000, "1.3"),
        (320, 240, Fraction(25), 1_000_000, "2.0"),
        (320, 240, Fraction(25), 1_010_000, "2.1"),
        (320, 240, Fraction(12), 115_000, "1.2"),
        (320, 240, Fraction(10), 115_000, "1.2"),
        (176, 144, Fraction(15), 115_000, "1.1"),
        (160, 90, Fraction(15), 60_000, "1.0"),
    ],
)
def test_levels_are_the_lowest_that_suffice(
    width: int, height: int, fps: Fraction, bps: int, expected: str
) -> None:
    assert level(width, height, fps, bps, 2 * bps) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Fraction(25), Fraction(25)),
        (Fraction(2997, 100), NTSC),
        (Fraction(23976, 1000), Fraction(24000, 1001)),
        (Fraction(120), Fraction(60)),
        (Fraction(100), Fraction(50)),
        (Fraction(2917, 100), NTSC),
        (Fraction(1), Fraction(5)),
        (Fraction(83, 10), Fraction(8)),
        (Fraction(2000, 33), Fraction(60)),
        (Fraction(125, 2), Fraction(60)),
    ],
)
def test_rates_become_the_nearest_standard_rate(found: Fraction, expected: Fraction) -> None:
    assert standard_fps(found) == expected


def test_a_dropped_frame_does_not_make_a_rate_variable() -> None:
    starts = [n * 40 for n in range(500) if n != 250]
    assert frame_rate(starts, Fraction(1, 1000))[1] is False


@pytest.mark.parametrize(
    ("packets", "order", "expected"),
    [(100, "tff", False), (200, "bff", True), (198, "tff", True), (200, None, False)],
)
def test_camcorders_that_write_a_packet_a_field_are_seen_through(
    packets: int, order: str | None, expected: bool
) -> None:
    fields = Fields(order=order, frame_ticks=3600)
    assert fields.pairs(packets, 0, 100 * 3600) is expected


def test_a_screen_that_moves_for_a_short_while_is_as_fast_as_it_moves() -> None:
    still = [n * 200 for n in range(50)]
    moving = [10_000 + n * 16 for n in range(60)]
    rate, variable = frame_rate([*still, *moving], Fraction(1, 1000))
    assert (round(rate), variable) == (62, True)


def test_sixty_pictures_a_second_on_a_clock_of_milliseconds_stay_sixty() -> None:
    moving = [round(n * 1000 / 60) for n in range(1000)]
    still = [moving[-1] + n * 1000 for n in range(1, 81)]
    rate, variable = frame_rate([*moving, *still], Fraction(1, 1000))
    assert (standard_fps(rate), variable) == (60, True)


def test_jitter_is_not_speed() -> None:
    starts = [n * 33 + (8 if n % 2 else -8) for n in range(300)]
    rate, _ = frame_rate(starts, Fraction(1, 1000))
    assert 29.5 < rate < 31


def test_screen_recordings_with_pauses_are_variable_at_their_usual_rate() -> None:
    starts = [second * 1000 + n * 50 for second in range(20) for n in range(10)]
    assert frame_rate(starts, Fraction(1, 1000)) == (Fraction(20), True)


@pytest.mark.parametrize("fps", [Fraction(25), NTSC, Fraction(60), Fraction(24000, 1001)])
@pytest.mark.parametrize("gop_s", [2, 4])
def test_chunks_segments_and_gops_share_one_grid(fps: Fraction, gop_s: int) -> None:
    plan = a_plan(fps=fps, duration_s=400, gop_s=gop_s)
    assert abs(plan.segment_frames / plan.fps - 4) < 0.01
    assert plan.segment_frames * gop_s == plan.gop_frames * 4
    assert all(plan.gop_frames % rung.frame_step == 0 for rung in plan.rungs)
    assert all(plan.total_frames % rung.frame_step == 0 for rung in plan.rungs)
    assert all(chunk.start_frame % plan.segment_frames == 0 for chunk in plan.chunks)


@pytest.mark.parametrize(("segments", "lengths"), [
    (1, [1]), (15, [15]), (20, [20]), (24, [15, 9]), (37, [15, 22]), (45, [15, 15, 15]),
])  # fmt: skip
def test_a_short_remainder_joins_the_last_chunk(segments: int, lengths: list[int]) -> None:
    chunks = cut(segments * 100, 100, 15)
    assert [chunk.frames // 100 for chunk in chunks] == lengths
    assert sum(chunk.frames for chunk in chunks) == segments * 100


def test_the_same_source_and_settings_make_the_same_plan() -> None:
    assert a_plan().hash == a_plan().hash
    assert len({a_plan().hash, a_plan(chunk_s=30).hash, a_plan(sha="cd").hash}) == 3


def test_a_plan_survives_being_stored_as_json() -> None:
    plan = a_plan(fps=NTSC, sound=False)
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def test_fitting_never_enlarges() -> None:
    assert fit(640, 360, 1920, 1080) == (640, 360)
