"""Rules on the package as a whole, and on how it is served."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from transcode.package_facts import Package
from transcode.reading import HttpReader, Unreadable, beside
from transcode.rulebook import Faults, chapter

RULES, rule = chapter()

_PLAYLIST_TYPES = ("application/vnd.apple.mpegurl", "audio/mpegurl", "application/x-mpegurl")
_SEGMENT_TYPES = ("video/mp2t", "video/mp4", "audio/mp4", "video/iso.segment")


@rule("contents_true", "package.json, if any, lists every file with its size and hash")
def _contents_true(package: Package) -> Faults:
    try:
        contents: Any = json.loads(package.reader.read(beside(package.reader, "package.json")))
    except Unreadable:
        return None
    except (ValueError, RecursionError):
        return ["package.json: not JSON"]
    # Others keep a package.json as well, of what their players are made of.
    if not isinstance(contents, dict) or "source_sha256" not in contents:
        return None
    try:
        listed = {str(file["path"]): str(file["sha256"]) for file in contents["files"]}
    except (KeyError, TypeError):
        return ["package.json: its list of files can't be read"]
    return [
        f"{path}: not as listed"
        for path, sha256 in listed.items()
        if _hash_or_none(package, path) != sha256
    ]


def _hash_or_none(package: Package, path: str) -> str | None:
    try:
        return hashlib.sha256(package.reader.read(beside(package.reader, path))).hexdigest()
    except Unreadable:
        return None


@rule("served_types", "By HTTP: playlists and segments have their media types")
def _served_types(package: Package) -> Faults:
    if not isinstance(package.reader, HttpReader):
        return None
    wanted = {
        ".m3u8": _PLAYLIST_TYPES,
        ".ts": _SEGMENT_TYPES,
        ".m4s": _SEGMENT_TYPES,
        ".vtt": ("text/vtt",),
    }
    return [
        f"{answer.path}: {answer.content_type}"
        for answer in package.reader.answers
        if answer.content_type not in wanted.get(answer.ending, (answer.content_type,))
    ]


@rule("served_gzipped", "By HTTP: playlists are gzipped")
def _served_gzipped(package: Package) -> Faults:
    if not isinstance(package.reader, HttpReader):
        return None
    answers = package.reader.answers
    return [a.path for a in answers if a.ending == ".m3u8" and not a.gzipped]


@rule("served_directly", "By HTTP: no redirects")
def _served_directly(package: Package) -> Faults:
    return package.reader.redirects if isinstance(package.reader, HttpReader) else None
