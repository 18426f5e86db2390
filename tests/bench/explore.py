"""Try settings of x264 against quality: bits, CPU seconds and VMAF of one encode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from tests.bench import measure, vmaf


@dataclass(frozen=True, kw_only=True)
class Tried:
    """video_bps: of the elementary stream, without container."""

    video_bps: float
    cpu_s: float
    wall_s: float
    quality: vmaf.Quality


def try_settings(
    source: Path, out: Path, arguments: Sequence[str], *, height_px: int = 1080, step: int = 1
) -> Tried:
    """Encode the picture with ``arguments`` (after ``-i``), then compare it with the source.

    step: VMAF over every n-th frame only, n times as fast.
    """
    scaling = ("-vf", f"scale=-2:{height_px}:flags=lanczos") if height_px != 1080 else ()
    cost = measure.ffmpeg("-i", source, *scaling, "-an", *arguments, "-f", "mp4", out)
    return Tried(
        video_bps=video_bits(out) / length_s(out),
        cpu_s=cost.cpu_s,
        wall_s=cost.wall_s,
        quality=vmaf.quality(out, source, step=step),
    )


def video_bits(file: Path) -> int:
    """Bits of the video packets alone."""
    with av.open(str(file)) as container:
        return 8 * sum(packet.size for packet in container.demux(container.streams.video[0]))


def length_s(file: Path) -> float:
    """Of the picture. file: a container that says it."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        assert stream.duration and stream.time_base
        return float(stream.duration * stream.time_base)
