"""Frames worth looking at, as JPEG in three sizes: the best one, and three to choose from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame

from transcode import pictures
from transcode.ladder import fit
from transcode.plan import Plan

POSTER, SMALL_POSTER = "poster.jpg", "poster-small.jpg"
CANDIDATES = 3
# So many pictures are looked at: enough to meet every scene of a lesson, 0.1 s of work.
_LOOKED_AT = 48
# With fewer key frames than this to choose from, any picture of the film may become the poster,
# although it costs decoding up to a whole GOP.
_ENOUGH_KEY_FRAMES = 12
_LOOK_PX = (160, 90)
_GIST_PX = (16, 9)
# Mean difference of two gists, of 255: less is the same scene.
_UNLIKE = 12
# Share of the film between two moments of one scene, and by how much they differ: less is what
# coding does to a picture that stands still.
_APART, _MOVED = 0.15, 0.5


@dataclass(frozen=True, kw_only=True)
class _Size:
    ending: str
    width_px: int
    height_px: int
    limit_bytes: int


_SIZES = (
    _Size(ending=".jpg", width_px=1280, height_px=720, limit_bytes=100_000),
    _Size(ending="-medium.jpg", width_px=640, height_px=360, limit_bytes=40_000),
    _Size(ending="-small.jpg", width_px=320, height_px=180, limit_bytes=15_000),
)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What is seen of a picture at a glance."""

    number: int
    at: float  # share of the film before it
    mean: float
    contrast: float
    sharpness: float
    gist: bytes

    @property
    def dull(self) -> bool:
        """Black, white, or of one colour: the beginning of many films."""
        return self.mean < 40 or self.mean > 225 or self.contrast < 12


def write_posters(
    plan: Plan, iframes: Sequence[Path], videos: Sequence[Path], out_dir: Path
) -> list[float]:
    """Write the candidates and the best of them in each size; gives where they are, in seconds.

    iframes: of the chunks, in order: what is looked at. videos: the same of the best rung.
    """
    looks = [_look(plan, n, f) for n, f in pictures.iframe_pictures(plan, iframes, _places(plan))]
    chosen = choose(looks)
    for number, look in enumerate(chosen, 1):
        frame = pictures.frame_at(plan, videos, look.number * plan.iframes.frame_step)
        for size in _SIZES:
            width, height = fit(frame.width, frame.height, size.width_px, size.height_px)
            picture = pictures.for_jpeg(frame, width, height)
            content = pictures.jpeg_within(picture, size.limit_bytes)
            for name in ["poster"] * (number == 1) + [f"poster-{number}"]:
                (out_dir / f"{name}{size.ending}").write_bytes(content)
    return [round(look.number * plan.iframes.frame_step / float(plan.fps), 3) for look in chosen]


def _places(plan: Plan) -> list[int]:
    """The numbers of the I-frames to look at: where the rungs have key frames, if those do."""
    step = plan.iframes.frame_step
    count = -(-plan.total_frames // step)
    on_keys = [n for n in range(count) if n * step % plan.gop_frames == 0]
    places = on_keys if len(on_keys) >= _ENOUGH_KEY_FRAMES else list(range(count))
    every = max(1.0, len(places) / _LOOKED_AT)
    return [places[int(k * every)] for k in range(math.ceil(len(places) / every))]


def _look(plan: Plan, number: int, frame: VideoFrame) -> _Look:
    seen = pictures.luma(frame, *_LOOK_PX)
    mean = sum(seen) / len(seen)
    return _Look(
        number=number,
        at=number * plan.iframes.frame_step / plan.total_frames,
        mean=mean,
        contrast=math.sqrt(sum((value - mean) ** 2 for value in seen) / len(seen)),
        sharpness=_sharpness(seen, _LOOK_PX[0]),
        gist=pictures.luma(frame, *_GIST_PX),
    )


def _sharpness(grey: bytes, width: int) -> float:
    """Mean square of the Laplacian: edges raise it, blur takes it away."""
    here = grey[width + 1 : -width - 1]
    around = (grey[1:], grey[2 * width + 1 :], grey[width:], grey[width + 2 :])
    edges = (a + b + c + d - 4 * e for a, b, c, d, e in zip(*around, here, strict=False))
    return sum(edge * edge for edge in edges) / len(here)


def choose(looks: Sequence[_Look]) -> list[_Look]:
    """The best first; each of the others is unlike those before it, or of quite another moment, as
    far as the film allows."""
    usual = sorted(look.sharpness for look in looks)[len(looks) // 2] or 1.0
    ranked = sorted(looks, key=lambda look: (-_worth(look, usual), look.number))
    fit_to_see = [look for look in ranked if not (look.dull or _blurred(look, usual))]
    chosen: list[_Look] = []
    for unlike in (_UNLIKE, _UNLIKE / 3):
        for look in fit_to_see or ranked[:1]:
            if len(chosen) < CANDIDATES and all(_difference(look, c) >= unlike for c in chosen):
                chosen.append(look)
    # Of one scene, other moments: eyes are open in one of them.
    for look in fit_to_see:
        if len(chosen) < CANDIDATES and all(_another_moment(look, c) for c in chosen):
            chosen.append(look)
    return chosen


def _worth(look: _Look, usual_sharpness: float) -> float:
    """Contrast and edges count; of equals the one in the second fifth of the film wins."""
    edges = 20 * min(look.sharpness / usual_sharpness, 1.5)
    spoilt = 100 * look.dull + 50 * _blurred(look, usual_sharpness)
    return min(look.contrast, 60) + edges - spoilt - 20 * abs(look.at - 0.3)


def _blurred(look: _Look, usual_sharpness: float) -> bool:
    """By the standard of its own film: a soft lens makes every picture soft."""
    return look.sharpness < 0.3 * usual_sharpness


def _another_moment(one: _Look, two: _Look) -> bool:
    return abs(one.at - two.at) >= _APART and _difference(one, two) >= _MOVED


def _difference(one: _Look, two: _Look) -> float:
    return sum(abs(a - b) for a, b in zip(one.gist, two.gist, strict=True)) / len(one.gist)
