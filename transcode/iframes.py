"""The playlist for fast winding: one small I-frame a second, each by its byte range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcode import joining, mpegts
from transcode.errors import EncodeFailed
from transcode.plan import Plan
from transcode.playlists import Entry, Segment, average_bps, media_text, peak_bps, target_s

FOLDER, STREAM = "iframes", "iframes.ts"


@dataclass(frozen=True, kw_only=True)
class IFramePlaylist:
    """The I-frames as they came out."""

    width_px: int
    height_px: int
    pictures: int
    every_s: float
    peak_bps: int
    average_bps: int
    codecs: str
    size_bytes: int

    @property
    def entry(self) -> Entry:
        """Its line in the multivariant playlist."""
        return Entry(
            attributes={
                "BANDWIDTH": str(self.peak_bps),
                "AVERAGE-BANDWIDTH": str(self.average_bps),
                "CODECS": f'"{self.codecs}"',
                "RESOLUTION": f"{self.width_px}x{self.height_px}",
                "URI": f'"{FOLDER}/{joining.PLAYLIST}"',
            },
            uri="",
        )


def write_iframes(
    plan: Plan, videos: Sequence[Path], out_dir: Path, join: joining.Join
) -> IFramePlaylist:
    """Join the chunks' I-frames and describe them. videos: one a chunk, in order."""
    folder = out_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    script, file = folder / "chunks.ffconcat", folder / STREAM
    joining.write_script(plan, videos, script)
    join(joining.iframes_arguments(script, file))
    script.unlink()
    stream = file.read_bytes()
    segments = _segments(plan, stream)
    text = media_text(segments, version=4, i_frames_only=True)
    (folder / joining.PLAYLIST).write_text(text)
    return _described(plan, stream, segments)


def _segments(plan: Plan, stream: bytes) -> list[Segment]:
    """A picture lasts until the next one, the last one to the end of the film."""
    step = plan.iframes.frame_step
    starts = range(0, plan.total_frames, step)
    ranges = mpegts.table_ranges(stream)
    if len(ranges) != len(starts):
        raise EncodeFailed(f"I-frames: {len(ranges)} with tables instead of {len(starts)}")
    return [
        Segment(
            uri=STREAM,
            duration_s=float(min(step, plan.total_frames - start) / plan.fps),
            byte_range=byte_range,
        )
        for start, byte_range in zip(starts, ranges, strict=True)
    ]


def _described(plan: Plan, stream: bytes, segments: Sequence[Segment]) -> IFramePlaylist:
    sizes = [segment.byte_range[0] for segment in segments if segment.byte_range]
    measured = list(zip(sizes, (s.duration_s for s in segments), strict=True))
    first = mpegts.read_segment(stream[: sizes[0]])
    if first.sps is None:
        raise EncodeFailed("I-frames without H.264 parameters")
    return IFramePlaylist(
        width_px=plan.iframes.width_px,
        height_px=plan.iframes.height_px,
        pictures=len(segments),
        every_s=round(float(plan.iframes.frame_step / plan.fps), 6),
        peak_bps=peak_bps(measured, target_s(s.duration_s for s in segments)),
        average_bps=average_bps(measured),
        codecs=first.sps.codec,
        size_bytes=len(stream),
    )
