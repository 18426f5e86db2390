"""Tell by the first bytes what must not be opened at all."""

from __future__ import annotations

from pathlib import Path

from transcode.errors import EmptyFile, Encrypted, NotAVideo, StillPicture

_HEAD_BYTES = 64 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"avis", b"hevc", b"msf1")
_DOCUMENTS = (b"PK\x03\x04", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_LARGEST_HEADER_BYTES = 64 << 20
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def refuse_by_first_bytes(path: Path) -> None:
    """Raise for files that are empty, text of any kind, documents or pictures."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise EmptyFile("no bytes")
    if _is_picture(head):
        raise StillPicture("a picture file")
    if head.startswith(_DOCUMENTS):
        raise NotAVideo("a document or an archive")
    # Playlists, concat scripts and every other script that makes FFmpeg open other files
    # are text, and no container of ours is.
    if is_text(head):
        raise NotAVideo("a text file")
    if _is_scrambled(head):
        raise Encrypted("a scrambled transport stream")
    if head[4:8] in _MP4_BOXES and _is_encrypted_mp4(path):
        raise Encrypted("the tracks are encrypted")


def is_text(head: bytes) -> bool:
    if head.startswith(_TEXT_MARKS):
        return True
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return control == 0


def _is_picture(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    brand = head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS
    return webp or brand or head.startswith(_PICTURES)


def _is_scrambled(head: bytes) -> bool:
    """Transport packets carry two scrambling bits in their fourth byte."""
    packets = range(0, len(head) - 188, 188)
    if len(packets) < 5 or any(head[at] != 0x47 for at in packets):
        return False
    return sum(head[at + 3] >> 6 != 0 for at in packets) * 2 > len(packets)


def _is_encrypted_mp4(path: Path) -> bool:
    """Common Encryption renames the sample entries (ISO/IEC 23001-7); demuxers hide that."""
    header = _movie_header(path)
    return b"schm" in header and (b"encv" in header or b"enca" in header)


def _movie_header(path: Path) -> bytes:
    """The content of the ``moov`` box, wherever in the file it stands."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size_bytes:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if head[4:8] == b"moov":
                file.seek(at)
                return file.read(min(length or size_bytes, _LARGEST_HEADER_BYTES))
            if length < 8:
                break
            at += length
    return b""
