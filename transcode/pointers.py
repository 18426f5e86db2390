"""Know files that only point at media elsewhere: playlists, scripts, reference movies.

Nothing that they name is ever opened; here it is only told what they are.
"""

from __future__ import annotations

import codecs
import re

# First lines of M3U and HLS, PLS, FFmpeg's concat script, and of QuickTime's wrapper of SMIL.
_FIRST_WORDS = ("#extm3u", "[playlist]", "[reference]", "ffconcat ", "file '", "smiltext")
# Playlists without their first line.
_TAGS = re.compile(r"^#(extinf:|ext-x-)", re.MULTILINE)
# Outermost elements of DASH, SMIL, ASX, XSPF and Smooth Streaming.
_ELEMENTS = ("mpd", "smil", "asx", "playlist", "smoothstreamingmedia")
_ELEMENT = re.compile(r"<(?:[a-z][\w.-]*:)?([a-z]\w*)")
_SELF_CONTAINED = 1


def is_playlist(text: bytes) -> bool:
    """text: the first bytes of a text file, in any encoding."""
    words = _decoded(text).lower().lstrip("\ufeff \t\r\n")
    if words.startswith(_FIRST_WORDS) or _TAGS.search(words):
        return True
    element = _ELEMENT.search(words) if words.startswith("<") else None
    return element is not None and element[1] in _ELEMENTS


def _decoded(text: bytes) -> str:
    wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if wide else "utf-8", "replace")


def refers_elsewhere(header: bytes) -> bool:
    """Whether a movie's header says that pictures or sound are in another file.

    header: the content of the ``moov`` box (ISO/IEC 14496-12, 8.7.2; QuickTime has ``rmra``).
    """
    if b"rmra" in header:
        return True
    tables = [match.end() for match in re.finditer(b"dref", header)]
    return any(_is_external(header, at) for table in tables for at in _entries(header, table))


def _entries(header: bytes, table: int) -> list[int]:
    """Where the entries of a table of references begin. table: where its content does."""
    count = int.from_bytes(header[table + 4 : table + 8], "big")
    found: list[int] = []
    at = table + 8
    while len(found) < count and at + 12 <= len(header):
        found.append(at)
        at += max(12, int.from_bytes(header[at : at + 4], "big"))
    return found


def _is_external(header: bytes, entry: int) -> bool:
    return not header[entry + 11] & _SELF_CONTAINED
