"""Everything that the rules ask about, read from the package's bytes once."""

from __future__ import annotations

import io
import itertools
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.video.stream import VideoStream

from transcode import h264, mpegts
from transcode.playlists import (
    Entry,
    Media,
    Multivariant,
    average_bps,
    is_multivariant,
    parse_media,
    parse_multivariant,
    peak_bps,
)
from transcode.reading import Reader, Unreadable, resolve

CLOCK_HZ = mpegts.CLOCK_HZ


@dataclass(frozen=True, kw_only=True)
class SegmentFacts:
    """One segment as it is; times in 90 kHz ticks."""

    path: str
    declared_s: float
    discontinuity: bool
    size_bytes: int
    transport: bool
    idr_first: bool
    frames: int
    start: int
    end: int
    frame: int  # the usual distance of two frames
    sps: h264.SequenceParameters | None
    video_streams: int
    audio_streams: int
    audio_object_type: int  # 0: not AAC
    audio_channels: int
    audio_start: int | None
    audio_end: int | None  # start of the last packet of sound
    counters: tuple[dict[int, int], dict[int, int]]
    counter_breaks: int
    sync_losses: int


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """A media playlist and its segments."""

    path: str
    media: Media
    segments: tuple[SegmentFacts, ...]

    @property
    def has_video(self) -> bool:
        return any(segment.video_streams for segment in self.segments)

    @property
    def measured(self) -> list[tuple[int, float]]:
        return [(s.size_bytes, s.declared_s) for s in self.segments]

    @property
    def peak_bps(self) -> int:
        return peak_bps(self.measured, max((s.declared_s for s in self.segments), default=1))

    @property
    def average_bps(self) -> int:
        return average_bps(self.measured)

    @property
    def frame_s(self) -> float:
        gaps = [segment.frame for segment in self.segments if segment.frame]
        return statistics.median(gaps) / CLOCK_HZ if gaps else 0.04

    @property
    def real_durations_s(self) -> list[float]:
        """To the start of the next segment; of the last one to its own end."""
        starts = [segment.start for segment in self.segments]
        ends = [*starts[1:], self.segments[-1].end] if starts else []
        return [
            ((segment.end if broken else end) - segment.start) / CLOCK_HZ
            for segment, end, broken in zip(self.segments, ends, self._breaks(), strict=True)
        ]

    def _breaks(self) -> list[bool]:
        return [*(segment.discontinuity for segment in self.segments[1:]), False]


@dataclass(frozen=True, kw_only=True)
class Package:
    reader: Reader
    multivariant: Multivariant
    variants: tuple[tuple[Entry, Rendition], ...]
    sounds: tuple[Rendition, ...]  # sound in playlists of its own
    unreadable: tuple[str, ...]

    @property
    def pictures(self) -> list[tuple[Entry, Rendition]]:
        return [(entry, rendition) for entry, rendition in self.variants if rendition.has_video]


def read_package(reader: Reader) -> Package:
    """Read all of it. Missing files are noted; only a missing multivariant playlist raises."""
    text = reader.read(reader.entry).decode("utf-8", "replace")
    if not is_multivariant(text):
        raise Unreadable(f"{reader.entry} is not a multivariant playlist")
    multivariant = parse_multivariant(text)
    unreadable: list[str] = []
    read: dict[str, Rendition | None] = {}
    for entry in (*multivariant.variants, *multivariant.renditions):
        path = resolve(reader.entry, entry.uri)
        if entry.uri and path not in read:
            read[path] = _rendition(reader, path, unreadable)
    variants = [(e, read.get(resolve(reader.entry, e.uri))) for e in multivariant.variants]
    sounds = [
        read.get(resolve(reader.entry, entry.uri))
        for entry in multivariant.renditions
        if entry.uri and entry.attributes.get("TYPE") == "AUDIO"
    ]
    return Package(
        reader=reader,
        multivariant=multivariant,
        variants=tuple((entry, rendition) for entry, rendition in variants if rendition),
        sounds=tuple(rendition for rendition in sounds if rendition),
        unreadable=tuple(unreadable),
    )


def _rendition(reader: Reader, path: str, unreadable: list[str]) -> Rendition | None:
    try:
        media = parse_media(reader.read(path).decode("utf-8", "replace"))
    except (Unreadable, ValueError) as error:
        unreadable.append(f"{path}: {error}")
        return None
    return Rendition(
        path=path, media=media, segments=tuple(_segments(reader, path, media, unreadable))
    )


def _segments(
    reader: Reader, path: str, media: Media, unreadable: list[str]
) -> Iterator[SegmentFacts]:
    try:
        init = reader.read(resolve(path, media.init_uri)) if media.init_uri else b""
    except Unreadable as error:
        unreadable.append(str(error))
        return
    whole: tuple[str, bytes] = ("", b"")  # byte ranges of one file: read it once
    for segment in media.segments:
        segment_path = resolve(path, segment.uri)
        try:
            if whole[0] != segment_path:
                whole = (segment_path, reader.read(segment_path))
        except Unreadable as error:
            unreadable.append(str(error))
            continue
        length, offset = segment.byte_range or (len(whole[1]), 0)
        content = whole[1][offset : offset + length]
        facts = _fragment(init, content) if init else _transport(content)
        if facts is None:
            unreadable.append(f"{segment_path}: not a media segment")
            continue
        yield SegmentFacts(
            path=segment_path,
            declared_s=segment.duration_s,
            discontinuity=segment.discontinuity,
            size_bytes=len(content),
            **facts,
        )


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
    h264_video = ts.stream_types.get(ts.video_pid or -1) == mpegts.H264
    return {
        "transport": True,
        "idr_first": h264_video and ts.starts_with_idr,
        "frames": len(video),
        "start": min(main),
        "end": max(main) + frame,
        "frame": frame if video else 0,
        "sps": ts.sps if h264_video else None,
        "video_streams": int(ts.video_pid is not None),
        "audio_streams": len(ts.audio_pids),
        "audio_object_type": ts.adts.object_type if ts.adts else 0,
        "audio_channels": ts.adts.channels if ts.adts else 0,
        "audio_start": min(sounds[0]) if sounds else None,
        "audio_end": max(sounds[0]) if sounds else None,
        "counters": (ts.first_counters, ts.last_counters),
        "counter_breaks": ts.counter_breaks,
        "sync_losses": ts.sync_losses,
    }


def _fragment(init: bytes, content: bytes) -> dict[str, Any] | None:
    """A fragment of MP4, opened behind its initialisation section."""
    options = {"protocol_whitelist": "", "format_whitelist": "mov"}
    times: dict[int, list[int]] = {}
    first_key: dict[int, bool] = {}
    try:
        with av.open(io.BytesIO(init + content), "r", options=options) as container:
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
    return {
        "transport": False,
        "idr_first": bool(video and first_key[video.index]),
        "frames": len(main) if video else 0,
        "start": min(main),
        "end": max(main) + frame,
        "frame": frame if video else 0,
        "sps": _sps_of_record(video) if video else None,
        "video_streams": int(video is not None),
        "audio_streams": len(sounds),
        "audio_object_type": 2 if sound and sound.name.startswith("aac") else 0,
        "audio_channels": sound.channels if sound else 0,
        "audio_start": min(times[sounds[0].index]) if sounds else None,
        "audio_end": max(times[sounds[0].index]) if sounds else None,
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
