"""Tell by the first bytes what must not be opened at all."""

from __future__ import annotations

from pathlib import Path

from transcode import matroska
from transcode.errors import (
    Damaged,
    EmptyFile,
    Encrypted,
    NotAVideo,
    PlaylistFile,
    StillPicture,
)
from transcode.pointers import is_playlist, refers_elsewhere

_HEAD_BYTES = 64 * 1024
LEAST_READABLE = 0.9  # of what a file says it holds
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"avis", b"hevc", b"msf1")
_DOCUMENTS = (b"PK\x03\x04", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
# Content Encryption and Extended Content Encryption, as they stand in files (ASF, 3.14 and 3.15).
_ASF = bytes.fromhex("3026b2758e66cf11")
_ASF_ENCRYPTION = (
    bytes.fromhex("fbb31122 23bd d211 b4b700a0c955fc6e"),
    bytes.fromhex("14e68a29 2226 174c b935dae07ee9289c"),
)
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
# Length, and where in it the packet proper begins: recorders put a time stamp before it, some
# broadcasts a check sum behind it.
_TRANSPORT_PACKETS = ((188, 0), (192, 4), (204, 0))
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
        raise (PlaylistFile if is_playlist(head) else NotAVideo)("a text file")
    if any(_is_scrambled(head, size, sync) for size, sync in _TRANSPORT_PACKETS):
        raise Encrypted("a scrambled transport stream")
    if head.startswith(_ASF) and any(mark in head for mark in _ASF_ENCRYPTION):
        raise Encrypted("Windows Media rights management")
    if path.stat().st_size < LEAST_READABLE * _asf_size_bytes(head):
        raise Damaged("the file is shorter than its header says")
    if head[4:8] in _MP4_BOXES and _is_encrypted_mp4(path):
        raise Encrypted("the tracks are encrypted")
    if head.startswith(matroska.MARK) and matroska.is_encrypted(path):
        raise Encrypted("the tracks are encrypted")


def is_shorter_than_it_says(path: Path) -> bool:
    """For the one format that tells its own size: FFmpeg then forgets how long it lasts."""
    with path.open("rb") as file:
        return path.stat().st_size < _asf_size_bytes(file.read(_HEAD_BYTES))


def looks_like_media(path: Path) -> bool:
    """Whether a file that can't be opened began as a film: then it is damaged."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free") or head.startswith(
        (b"\x1aE\xdf\xa3", b"RIFF", b"FLV\x01", b"0&\xb2u", b"OggS", b"\x00\x00\x01\xba")
    )


def has_no_media_of_its_own(path: Path) -> bool:
    """Whether a movie without a picture has it in another file, which we never open."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] in _MP4_BOXES and refers_elsewhere(_movie_header(path))


def is_text(head: bytes) -> bool:
    if head.startswith(_TEXT_MARKS):
        return True
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return control == 0


def _is_picture(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    brand = head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS
    return webp or brand or head.startswith(_PICTURES)


def _asf_size_bytes(head: bytes) -> int:
    """What the header says; FFmpeg ignores the length of a file that was cut off. 0: unknown."""
    at = head.find(_ASF_FILE_PROPERTIES) if head.startswith(_ASF) else -1
    live = at < 0 or head[at + 88] & 1
    return 0 if live else int.from_bytes(head[at + 40 : at + 48], "little")


def _is_scrambled(head: bytes, size: int, sync: int) -> bool:
    """Transport packets carry two scrambling bits in their fourth byte."""
    packets = range(sync, len(head) - size, size)
    if len(packets) < 5 or any(head[at] != 0x47 for at in packets):
        return False
    return sum(head[at + 3] >> 6 != 0 for at in packets) * 2 > len(packets)


def _is_encrypted_mp4(path: Path) -> bool:
    """Common Encryption renames the sample entries (ISO/IEC 23001-7); demuxers hide that. Films
    from a shop have names of their own."""
    header = _movie_header(path)
    common = b"schm" in header and (b"encv" in header or b"enca" in header)
    return common or (b"sinf" in header and (b"drmi" in header or b"drms" in header))


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
