"""Everything that the rules ask about, read from the package's bytes once."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from transcode import webvtt
from transcode.playlists import (
    Entry,
    Media,
    Multivariant,
    average_bps,
    is_multivariant,
    parse_media,
    parse_multivariant,
    peak_bps,
    target_s,
)
from transcode.reading import Reader, Unreadable
from transcode.segment_facts import CLOCK_HZ, SegmentFacts, segment_facts


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
        declared_s = (segment.declared_s for segment in self.segments)
        return peak_bps(self.measured, self.media.target_s or target_s(declared_s))

    @property
    def average_bps(self) -> int:
        return average_bps(self.measured)

    @property
    def frame_s(self) -> float:
        gaps = [segment.frame for segment in self.segments if segment.frame]
        return statistics.median(gaps) / CLOCK_HZ if gaps else 0.04

    @property
    def fps(self) -> float:
        return 1 / self.frame_s

    @property
    def duration_s(self) -> float:
        return sum(self.real_durations_s)

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
        return [*(segment.discontinuity for segment in self.segments), False][1:]


@dataclass(frozen=True, kw_only=True)
class IFrames:
    """A playlist of I-frames: each segment is the byte range of one. faults: unreadable ranges."""

    entry: Entry
    pictures: Rendition
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaptionSegment:
    path: str
    declared_s: float
    document: webvtt.Document | None  # None: not WebVTT
    fault: str


@dataclass(frozen=True, kw_only=True)
class CaptionRendition:
    path: str
    media: Media
    segments: tuple[CaptionSegment, ...]


@dataclass(frozen=True, kw_only=True)
class Package:
    reader: Reader
    multivariant: Multivariant
    variants: tuple[tuple[Entry, Rendition], ...]
    sounds: tuple[tuple[Entry, Rendition], ...]  # sound in playlists of its own
    captions: tuple[CaptionRendition, ...]
    i_frames: tuple[IFrames, ...]
    unreadable: tuple[str, ...]

    @property
    def pictures(self) -> list[tuple[Entry, Rendition]]:
        return [(entry, rendition) for entry, rendition in self.variants if rendition.has_video]

    def sounds_of(self, variant: Entry) -> list[Rendition]:
        """Sound in playlists of its own that may play with a variant."""
        group = variant.attributes.get("AUDIO", "")
        return [sound for entry, sound in self.sounds if entry.attributes.get("GROUP-ID") == group]

    @property
    def renditions(self) -> list[Rendition]:
        """Whatever has segments of sound or moving picture."""
        return [rendition for _, rendition in (*self.variants, *self.sounds)]

    @property
    def playlists(self) -> list[tuple[str, Media]]:
        """Every media playlist, with its path."""
        moving = [*self.renditions, *(i_frames.pictures for i_frames in self.i_frames)]
        return [(r.path, r.media) for r in moving] + [(c.path, c.media) for c in self.captions]


class _Reading:
    """One pass over the package; each playlist is read once, however often it is named."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.unreadable: list[str] = []
        self._read: dict[str, Rendition | None] = {}

    def rendition(self, entry: Entry) -> Rendition | None:
        path = self.reader.resolve(self.reader.entry, entry.uri)
        if path not in self._read:
            media = self._media(path)
            segments = tuple(self._segments(path, media, self.unreadable)) if media else ()
            read = Rendition(path=path, media=media, segments=segments) if media else None
            self._read[path] = read
        return self._read[path]

    def i_frames(self, entry: Entry) -> IFrames | None:
        path = self.reader.resolve(self.reader.entry, entry.uri)
        media = self._media(path)
        if media is None:
            return None
        faults: list[str] = []
        segments = tuple(self._segments(path, media, faults))
        pictures = Rendition(path=path, media=media, segments=segments)
        return IFrames(entry=entry, pictures=pictures, faults=tuple(faults))

    def captions(self, entry: Entry) -> CaptionRendition | None:
        path = self.reader.resolve(self.reader.entry, entry.uri)
        media = self._media(path)
        if media is None:
            return None
        segments = [
            self._caption(self.reader.resolve(path, segment.uri), segment.duration_s)
            for segment in media.segments
        ]
        return CaptionRendition(path=path, media=media, segments=tuple(segments))

    def _media(self, path: str) -> Media | None:
        try:
            return parse_media(self.reader.read(path).decode("utf-8", "replace"))
        except (Unreadable, ValueError) as error:
            self.unreadable.append(f"{path}: {error}")
            return None

    def _caption(self, path: str, declared_s: float) -> CaptionSegment:
        document, fault = None, ""
        try:
            document = webvtt.parse(self.reader.read(path).decode("utf-8"))
        except Unreadable as error:
            self.unreadable.append(str(error))
        except ValueError as error:
            fault = f"{path}: {error}"
        return CaptionSegment(path=path, declared_s=declared_s, document=document, fault=fault)

    def _segments(self, path: str, media: Media, faults: list[str]) -> Iterator[SegmentFacts]:
        try:
            init_path = media.init_uri and self.reader.resolve(path, media.init_uri)
            init = self.reader.read(init_path) if init_path else b""
        except Unreadable as error:
            self.unreadable.append(str(error))
            return
        whole: tuple[str, bytes] = ("", b"")  # byte ranges of one file: read it once
        for segment in media.segments:
            segment_path = self.reader.resolve(path, segment.uri)
            try:
                if whole[0] != segment_path:
                    whole = (segment_path, self.reader.read(segment_path))
            except Unreadable as error:
                self.unreadable.append(str(error))
                continue
            length, offset = segment.byte_range or (len(whole[1]), 0)
            content = whole[1][offset : offset + length]
            facts = segment_facts(init, content) if len(content) == length else None
            if facts is None:
                faults.append(f"{segment_path} from {offset}: not a media segment")
                continue
            yield SegmentFacts(
                path=segment_path,
                declared_s=segment.duration_s,
                discontinuity=segment.discontinuity,
                size_bytes=len(content),
                **facts,
            )


def read_package(reader: Reader) -> Package:
    """Read all of it. Missing files are noted; only a missing multivariant playlist raises."""
    text = reader.read(reader.entry).decode("utf-8", "replace")
    if not is_multivariant(text):
        raise Unreadable(f"{reader.entry} is not a multivariant playlist")
    multivariant = parse_multivariant(text)
    reading = _Reading(reader)
    apart = [entry for entry in multivariant.renditions if entry.uri]
    sounds = [entry for entry in apart if entry.attributes.get("TYPE") == "AUDIO"]
    captions = [entry for entry in apart if entry.attributes.get("TYPE") == "SUBTITLES"]
    return Package(
        reader=reader,
        multivariant=multivariant,
        variants=tuple((e, r) for e in multivariant.variants if (r := reading.rendition(e))),
        sounds=tuple((e, r) for e in sounds if (r := reading.rendition(e))),
        captions=tuple(c for e in captions if (c := reading.captions(e))),
        i_frames=tuple(i for e in multivariant.i_frames if e.uri and (i := reading.i_frames(e))),
        unreadable=tuple(reading.unreadable),
    )
