"""One pass over all packets of a source, without decoding more than first frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.subtitle import SubtitleSet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from transcode.errors import Damaged

# A file that begins in the middle of a recording has some; one without any picture, all.
_MAX_FAILURES = 300


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one pass over the file showed.

    times: start and length of every packet, in ticks of its stream, by stream index.
    decoded_at: decoding times of the picture in the order of the file.
    """

    frame: VideoFrame
    times: dict[int, list[tuple[int, int]]]
    decoded_at: list[int]
    undecodable: frozenset[int]
    readable_to_end: bool


def read_packets(container: InputContainer, video: VideoStream, streams: Sequence[Stream]) -> Seen:
    """One pass, because some formats can't seek back. Of each track only the first frame is
    decoded: it carries what the header hides, such as rotation, field order and colours."""
    times: dict[int, list[tuple[int, int]]] = {stream.index: [] for stream in streams}
    firsts = {s.index: _First() for s in streams if s is video or s.type == "audio"}
    decoded_at: list[int] = []
    readable_to_end = True
    try:
        for packet in container.demux(streams):
            index = packet.stream.index
            if (first := firsts.get(index)) and not first.offer(packet) and index == video.index:
                break
            at = packet.pts if packet.pts is not None else packet.dts
            if at is not None and packet.size and not packet.is_discard:
                times[index].append((at, packet.duration or 0))
            if index == video.index and packet.size and packet.dts is not None:
                decoded_at.append(packet.dts)
    except av.error.FFmpegError:
        readable_to_end = False
    frame = firsts[video.index].frame
    if not isinstance(frame, VideoFrame):
        raise Damaged("no picture can be decoded")
    return Seen(
        frame=frame,
        times=times,
        decoded_at=decoded_at,
        undecodable=frozenset(i for i, first in firsts.items() if first.failed),
        readable_to_end=readable_to_end,
    )


class _First:
    """Waits for the first frame of a track."""

    def __init__(self) -> None:
        self.frame: VideoFrame | AudioFrame | None = None
        self._failures = 0

    @property
    def failed(self) -> bool:
        return self.frame is None and self._failures > 0

    def offer(self, packet: Packet[Any]) -> bool:
        """Decode until there is a frame; False when there will be none."""
        if self.frame is None and self._failures <= _MAX_FAILURES:
            try:
                frames = packet.decode()
            except (av.error.FFmpegError, AttributeError):  # the latter: no decoder at all
                self._failures += 1
            else:
                self.frame = next((f for f in frames if not isinstance(f, SubtitleSet)), None)
        return self._failures <= _MAX_FAILURES
