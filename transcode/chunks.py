"""Where a film is cut to be encoded in parts, and where decoding each of them begins."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcode.probe import Source
from transcode.triage import Treatment

# Containers without an index: a seek lands anywhere, so decoding starts well before, and in any
# case before the key frame.
_SEEKS_BADLY = ("mpeg", "mpegts", "flv", "asf", "avi", "rm", "dv", "ogg")
_LEAST_SEEK_MARGIN_S = 12


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A run of whole segments (the last one may end early), on the common frame grid.

    source_frames: pictures of the source that begin in it, to tell how many of them decoded. Of
    a screen recording they may all lie in one chunk.
    """

    index: int
    start_frame: int
    frames: int
    source_frames: int = 0


def last_picture_frame(source: Source, treatment: Treatment) -> int:
    """The frame of the grid in which the source's last picture begins."""
    after_s = source.video.starts_s[-1] - treatment.origin_s
    # Thousandths of a frame are noise of floating point and millisecond clocks.
    return max(0, math.floor(round(after_s * treatment.fps, 3)))


def cut(total: int, segment_frames: int, segments_a_chunk: int) -> tuple[Chunk, ...]:
    """Chunks of equal length on the segment grid; a remainder below half joins the last."""
    step = max(1, segments_a_chunk) * segment_frames
    count = max(1, round(total / step))
    starts = [number * step for number in range(count)]
    ends = [*starts[1:], total]
    return tuple(
        Chunk(index=i, start_frame=start, frames=end - start)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def counted(chunks: Sequence[Chunk], source: Source, treatment: Treatment) -> tuple[Chunk, ...]:
    """The chunks with their numbers of source pictures; all of them are in one chunk or other."""
    starts_s, fps = source.video.starts_s, treatment.fps
    firsts = [
        # A thousandth of a second of grace, for clocks that count in milliseconds.
        bisect_left(starts_s, treatment.origin_s + float(chunk.start_frame / fps) - 0.001)
        for chunk in chunks[1:]
    ]
    return tuple(
        replace(chunk, source_frames=end - first)
        for chunk, first, end in zip(chunks, [0, *firsts], [*firsts, len(starts_s)], strict=True)
    )


def seek_margin_s(source: Source) -> int:
    """How much before a chunk decoding must begin to have every picture of it."""
    if not any(name in _SEEKS_BADLY for name in source.container.split(",")):
        return 0
    return max(_LEAST_SEEK_MARGIN_S, math.ceil(source.video.key_gap_s) + 1)
