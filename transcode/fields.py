"""Is the picture interlaced? Flags are often wrong both ways, so a few stretches are looked at."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter, deque
from collections.abc import Iterator
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


def field_order(
    container: InputContainer, stream: VideoStream, start: int, end: int, *, flagged: bool
) -> str | None:
    """``tff`` or ``bff`` for interlaced pictures, ``auto`` where only the flags say so, else None.

    start, end: of the picture, in ticks of the stream. Moves the reading position.
    """
    found: Counter[str] = Counter()
    for number in range(_STRETCHES):
        found += _look(container, stream, start + (end - start) * number // _STRETCHES)
    order, other = ("tff", "bff") if found["tff"] >= found["bff"] else ("bff", "tff")
    findings = found[order] + found[other] + found["progressive"]
    if findings < _LEAST_FINDINGS:
        return "auto" if flagged else None
    # Of film carried as video by pulldown two frames in five are combed. Fine patterns look
    # combed as well, but now one way, now the other.
    combed = found[order] * 4 >= findings and found[order] >= 4 * found[other]
    return order if combed else None


def _look(container: InputContainer, stream: VideoStream, at: int) -> Counter[str]:
    """What FFmpeg's detector finds in one stretch of frames."""
    found: Counter[str] = Counter()
    try:
        container.seek(at, stream=stream)
        frames = _stretch(container, stream, at)
    except av.error.FFmpegError:
        return found
    if not frames:
        return found
    graph = _detector(stream, frames[0])
    # None is the end of the stretch: the detector holds a frame back to compare.
    for frame in (*frames, None):
        graph.vpush(frame)
        with contextlib.suppress(BlockingIOError, EOFError):
            while True:
                seen = graph.vpull().metadata
                found[seen.get("lavfi.idet.single.current_frame", "")] += 1
    return found


def _stretch(container: InputContainer, stream: VideoStream, at: int) -> list[VideoFrame]:
    """The frames from a time on, or the last ones that a bounded effort reaches."""
    stretch: deque[VideoFrame] = deque(maxlen=_FRAMES_A_STRETCH)
    reached = 0
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
