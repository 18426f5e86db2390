"""One pass over all packets of a source, without decoding more than first frames."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.subtitle import SubtitleSet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from transcode.errors import Damaged, Stopped, TooManyPackets

# A file that begins in the middle of a recording has some; one without any picture, all.
_MAX_FAILURES = 300
# Four times the packets of the longest film with sixty pictures a second and five sound tracks.
# A crafted index makes a packet of every byte.
MOST_PACKETS = 20_000_000
# Where nothing plays for longer, what comes after it may be a stray packet.
HOLE_S = 10
_MOST_HOLES = 10_000
ASK_EVERY_PACKETS = 500


@dataclass
class Extent:
    """From where to where a track goes: no more of its packets is kept, for there are millions.

    open_at: the latest start of a packet that doesn't say how long it lasts. holes: long times in
    which nothing plays, from and to.
    """

    start: int
    end: int
    open_at: int | None = None
    holes: list[tuple[int, int]] = field(default_factory=list)

    def stretch(self, at: int, length: int, hole: int) -> None:
        if at - self.end > hole and len(self.holes) < _MOST_HOLES:
            self.holes.append((self.end, at))
        self.start, self.end = min(self.start, at), max(self.end, at + length)
        if not length:
            self.open_at = at if self.open_at is None else max(self.open_at, at)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one pass over the file showed. All times are in ticks of their stream.

    extents: of the tracks that have packets, by stream index. starts: when each packet of the
    picture is shown, and decoded_at: when it is decoded, in the order of the file. key_gap: the
    longest way from a key frame to the next, or to the end.
    """

    frame: VideoFrame
    extents: dict[int, Extent]
    starts: array[int]
    decoded_at: array[int]
    key_gap: int
    undecodable: frozenset[int]
    readable_to_end: bool


def ask(stop: Callable[[], bool] | None, number: int) -> None:
    """Raise Stopped when somebody wants that. number: of the packet; not each of them asks."""
    if stop and number % ASK_EVERY_PACKETS == 0 and stop():
        raise Stopped("stopped on request")


def read_packets(
    container: InputContainer,
    video: VideoStream,
    streams: Sequence[Stream],
    stop: Callable[[], bool] | None = None,
) -> Seen:
    """One pass, because some formats can't seek back. Of each track only the first frame is
    decoded: it carries what the header hides, such as rotation, field order and colours."""
    extents: dict[int, Extent] = {}
    firsts = {s.index: _First() for s in streams if s is video or s.type == "audio"}
    holes = {s.index: round(HOLE_S / (s.time_base or Fraction(1))) for s in streams}
    starts, decoded_at, keys = array("q"), array("q"), _Keys()
    readable_to_end = True
    try:
        for number, packet in enumerate(container.demux(streams)):
            ask(stop, number)
            if number > MOST_PACKETS:
                raise TooManyPackets(f"more than {MOST_PACKETS} packets")
            index = packet.stream.index
            if (first := firsts.get(index)) and not first.offer(packet) and index == video.index:
                break
            at = packet.pts if packet.pts is not None else packet.dts
            if at is not None and packet.size and not packet.is_discard:
                extent = extents.setdefault(index, Extent(at, at))
                extent.stretch(at, packet.duration or 0, holes[index])
                if index == video.index:
                    starts.append(at)
                    keys.pass_by(at, is_key=packet.is_keyframe)
            if index == video.index and packet.size and packet.dts is not None:
                decoded_at.append(packet.dts)
    except av.error.FFmpegError:
        readable_to_end = False
    frame = firsts[video.index].frame
    if not isinstance(frame, VideoFrame):
        raise Damaged("no picture can be decoded")
    return Seen(
        frame=frame,
        extents=extents,
        starts=starts,
        decoded_at=decoded_at,
        key_gap=keys.longest_gap,
        undecodable=frozenset(i for i, first in firsts.items() if first.failed),
        readable_to_end=readable_to_end,
    )


class _Keys:
    """Measures the way from key frame to key frame."""

    def __init__(self) -> None:
        self.longest_gap = 0
        self._last: int | None = None

    def pass_by(self, at: int, *, is_key: bool) -> None:
        """The next packet in the order of the file."""
        self._last = at if self._last is None else self._last
        self.longest_gap = max(self.longest_gap, at - self._last)
        if is_key:
            self._last = at


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
