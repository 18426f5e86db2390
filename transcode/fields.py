"""Is the picture interlaced? Flags are often wrong both ways, so a few stretches are looked at."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Sizes and rates that television is made in; elsewhere only flagged pictures are looked at.
_LINES = (480, 486, 576, 1080, 1088)
_RATES = (Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50), Fraction(60000, 1001))
_STRETCHES = 3
_FRAMES_A_STRETCH = 20
# The nearest key frame may lie far before: decoding on from there is bounded.
_MOST_PACKETS_A_STRETCH = 120
# A picture that stands still shows nothing: fewer findings than this are none.
_LEAST_FINDINGS = 6


def may_be_interlaced(height_px: int, fps: Fraction) -> bool:
    return height_px in _LINES and any(abs(fps - rate) < rate / 200 for rate in _RATES)


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What was seen. order: ``tff`` or ``bff`` of interlaced pictures, ``auto`` where only the
    flags say so, None of whole pictures. frame_ticks: from one decoded frame to the next."""

    order: str | None = None
    frame_ticks: int | None = None

    def pairs(self, packets: int, start: int, end: int) -> bool:
        """Whether every frame came as two packets, a field each, as camcorders write H.264."""
        if self.order is None or not self.frame_ticks:
            return False
        return 1.8 < self.frame_ticks * packets / (end - start + 1) < 2.2


def look_at_fields(
    container: InputContainer, stream: VideoStream, start: int, end: int, *, flagged: bool
) -> Fields:
    """Decode a few stretches. start, end: of the picture, in ticks of the stream. Moves the
    reading position."""
    found: Counter[str] = Counter()
    gaps: list[int] = []
    for number in range(_STRETCHES):
        frames = _stretch(container, stream, start + (end - start) * number // _STRETCHES)
        found += _combing(stream, frames)
        times = sorted(frame.pts for frame in frames if frame.pts is not None)
        gaps += [b - a for a, b in itertools.pairwise(times)]
    return Fields(
        order=_order(found, flagged), frame_ticks=sorted(gaps)[len(gaps) // 2] if gaps else None
    )


def _order(found: Counter[str], flagged: bool) -> str | None:
    order, other = ("tff", "bff") if found["tff"] >= found["bff"] else ("bff", "tff")
    findings = found[order] + found[other] + found["progressive"]
    if findings < _LEAST_FINDINGS:
        return "auto" if flagged else None
    # Of film carried as video by pulldown two frames in five are combed. Fine patterns look
    # combed as well, but now one way, now the other.
    combed = found[order] * 4 >= findings and found[order] >= 4 * found[other]
    return order if combed else None


def _combing(stream: VideoStream, frames: list[VideoFrame]) -> Counter[str]:
    """What FFmpeg's detector finds in one stretch of frames."""
    found: Counter[str] = Counter()
    if not frames:
        return found
    graph = _detector(stream, frames[0])
    try:
        # None is the end of the stretch: the detector holds a frame back to compare.
        for frame in (*frames, None):
            graph.vpush(frame)
            with contextlib.suppress(BlockingIOError, EOFError):
                while True:
                    seen = graph.vpull().metadata
                    found[seen.get("lavfi.idet.single.current_frame", "")] += 1
    except av.error.FFmpegError:
        pass  # the size changes within the stretch; what was seen until then counts
    return found


def _stretch(container: InputContainer, stream: VideoStream, at: int) -> list[VideoFrame]:
    """The frames from a time on, or the last ones that a bounded effort reaches."""
    stretch: deque[VideoFrame] = deque(maxlen=_FRAMES_A_STRETCH)
    reached = 0
    with contextlib.suppress(av.error.FFmpegError):
        container.seek(at, stream=stream)
        for frame in _frames(container, stream):
            stretch.append(frame)
            reached += frame.pts is None or frame.pts >= at
            if reached >= _FRAMES_A_STRETCH:
                break
    return list(stretch)


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in itertools.islice(container.demux(stream), _MOST_PACKETS_A_STRETCH):
        with contextlib.suppress(av.error.FFmpegError):
            yield from (frame for frame in packet.decode() if isinstance(frame, VideoFrame))


def _detector(stream: VideoStream, frame: VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=stream.time_base,
    )
    detector, sink = graph.add("idet"), graph.add("buffersink")
    source.link_to(detector)
    detector.link_to(sink)
    graph.configure()
    return graph
