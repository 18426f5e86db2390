"""What one media segment is, read from its bytes: transport streams and fragments of MP4."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.video.stream import VideoStream

from transcode import h264, mpegts

CLOCK_HZ = mpegts.CLOCK_HZ


@dataclass(frozen=True, kw_only=True)
class SegmentFacts:
    """One segment as it is; times in 90 kHz ticks."""

    path: str
    declared_s: float
    discontinuity: bool
    size_bytes: int
    transport: bool
    tables_first: bool
    idr_first: bool
    frames: int
    start: int
    end: int
    frame: int  # the usual distance of two frames
    h264: bool
    sps: mpegts.Parameters | None  # of H.264 and HEVC
    video_streams: int
    audio_streams: int
    audio_object_type: int  # 0: not AAC
    audio_channels: int
    audio_start: int | None
    audio_end: int | None  # start of the last packet of sound
    audio_ticks: int  # how long the sound lasts by its frames; 0 where that isn't known
    counters: tuple[dict[int, int], dict[int, int]]
    counter_breaks: int
    sync_losses: int


def segment_facts(init: bytes, content: bytes) -> dict[str, Any] | None:
    """All fields that the bytes tell; None if they are no media segment."""
    return _fragment(init, content) if init else _transport(content)


def _frame_ticks(times: list[int]) -> int:
    gaps = sorted(b - a for a, b in itertools.pairwise(sorted(times)))
    return gaps[len(gaps) // 2] if gaps else 0


def _transport(content: bytes) -> dict[str, Any] | None:
    ts = mpegts.read_segment(content)
    if not ts.stream_types:
        return None
    video = mpegts.unwrapped(ts.video_pts, ts.video_pts[0]) if ts.video_pts else []
    sounds = [mpegts.unwrapped(pts, (video or pts)[0]) for pts in ts.audio_pts.values()]
    main = video or (sounds[0] if sounds else [0])
    frame = _frame_ticks(main)
    return {
        "transport": True,
        "tables_first": ts.tables_first,
        "idr_first": ts.starts_with_idr,
        "frames": len(video),
        "start": min(main),
        "end": max(main) + frame if video else min(main) + _sound_ticks(ts),
        "frame": frame if video else 0,
        "h264": ts.video_type == mpegts.H264,
        "sps": ts.sps,
        "video_streams": int(ts.video_pid is not None),
        "audio_streams": len(ts.audio_pids),
        "audio_object_type": ts.adts.object_type if ts.adts else 0,
        "audio_channels": ts.adts.channels if ts.adts else 0,
        "audio_start": min(sounds[0]) if sounds else None,
        "audio_end": max(sounds[0]) if sounds else None,
        "audio_ticks": _sound_ticks(ts) if sounds else 0,
        "counters": (ts.first_counters, ts.last_counters),
        "counter_breaks": ts.counter_breaks,
        "sync_losses": ts.sync_losses,
    }


def _sound_ticks(ts: mpegts.TransportSegment) -> int:
    """How long the AAC lasts: 1024 samples a frame."""
    return round(ts.audio_frames * 1024 * CLOCK_HZ / ts.adts.rate_hz) if ts.adts else 0


def _fragment(init: bytes, content: bytes) -> dict[str, Any] | None:
    """A fragment of MP4, opened behind its initialisation section."""
    options = {"protocol_whitelist": "", "format_whitelist": "mov"}
    times: dict[int, list[int]] = {}
    first_key: dict[int, bool] = {}
    try:
        with av.open(
            io.BytesIO(init + content), "r", options=options, metadata_errors="replace"
        ) as container:
            for packet in container.demux():
                if packet.pts is not None and packet.time_base and packet.size:
                    at = round(packet.pts * Fraction(packet.time_base) * CLOCK_HZ)
                    times.setdefault(packet.stream.index, []).append(at)
                    first_key.setdefault(packet.stream.index, packet.is_keyframe)
            return _fragment_facts(container, times, first_key)
    except av.error.FFmpegError:
        return None


def _fragment_facts(
    container: av.container.InputContainer, times: dict[int, list[int]], first_key: dict[int, bool]
) -> dict[str, Any]:
    video = next((s for s in container.streams.video if s.index in times), None)
    sounds = [stream for stream in container.streams.audio if stream.index in times]
    main = times[video.index] if video else (times[sounds[0].index] if sounds else [0])
    frame = _frame_ticks(main)
    sound = sounds[0].codec_context if sounds else None
    sps = _sps_of_record(video) if video else None
    return {
        "transport": False,
        "tables_first": True,  # the initialisation section
        "idr_first": bool(video and first_key[video.index]),
        "frames": len(main) if video else 0,
        "start": min(main),
        "end": max(main) + frame,
        "frame": frame if video else 0,
        "h264": sps is not None,
        "sps": sps,
        "video_streams": int(video is not None),
        "audio_streams": len(sounds),
        "audio_object_type": 2 if sound and sound.name.startswith("aac") else 0,
        "audio_channels": sound.channels if sound else 0,
        "audio_start": min(times[sounds[0].index]) if sounds else None,
        "audio_end": max(times[sounds[0].index]) if sounds else None,
        "audio_ticks": 0,
        "counters": ({}, {}),
        "counter_breaks": 0,
        "sync_losses": 0,
    }


def _sps_of_record(video: VideoStream) -> h264.SequenceParameters | None:
    """From the decoder configuration record (ISO/IEC 14496-15, 5.3.3.1)."""
    record = video.codec_context.extradata or b""
    if video.codec_context.name != "h264" or len(record) < 9 or record[0] != 1:
        return None
    try:
        return h264.parse_sps(record[8 : 8 + int.from_bytes(record[6:8], "big")])
    except ValueError:
        return None
