"""Look at a source without trusting it.

The first bytes are sniffed before any library sees the file, so that a playlist or script is
never opened. Then one pass over all packets, without decoding, tells what is really there:
the length that can be played, the true frame rate, where the picture starts.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from transcode import chapters
from transcode.caption_tracks import CaptionTrack, caption_track
from transcode.chapters import Chapter
from transcode.clock import frame_rate, jumps
from transcode.declared import declared_s, declared_track_s
from transcode.errors import (
    AudioOnly,
    Damaged,
    NotAVideo,
    NoVideoTrack,
    PlaylistFile,
    StillPicture,
    TooManyStreams,
    UnsupportedCodec,
)
from transcode.ffmpeg import CONTAINERS
from transcode.fields import Fields, look_at_fields, may_be_interlaced
from transcode.packets import HOLE_S, Extent, Seen, read_packets
from transcode.pixels import is_dolby
from transcode.shape import mirrored, shown_size, upright_turn
from transcode.sniff import (
    has_no_media_of_its_own,
    is_shorter_than_it_says,
    looks_like_media,
    refuse_by_first_bytes,
)

MAX_STREAMS = 100
# Sound-only formats are known here to tell "only sound" from "not a video"; FFmpeg never
# gets to see them.
_SOUND_FORMATS = ("mp3", "wav", "aac", "flac", "amr", "aiff", "caf", "ac3", "ape", "w64", "au")
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join((*CONTAINERS, *_SOUND_FORMATS)),
}
# 16: SMPTE ST 2084 (PQ), 18: ARIB STD-B67 (HLG), as in ISO/IEC 23091-2.
_HDR_TRANSFERS = {16: "pq", 18: "hlg"}
_BT2020 = 9  # of the primaries
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
_READ = ("video", "audio", "subtitle")
_NO_LANGUAGE = ("", "und", "mis", "mul", "zxx", "unk", "XXX")
_ASIDE = (
    Disposition.comment
    | Disposition.visual_impaired
    | Disposition.hearing_impaired
    | Disposition.descriptions
    | Disposition.lyrics
    | Disposition.karaoke
)


@dataclass(frozen=True, kw_only=True)
class VideoTrack:
    """The picture, as a viewer should see it and as it is coded."""

    stream: int  # index in the file
    codec: str
    width_px: int  # shown: after pixel shape and rotation
    height_px: int
    coded_width_px: int
    coded_height_px: int
    rotation_deg: int  # clockwise turn that makes it upright
    fps: Fraction  # of the source: its mean rate, or its usual rate when variable
    variable_rate: bool
    interlaced: bool  # by the flags of the first frame
    pixel_format: str
    hdr: str | None  # "pq" or "hlg"
    matrix: str | None  # colour matrix, None where the file doesn't say
    full_range: bool
    starts_s: array[float]  # of every picture, in order; a pair of fields is one
    key_gap_s: float  # the longest way from a key frame to the next
    start_s: float  # on the file's clock, whose zero is the earliest stream's start
    end_s: float
    # As found by looking at the pictures: "tff", "bff", or "auto" where only the flags tell.
    field_order: str | None = None
    wide_gamut: bool = False  # BT.2020 primaries
    mirrored: bool = False  # to be turned over; FFmpeg does it together with the rotation
    declared_s: float = 0.0  # how long the file says that this track is; 0: it doesn't say
    dolby_only: bool = False  # its colours mean nothing without Dolby Vision's own data

    @property
    def frames(self) -> int:
        return len(self.starts_s)


@dataclass(frozen=True, kw_only=True)
class AudioTrack:
    stream: int
    codec: str
    channels: int
    rate_hz: int
    language: str | None  # as the file writes it, ISO 639-2 as a rule
    start_s: float
    end_s: float
    title: str | None = None
    default: bool = False  # the file names it as the one to play
    aside: bool = False  # a commentary, or made for people who don't see or hear well
    decodable: bool = True
    declared_s: float = 0.0  # how long the file says that this track is; 0: it doesn't say
    breaks_off_s: float | None = None  # where it does, to come again long after the picture

    @property
    def heard_until_s(self) -> float:
        """Where it ends for a viewer: packets that stray far behind the picture don't count."""
        return self.end_s if self.breaks_off_s is None else self.breaks_off_s


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is known of a source file. Serialisable by ``to_dict``."""

    container: str
    size_bytes: int
    declared_duration_s: float
    clock_zero_s: float  # the file's own time stamp at the zero of our clock
    video: VideoTrack
    audio: tuple[AudioTrack, ...]
    captions: tuple[CaptionTrack, ...] = ()
    captions_end_s: float = 0.0  # of the last of them
    chapters: tuple[Chapter, ...] = ()  # on our clock
    streams: int
    cover_pictures: int
    other_pictures: int = 0  # moving ones that are not shown
    data_tracks: int = 0  # time codes, attachments and the like
    readable_to_end: bool  # False when reading stopped at an error
    clock_jumps: int = 0  # cuts in the time stamps of the picture

    @property
    def duration_s(self) -> float:
        """How long the picture really lasts."""
        return self.video.end_s - self.video.start_s

    def to_dict(self) -> dict[str, Any]:
        plain = asdict(self)
        # A number for every picture tells nobody anything.
        del plain["video"]["starts_s"]
        plain["video"] |= {"fps": str(self.video.fps), "frames": self.video.frames}
        return plain


def probe(path: str | Path, *, stop: Callable[[], bool] | None = None) -> Source:
    """Look at the file, or raise the SourceRefused that says what is wrong with it, or Stopped.

    stop: asked every few hundred packets.
    """
    path = Path(path)
    refuse_by_first_bytes(path)
    try:
        with opened(path) as container:
            return _probe(container, path, stop)
    except (Damaged, NoVideoTrack) as error:
        if has_no_media_of_its_own(path):
            raise PlaylistFile("a movie of references") from error
        raise
    except av.error.FFmpegError as error:
        raise _why_unreadable(error, path) from error


def opened(path: Path) -> InputContainer:
    """The file as a media container of a kind that is allowed, and nothing else."""
    return av.open(str(path), options=dict(_OPTIONS), metadata_errors="replace")


def _why_unreadable(error: av.error.FFmpegError, path: Path) -> Exception:
    known_start = looks_like_media(path)
    if isinstance(error, av.error.DecoderNotFoundError):
        return UnsupportedCodec(str(error))
    if has_no_media_of_its_own(path):
        return PlaylistFile("a movie of references")
    return (Damaged if known_start else NotAVideo)(f"cannot be opened: {error.strerror}")


def _probe(container: InputContainer, path: Path, stop: Callable[[], bool] | None) -> Source:
    if len(container.streams) > MAX_STREAMS:
        raise TooManyStreams(f"{len(container.streams)} tracks")
    video = _choose_video(container)
    tracks = [s for s in container.streams if s.type in _READ and not _is_cover(s)]
    seen = read_packets(container, video, tracks, stop)
    extents = seen.extents
    if video.index not in extents:
        raise Damaged("no picture can be read")
    # What FFmpeg adds to every -ss for this file.
    zero_s = (
        container.start_time / av.time_base
        if container.start_time is not None
        else min(_start_s(extent, container.streams[i]) for i, extent in extents.items())
    )
    audio = [
        stream
        for stream in container.streams.audio
        if stream.index in extents and stream.codec_context is not None
    ]
    captions = [stream for stream in container.streams.subtitles if stream.index in extents]
    picture = _video_track(container, video, seen, zero_s)
    return Source(
        container=container.format.name,
        size_bytes=path.stat().st_size,
        declared_duration_s=declared_s(container, zero_s),
        clock_zero_s=round(zero_s, 6),
        video=picture,
        audio=tuple(_audio_track(s, seen, zero_s, picture.end_s) for s in audio),
        captions=tuple(map(caption_track, container.streams.subtitles)),
        captions_end_s=max([0.0, *(_end_s(seen, s, zero_s) for s in captions)]),
        chapters=chapters.read(container.chapters(), zero_s),
        streams=len(container.streams),
        cover_pictures=sum(map(_is_cover, container.streams.video)),
        other_pictures=sum(not _is_cover(s) for s in container.streams.video) - 1,
        data_tracks=sum(map(_is_data, container.streams)),
        readable_to_end=seen.readable_to_end and not is_shorter_than_it_says(path),
        clock_jumps=_clock_jumps(container, video, seen),
    )


def _clock_jumps(container: InputContainer, video: VideoStream, seen: Seen) -> int:
    """Recordings of broadcasts are cut together as they are; elsewhere a gap is a long picture."""
    if not any(name in ("mpeg", "mpegts") for name in container.format.name.split(",")):
        return 0
    return jumps(seen.decoded_at, video.time_base or Fraction(1, 90_000))


def _is_cover(stream: Stream) -> bool:
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _is_data(stream: Stream) -> bool:
    """Neither seen nor heard. FFmpeg sets chapters aside, which QuickTime keeps as a track."""
    return stream.type not in ("video", "audio", "subtitle") and stream.discard != Discard.all


def _choose_video(container: InputContainer) -> VideoStream:
    """The default track, else the largest; cover art is no video."""
    moving = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not moving and container.streams.audio:
        raise AudioOnly("no moving pictures")
    if not moving:
        raise (StillPicture if container.streams.video else NoVideoTrack)("no moving pictures")
    if any(stream.codec_context is None for stream in moving):
        raise UnsupportedCodec("no decoder for the picture")
    return max(
        moving,
        key=lambda s: (bool(s.disposition & Disposition.default), s.width * s.height, -s.index),
    )


def _start_s(extent: Extent, stream: Stream) -> float:
    return float(extent.start * (stream.time_base or Fraction(1)))


def _end_s(seen: Seen, stream: Stream, zero_s: float) -> float:
    return round(
        float(seen.extents[stream.index].end * (stream.time_base or Fraction(1))) - zero_s, 6
    )


def _video_track(
    container: InputContainer, stream: VideoStream, seen: Seen, zero_s: float
) -> VideoTrack:
    tick = stream.time_base or Fraction(1, 1000)
    frame, extent, starts = seen.frame, seen.extents[stream.index], sorted(seen.starts)
    fps, variable = frame_rate(starts, tick, stream.guessed_rate)
    fields = _fields(container, stream, frame, starts, fps)
    paired = fields.pairs(len(starts), starts[0], starts[-1])
    if paired and fields.frame_ticks:
        fps, variable = 1 / (fields.frame_ticks * tick), False
    turn = upright_turn(frame)
    width, height = shown_size(frame, stream.sample_aspect_ratio, turn)
    end = extent.end * tick
    if extent.open_at is not None:
        end = max(end, extent.open_at * tick + 1 / fps)
    pictures = starts[1::2] if paired else starts
    return VideoTrack(
        stream=stream.index,
        codec=stream.codec_context.name,
        width_px=width,
        height_px=height,
        coded_width_px=frame.width,
        coded_height_px=frame.height,
        rotation_deg=turn,
        fps=fps,
        variable_rate=variable,
        interlaced=frame.interlaced_frame,
        field_order=fields.order,
        pixel_format=frame.format.name,
        hdr=_HDR_TRANSFERS.get(int(frame.color_trc)),
        matrix=_MATRICES.get(int(frame.colorspace)),
        mirrored=mirrored(frame),
        wide_gamut=int(frame.color_primaries) == _BT2020,
        full_range=int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
        starts_s=array("d", (float(at * tick) - zero_s for at in pictures)),
        key_gap_s=float(seen.key_gap * tick),
        start_s=round(_start_s(extent, stream) - zero_s, 6),
        end_s=round(float(end) - zero_s, 6),
        declared_s=round(declared_track_s(stream), 6),
        dolby_only=is_dolby(stream, frame) and int(frame.colorspace) not in _MATRICES,
    )


def _fields(
    container: InputContainer,
    stream: VideoStream,
    frame: VideoFrame,
    starts: Sequence[int],
    fps: Fraction,
) -> Fields:
    flagged = frame.interlaced_frame
    if not flagged and not may_be_interlaced(frame.height, fps):
        return Fields()
    return look_at_fields(container, stream, starts[0], starts[-1], flagged=flagged)


def _audio_track(
    stream: AudioStream, seen: Seen, zero_s: float, picture_end_s: float
) -> AudioTrack:
    tick, extent = stream.time_base or Fraction(1), seen.extents[stream.index]
    stray_s = picture_end_s + HOLE_S
    holes_s = ((float(a * tick) - zero_s, float(b * tick) - zero_s) for a, b in extent.holes)
    return AudioTrack(
        stream=stream.index,
        codec=stream.codec_context.name,
        channels=stream.codec_context.channels,
        rate_hz=stream.codec_context.sample_rate,
        language=stream.language if stream.language not in _NO_LANGUAGE else None,
        start_s=round(_start_s(extent, stream) - zero_s, 6),
        end_s=_end_s(seen, stream, zero_s),
        title=stream.metadata.get("title") or None,
        default=bool(stream.disposition & Disposition.default),
        aside=bool(stream.disposition & _ASIDE),
        decodable=stream.index not in seen.undecodable,
        declared_s=round(declared_track_s(stream), 6),
        breaks_off_s=next((round(a, 6) for a, b in holes_s if b > stray_s), None),
    )
