"""Whether the tracks of a Matroska or WebM file are encrypted, which demuxers don't tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MARK = b"\x1a\x45\xdf\xa3"  # the element EBML, with which such files begin
_SEGMENT, _TRACKS, _CLUSTER = 0x18538067, 0x1654AE6B, 0x1F43B675
# TrackEntry, ContentEncodings, ContentEncoding, ContentEncryption (RFC 9559 §5.1.4).
_WAY = (0xAE, 0x6D80, 0x6240, 0x5035)
# No muxer writes so many side by side before the pictures; crafted files have no end of them.
_MOST_ELEMENTS = 1000


def is_encrypted(path: Path) -> bool:
    """Whether a track says so in its header."""
    with path.open("rb") as file:
        for name, start, end in _elements(file, 0, path.stat().st_size):
            if name == _SEGMENT:
                return _has_encryption(file, start, end)
    return False


def _has_encryption(file: BinaryIO, start: int, end: int) -> bool:
    for name, first, last in _elements(file, start, end):
        if name in (_TRACKS, _CLUSTER):
            return name == _TRACKS and _holds(file, first, last, _WAY)
    return False


def _holds(file: BinaryIO, start: int, end: int, way: tuple[int, ...]) -> bool:
    """Whether there is an element at the end of a way of names."""
    inner = [(a, b) for name, a, b in _elements(file, start, end) if name == way[0]]
    return bool(inner) and (len(way) == 1 or any(_holds(file, a, b, way[1:]) for a, b in inner))


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Name, start and end of the content of each element in a part of the file."""
    for _ in range(_MOST_ELEMENTS):
        file.seek(start)
        head = file.read(min(12, end - start))
        name_bytes = _length(head)
        size_bytes = _length(head[name_bytes:])
        if not name_bytes or not size_bytes:
            break
        size = int.from_bytes(head[name_bytes : name_bytes + size_bytes], "big")
        size -= 1 << 7 * size_bytes  # the mark of how long it is
        start += name_bytes + size_bytes
        unknown = size == (1 << 7 * size_bytes) - 1  # as live recorders write it
        last = end if unknown else min(start + size, end)
        yield int.from_bytes(head[:name_bytes], "big"), start, last
        start = last


def _length(head: bytes) -> int:
    """Of a number by its first byte (RFC 8794 §4); 0 where it isn't one."""
    return 9 - head[0].bit_length() if head and head[0] else 0
