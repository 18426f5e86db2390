"""Rules on the package as a whole, and on how it is served."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from transcode.package_facts import Package
from transcode.reading import FolderReader, HttpReader, Unreadable, beside
from transcode.rulebook import Faults, chapter

RULES, rule = chapter()

_CONTENTS = "package.json"
_FRAGMENT_TYPES = ("video/mp4", "audio/mp4", "video/iso.segment")
# By the ending of a file's name.
_TYPES = {
    ".m3u8": ("application/vnd.apple.mpegurl",),
    ".ts": ("video/mp2t",),
    ".m4s": _FRAGMENT_TYPES,
    ".mp4": _FRAGMENT_TYPES,
    ".vtt": ("text/vtt",),
}


@rule("contents_true", "package.json, if any, lists every file with its size and hash")
def _contents_true(package: Package) -> Faults:
    try:
        contents: Any = json.loads(package.reader.read(beside(package.reader, _CONTENTS)))
    except Unreadable:
        return None
    except (ValueError, RecursionError):
        return ["package.json: not JSON"]
    # Others keep a package.json as well, of what their players are made of.
    if not isinstance(contents, dict) or "source_sha256" not in contents:
        return None
    try:
        listed = {str(f["path"]): (f["size_bytes"], f["sha256"]) for f in contents["files"]}
    except (KeyError, TypeError):
        return ["package.json: its list of files can't be read"]
    return [
        *(f"{p}: not as listed" for p, facts in listed.items() if _facts(package, p) != facts),
        *(f"{path}: not listed" for path in sorted(_there(package) - listed.keys())),
    ]


def _facts(package: Package, path: str) -> tuple[int, str] | None:
    try:
        content = package.reader.read(beside(package.reader, path))
    except Unreadable:
        return None
    return len(content), hashlib.sha256(content).hexdigest()


def _there(package: Package) -> set[str]:
    """A web server doesn't say what else it has."""
    files = package.reader.files() if isinstance(package.reader, FolderReader) else set()
    return files - {_CONTENTS}


@rule("served_types", "By HTTP: playlists and segments have their media types")
def _served_types(package: Package) -> Faults:
    if not isinstance(package.reader, HttpReader):
        return None
    return [
        f"{answer.path}: {answer.content_type}"
        for answer in package.reader.answers
        if answer.content_type not in _TYPES.get(answer.ending, (answer.content_type,))
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
