"""The arithmetic of rungs: sizes that never grow, rates, and the lowest sufficient level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the full ladder, before it is fitted to a source.

    crf and cap: measured on slides, talk and field (veryfast, lookahead 30, trellis 1).
    """

    height_px: int
    width_px: int
    crf: float
    max_bps: int
    profile: str
    audio: str


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One rendition to make."""

    name: str  # its folder
    width_px: int
    height_px: int
    fps: Fraction
    frame_step: int  # takes every n-th frame of the common grid
    crf: float
    max_bps: int
    buffer_bits: int
    profile: str
    level: str
    preset: str
    audio: str  # name of the audio track that is muxed in
    expected_bps: int = 0  # of the picture, by the probe encodes; 0: not known
    codec: str = "h264"  # or "hevc"


@dataclass(frozen=True, kw_only=True)
class IFrames:
    """The stream for fast winding: a small key frame about every second, and nothing else."""

    width_px: int
    height_px: int
    fps: Fraction
    frame_step: int  # takes every n-th frame of the common grid
    crf: float
    profile: str
    level: str


STEPS = (
    Step(height_px=1080, width_px=1920, crf=25, max_bps=4_500_000, profile="high", audio="stereo"),
    Step(height_px=720, width_px=1280, crf=25, max_bps=2_500_000, profile="high", audio="stereo"),
    Step(height_px=480, width_px=854, crf=26, max_bps=1_200_000, profile="high", audio="stereo96"),
    Step(height_px=360, width_px=640, crf=26, max_bps=800_000, profile="main", audio="stereo96"),
)
# Peak of the floor with sound and packaging must stay under 192 kbit/s, also in a last segment of
# only two seconds. The buffer model allows max_bps × 2 s + buffer = 290 kbit of picture; 36 kbit/s
# of loud sound and 4 % of transport packets make 188 kbit/s; full segments of 4 s come to 172.
FLOOR = Step(height_px=240, width_px=426, crf=28, max_bps=115_000, profile="main", audio="mono")
FLOOR_BUFFER_BITS = 60_000
# Who listens to a further track on the floor fetches its 36 kbit/s beside the muxed ones.
FLOOR_BESIDE_SOUND_BPS = 76_000
FLOOR_MAX_FPS = 15
FLOOR_NAME = "floor"
# What a viewer sees while winding fills a part of the screen for an instant.
IFRAMES_BOX_PX = (320, 180)
IFRAMES_CRF = 28
# Nothing caps them: what busy ones of that size take.
IFRAMES_USUAL_BPS = 400_000
# A rung less than a tenth larger than the next one costs CPU and storage and shows nothing more.
LEAST_GROWTH = 1.1

# H.264 table A-1: macroblocks a second, a frame, and in the buffer of decoded pictures; bit/s and
# buffer bits of the Main profile. 1b is left out: its mark is a flag that some decoders ignore.
_LEVELS = {
    "1.0": (1_485, 99, 396, 64_000, 175_000),
    "1.1": (3_000, 396, 900, 192_000, 500_000),
    "1.2": (6_000, 396, 2_376, 384_000, 1_000_000),
    "1.3": (11_880, 396, 2_376, 768_000, 2_000_000),
    "2.0": (11_880, 396, 2_376, 2_000_000, 2_000_000),
    "2.1": (19_800, 792, 4_752, 4_000_000, 4_000_000),
    "2.2": (20_250, 1_620, 8_100, 4_000_000, 4_000_000),
    "3.0": (40_500, 1_620, 8_100, 10_000_000, 10_000_000),
    "3.1": (108_000, 3_600, 18_000, 14_000_000, 14_000_000),
    "3.2": (216_000, 5_120, 20_480, 20_000_000, 20_000_000),
    "4.0": (245_760, 8_192, 32_768, 20_000_000, 25_000_000),
    "4.1": (245_760, 8_192, 32_768, 50_000_000, 62_500_000),
    "4.2": (522_240, 8_704, 34_816, 50_000_000, 62_500_000),
}
# What x264 asks decoders to keep where B-frames refer to B-frames.
_KEPT_PICTURES = 4


def make_rungs(
    width_px: int, height_px: int, fps: Fraction, *, further_sound: bool = False
) -> tuple[Rung, ...]:
    """The ladder of a source, largest first, the floor last. further_sound: whether viewers may
    choose another track than the main one."""
    rungs: list[Rung] = []
    for step in reversed(STEPS):
        width, height = fit(width_px, height_px, step.width_px, step.height_px)
        if not rungs or width * height >= LEAST_GROWTH**2 * rungs[0].width_px * rungs[0].height_px:
            rungs.insert(0, _rung(step, width, height, fps))
    floor_bps = FLOOR_BESIDE_SOUND_BPS if further_sound else FLOOR.max_bps
    return (*rungs, _floor(width_px, height_px, fps, floor_bps))


def make_iframes(
    rungs: Sequence[Rung], fps: Fraction, segment_frames: int, segment_s: int
) -> IFrames:
    """The I-frame stream of a ladder. Its pictures lie on the segment grid, so a segment holds a
    whole number of them: one a second where that divides, else one every two or four."""
    count = next(n for n in (segment_s, segment_s // 2, 1) if segment_frames % n == 0)
    step = segment_frames // count
    width, height = fit(rungs[0].width_px, rungs[0].height_px, *IFRAMES_BOX_PX)
    return IFrames(
        width_px=width,
        height_px=height,
        fps=fps / step,
        frame_step=step,
        crf=IFRAMES_CRF,
        profile="main",
        level=level(width, height, fps / step, IFRAMES_USUAL_BPS, 2 * IFRAMES_USUAL_BPS),
    )


def fit(width_px: int, height_px: int, box_width_px: int, box_height_px: int) -> tuple[int, int]:
    """The largest even size of the same shape inside the box, never larger than the source."""
    scale = min(Fraction(1), Fraction(box_width_px, width_px), Fraction(box_height_px, height_px))
    return _even(width_px, scale), _even(height_px, scale)


def _even(length_px: int, scale: Fraction) -> int:
    """The nearest, up to the source's own; encoders take no less than a macroblock."""
    return max(16, min(round(length_px * scale / 2), length_px // 2) * 2)


def level(width_px: int, height_px: int, fps: Fraction, max_bps: int, buffer_bits: int) -> str:
    """The lowest H.264 level that holds picture size, frame rate, bit rate and buffers."""
    blocks = -(-width_px // 16) * -(-height_px // 16)
    needs: tuple[Fraction | int, ...] = (
        blocks * fps, blocks, blocks * _KEPT_PICTURES, max_bps, buffer_bits,
    )  # fmt: skip
    return next(
        name
        for name, most in _LEVELS.items()
        if all(need <= limit for need, limit in zip(needs, most, strict=True))
    )


def _rung(step: Step, width_px: int, height_px: int, fps: Fraction) -> Rung:
    fills_box = width_px == step.width_px or height_px == step.height_px
    # More than 30 frames a second need more bits, but neighbours are alike: not twice as many.
    max_bps = step.max_bps * 3 // 2 if fps > 30 else step.max_bps
    return Rung(
        name=f"{step.height_px if fills_box else height_px}p",
        width_px=width_px,
        height_px=height_px,
        fps=fps,
        frame_step=1,
        crf=step.crf,
        max_bps=max_bps,
        buffer_bits=2 * max_bps,
        profile=step.profile,
        level=level(width_px, height_px, fps, max_bps, 2 * max_bps),
        preset="veryfast",
        audio=step.audio,
    )


def _floor(width_px: int, height_px: int, fps: Fraction, max_bps: int) -> Rung:
    width, height = fit(width_px, height_px, FLOOR.width_px, FLOOR.height_px)
    step = floor_frame_step(fps)
    return Rung(
        name=FLOOR_NAME,
        width_px=width,
        height_px=height,
        fps=fps / step,
        frame_step=step,
        crf=FLOOR.crf,
        max_bps=max_bps,
        buffer_bits=FLOOR_BUFFER_BITS,
        profile=FLOOR.profile,
        level=level(width, height, fps / step, max_bps, FLOOR_BUFFER_BITS),
        # Few pixels: a slow preset costs next to nothing, and here every bit is dear.
        preset="medium",
        audio=FLOOR.audio,
    )


def floor_frame_step(fps: Fraction) -> int:
    """1, 2 or 4: divides every four-second segment of the standard rates."""
    return next((step for step in (1, 2, 4) if fps / step <= FLOOR_MAX_FPS), 4)
