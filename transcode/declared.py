"""How long a file says that it is, which is more than can be read where it was cut off."""

from __future__ import annotations

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream


def declared_s(container: InputContainer, zero_s: float) -> float:
    """Of the whole file. zero_s: its own time stamp at the zero of our clock."""
    found_s = (container.duration or 0) / av.time_base
    # Matroska counts from zero, even where nothing plays yet.
    if "matroska" in container.format.name:
        found_s -= max(zero_s, 0)
    if container.format.name == "avi":
        found_s = max(found_s, *map(declared_track_s, container.streams.video), 0)
    return max(found_s, 0)


def declared_track_s(stream: VideoStream | AudioStream) -> float:
    """Of one track; 0 where the header doesn't say.

    Where FFmpeg finds nothing it fills in what it reckons, such as the length of the whole file:
    only the formats named here are sure to speak of the track.
    """
    kinds = stream.container.format.name.split(",")
    # FFmpeg cuts the length of an AVI to what is there; the count in its header stays.
    if "avi" in kinds and isinstance(stream, VideoStream) and stream.guessed_rate:
        return float(stream.frames / stream.guessed_rate)
    # Of the edited track: phones hide what was trimmed away behind an edit list.
    if "mov" in kinds and stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return 0.0
