"""A frame worth looking at, as JPEG in two sizes."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from transcode.ladder import fit

POSTER, SMALL_POSTER = "poster.jpg", "poster-small.jpg"
_CANDIDATES = 7
_FRAMES_BETWEEN_KEYS = 100
_THUMB_PX = (64, 36)


@dataclass(frozen=True, kw_only=True)
class _Size:
    name: str
    width_px: int
    height_px: int
    limit_bytes: int


_SIZES = (
    _Size(name=POSTER, width_px=1280, height_px=720, limit_bytes=100_000),
    _Size(name=SMALL_POSTER, width_px=320, height_px=180, limit_bytes=15_000),
)


def write_posters(videos: Sequence[Path], out_dir: Path) -> None:
    """Choose among key frames spread over our own encoded chunks, and write both sizes.

    videos: the chunks of the top rung, in order.
    """
    candidates = list(_candidates(videos))
    best = max(range(len(candidates)), key=lambda i: _worth(candidates[i], i, len(candidates)))
    for size in _SIZES:
        width, height = fit(
            candidates[best].width, candidates[best].height, size.width_px, size.height_px
        )
        jpeg = _within(candidates[best], width, height, size.limit_bytes)
        (out_dir / size.name).write_bytes(jpeg)


def _candidates(videos: Sequence[Path]) -> Iterator[VideoFrame]:
    """At most one frame for each ninth of the video; a short one gives all its key frames."""
    step = max(1, len(videos) // _CANDIDATES)
    chosen = videos[::step]
    for video in chosen:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            wanted = max(1, _CANDIDATES // len(chosen))
            yield from _spread(container, stream, wanted)


def _spread(
    container: av.container.InputContainer, stream: VideoStream, wanted: int
) -> Iterator[VideoFrame]:
    duration = stream.duration or 0
    places = [duration * number // wanted for number in range(wanted)]
    # Key frames cost one decoded frame each. A clip of one or two GOPs has hardly any, and the
    # first is often black: there, decode into the GOP.
    key_frames = stream.frames >= wanted * _FRAMES_BETWEEN_KEYS
    stream.thread_type = "AUTO"
    for place in places:
        container.seek(place, stream=stream)
        for frame in container.decode(stream):
            if key_frames or (frame.pts is not None and frame.pts >= place):
                yield frame
                break


def _worth(frame: VideoFrame, number: int, count: int) -> float:
    """Contrast counts; black and white frames don't; of equals the second fifth wins."""
    luma = _luma(frame)
    mean = sum(luma) / len(luma)
    contrast = math.sqrt(sum((value - mean) ** 2 for value in luma) / len(luma))
    dull = mean < 40 or mean > 225 or contrast < 12
    return (0 if dull else 100) + min(contrast, 60) - 20 * abs(number / max(1, count) - 0.3)


def _luma(frame: VideoFrame) -> bytes:
    width, height = _THUMB_PX
    plane = frame.reformat(width, height, "gray").planes[0]
    rows = memoryview(plane)
    return b"".join(rows[y * plane.line_size :][:width] for y in range(height))


def _within(frame: VideoFrame, width: int, height: int, limit_bytes: int) -> bytes:
    """The best of a few qualities that fits the limit; the poorest if none does."""
    picture = frame.reformat(
        width, height, "yuvj420p", interpolation="LANCZOS", dst_colorspace="itu601"
    )
    picture.pts = None
    jpeg = b""
    for quality in (3, 5, 8, 12, 18, 31):
        jpeg = _jpeg(picture, quality)
        if len(jpeg) <= limit_bytes:
            break
    return jpeg


def _jpeg(picture: VideoFrame, quality: int) -> bytes:
    """quality: 2 (best) to 31, as in FFmpeg."""
    written = io.BytesIO()
    with av.open(written, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = quality
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return written.getvalue()
