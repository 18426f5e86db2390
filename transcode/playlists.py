"""HLS playlists as values: read any, write ours (RFC 8216)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONGEST_S = 1e6
_INTEGER = re.compile(r"[0-9]{1,9}")
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)(?:,|$)')


class NotAPlaylist(ValueError):
    """The text doesn't begin with #EXTM3U."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A tag with attributes, and the address that follows it, if any."""

    attributes: dict[str, str]
    uri: str


@dataclass(frozen=True, kw_only=True)
class Multivariant:
    variants: tuple[Entry, ...]
    renditions: tuple[Entry, ...]  # EXT-X-MEDIA
    i_frames: tuple[Entry, ...]  # EXT-X-I-FRAME-STREAM-INF
    version: int
    independent_segments: bool


@dataclass(frozen=True, kw_only=True)
class Segment:
    uri: str
    duration_s: float
    byte_range: tuple[int, int] | None = None  # length, offset
    discontinuity: bool = False


@dataclass(frozen=True, kw_only=True)
class Media:
    segments: tuple[Segment, ...]
    target_duration: str  # as written, because it must be an integer
    version: int
    vod: bool
    ended: bool
    init_uri: str | None
    decimal_durations: bool
    i_frames_only: bool

    @property
    def target_s(self) -> int | None:
        """The target duration; None where it isn't an integer."""
        return int(self.target_duration) if _INTEGER.fullmatch(self.target_duration) else None


def attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "#EXTM3U":
        raise NotAPlaylist("does not begin with #EXTM3U")
    return lines


def _value(lines: Sequence[str], tag: str, default: str = "") -> str:
    prefix = f"#{tag}:"
    return next((line[len(prefix) :] for line in lines if line.startswith(prefix)), default)


def is_multivariant(text: str) -> bool:
    return "#EXT-X-STREAM-INF" in text


def parse_multivariant(text: str) -> Multivariant:
    lines = _lines(text)
    variants = [
        Entry(attributes=attributes(line.partition(":")[2]), uri=following)
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("#EXT-X-STREAM-INF:")
    ]
    return Multivariant(
        variants=tuple(variants),
        renditions=_tagged(lines, "#EXT-X-MEDIA:"),
        i_frames=_tagged(lines, "#EXT-X-I-FRAME-STREAM-INF:"),
        version=int(_value(lines, "EXT-X-VERSION", "1")),
        independent_segments="#EXT-X-INDEPENDENT-SEGMENTS" in lines,
    )


def _tagged(lines: Sequence[str], tag: str) -> tuple[Entry, ...]:
    found = [attributes(line[len(tag) :]) for line in lines if line.startswith(tag)]
    return tuple(Entry(attributes=each, uri=each.get("URI", "")) for each in found)


def parse_media(text: str) -> Media:
    lines = _lines(text)
    durations = [line for line in lines if line.startswith("#EXTINF:")]
    return Media(
        segments=tuple(_segments(lines)),
        target_duration=_value(lines, "EXT-X-TARGETDURATION"),
        version=int(_value(lines, "EXT-X-VERSION", "1")),
        vod=_value(lines, "EXT-X-PLAYLIST-TYPE") == "VOD",
        ended="#EXT-X-ENDLIST" in lines,
        init_uri=attributes(_value(lines, "EXT-X-MAP")).get("URI"),
        decimal_durations=any("." in line for line in durations),
        i_frames_only="#EXT-X-I-FRAMES-ONLY" in lines,
    )


def _segments(lines: Sequence[str]) -> list[Segment]:
    segments: list[Segment] = []
    duration_s, byte_range, broken, end = 0.0, None, False, 0
    for line in lines:
        if line.startswith("#EXTINF:"):
            duration_s = _duration_s(line[8:].split(",")[0])
        elif line.startswith("#EXT-X-BYTERANGE:"):
            length, _, offset = line[17:].partition("@")
            byte_range = (int(length), int(offset) if offset else end)
            end = sum(byte_range)
        elif line == "#EXT-X-DISCONTINUITY":
            broken = True
        elif not line.startswith("#"):
            segments.append(
                Segment(
                    uri=line, duration_s=duration_s, byte_range=byte_range, discontinuity=broken
                )
            )
            byte_range, broken = None, False
    return segments


def _duration_s(told: str) -> float:
    duration_s = float(told)
    if not 0 <= duration_s <= _LONGEST_S:
        raise ValueError(f"EXTINF {told} is no duration")
    return duration_s


def media_text(
    segments: Sequence[Segment], *, version: int = 3, i_frames_only: bool = False
) -> str:
    """A media playlist, of version 3 where it can be: the oldest boxes document nothing newer."""
    head = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{target_s([segment.duration_s for segment in segments])}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        *(["#EXT-X-I-FRAMES-ONLY"] if i_frames_only else []),
    ]
    body = [line for segment in segments for line in _segment_lines(segment)]
    return "\n".join([*head, *body, "#EXT-X-ENDLIST", ""])


def rounded_s(duration_s: float) -> int:
    """The nearest integer, a half up: RFC 8216 §4.3.3.1, and Python's own goes to the even one."""
    return math.floor(duration_s + 0.5)


def target_s(durations_s: Iterable[float]) -> int:
    """The target duration of segments that last so long."""
    return max([1, *map(rounded_s, durations_s)])


def _segment_lines(segment: Segment) -> list[str]:
    lines = [f"#EXTINF:{segment.duration_s:.6f},"]
    if segment.byte_range:
        length, offset = segment.byte_range
        lines.append(f"#EXT-X-BYTERANGE:{length}@{offset}")
    return [*lines, segment.uri]


def multivariant_text(
    variants: Sequence[Entry], renditions: Sequence[Entry] = (), i_frames: Sequence[Entry] = ()
) -> str:
    """renditions: sound and captions in playlists of their own. Attributes as they are written."""
    # Version 6 brought INDEPENDENT-SEGMENTS; older players skip tags that they don't know,
    # while some refuse a playlist with a higher version than theirs.
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in variants:
        lines += [f"#EXT-X-STREAM-INF:{_told(variant)}", variant.uri]
    # The extras stand last: the simplest of parsers has by then found what it can play.
    lines += [f"#EXT-X-MEDIA:{_told(rendition)}" for rendition in renditions]
    lines += [f"#EXT-X-I-FRAME-STREAM-INF:{_told(entry)}" for entry in i_frames]
    return "\n".join([*lines, ""])


def _told(entry: Entry) -> str:
    return ",".join(f"{name}={value}" for name, value in entry.attributes.items())


def peak_bps(sizes_and_durations: Sequence[tuple[int, float]], target_s: float) -> int:
    """The highest rate over runs of segments that last 0.5 to 1.5 targets (RFC 8216 §4.3.4.2)."""
    peak = 0.0
    for first in range(len(sizes_and_durations)):
        size, duration_s = 0, 0.0
        for segment_bytes, segment_s in sizes_and_durations[first:]:
            size, duration_s = size + segment_bytes, duration_s + segment_s
            if duration_s > 1.5 * target_s:
                break
            if duration_s >= 0.5 * target_s:
                peak = max(peak, 8 * size / duration_s)
    return round(peak or average_bps(sizes_and_durations))


def average_bps(sizes_and_durations: Sequence[tuple[int, float]]) -> int:
    total_s = sum(duration_s for _, duration_s in sizes_and_durations)
    return round(8 * sum(size for size, _ in sizes_and_durations) / total_s) if total_s else 0
