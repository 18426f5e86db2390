"""Single pictures: out of our own encoded files, and into JPEG."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from transcode.plan import Plan


def iframe_pictures(
    plan: Plan, videos: Sequence[Path], wanted: Sequence[int]
) -> Iterator[tuple[int, VideoFrame]]:
    """Some of the I-frames, each with its number; the others are not decoded.

    videos: the I-frames of the chunks, in order. wanted: numbers, rising.
    """
    step = plan.iframes.frame_step
    for chunk, video in zip(plan.chunks, videos, strict=True):
        first = chunk.start_frame // step
        here = {number - first for number in wanted}
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            assert stream.time_base
            for packet in container.demux(stream):
                # The flushing packet at the end has no time, and gives what is still inside.
                number = _number(packet.pts, stream, plan)
                if number is not None and number not in here:
                    continue
                for frame in packet.decode():
                    local = _number(frame.pts, stream, plan)
                    assert isinstance(frame, VideoFrame) and local is not None
                    yield first + local, frame


def _number(pts: int | None, stream: VideoStream, plan: Plan) -> int | None:
    assert stream.time_base
    return None if pts is None else round(pts * stream.time_base * plan.iframes.fps)


def frame_at(plan: Plan, videos: Sequence[Path], at_frame: int) -> VideoFrame:
    """A picture of a rung that has every frame. at_frame: on the common grid."""
    chunk = next(c for c in reversed(plan.chunks) if c.start_frame <= at_frame)
    with av.open(str(videos[chunk.index])) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert stream.time_base
        place = round((at_frame - chunk.start_frame) / plan.fps / stream.time_base)
        container.seek(place, stream=stream)
        last = None
        for last in container.decode(stream):
            if last.pts is not None and last.pts >= place:
                break
        assert last is not None
        return last


def luma(frame: VideoFrame, width_px: int, height_px: int) -> bytes:
    """The picture in grey and small, row by row."""
    plane = frame.reformat(width_px, height_px, "gray", interpolation="AREA").planes[0]
    rows = memoryview(plane)
    return b"".join(rows[y * plane.line_size :][:width_px] for y in range(height_px))


def for_jpeg(frame: VideoFrame, width_px: int, height_px: int) -> VideoFrame:
    """In the size and the colours of JPEG."""
    picture = frame.reformat(
        width_px, height_px, "yuvj420p", interpolation="LANCZOS", dst_colorspace="itu601"
    )
    picture.pts = None
    return picture


def jpeg(picture: VideoFrame, quality: int) -> bytes:
    """quality: 2 (best) to 31, as in FFmpeg. picture: as for_jpeg made it."""
    written = io.BytesIO()
    with av.open(written, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = quality
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return written.getvalue()


def jpeg_within(picture: VideoFrame, limit_bytes: int) -> bytes:
    """The best of a few qualities that fits the limit; the poorest if none does."""
    content = b""
    for quality in (3, 5, 8, 12, 18, 31):
        content = jpeg(picture, quality)
        if len(content) <= limit_bytes:
            break
    return content


def on_one_sheet(pictures: Sequence[VideoFrame], columns: int) -> VideoFrame:
    """Pictures of one size side by side, row after row; pictures: as for_jpeg made them."""
    width, height = pictures[0].width, pictures[0].height
    wide, high = min(columns, len(pictures)), -(-len(pictures) // columns)
    sheet = VideoFrame(width * wide, height * high, "yuvj420p")
    for number, plane in enumerate(sheet.planes):
        memoryview(plane)[:] = bytes([0 if number == 0 else 128]) * plane.buffer_size
    for place, picture in enumerate(pictures):
        _paste(picture, sheet, place % columns * width, place // columns * height)
    return sheet


def _paste(picture: VideoFrame, sheet: VideoFrame, x: int, y: int) -> None:
    for number, (source, target) in enumerate(zip(picture.planes, sheet.planes, strict=True)):
        half = 1 if number == 0 else 2
        read, write = memoryview(source), memoryview(target)
        wide = picture.width // half
        for row in range(picture.height // half):
            at = (y // half + row) * target.line_size + x // half
            start = row * source.line_size
            write[at : at + wide] = read[start : start + wide]
