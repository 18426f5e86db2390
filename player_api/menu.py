"""The whole catalogue as one snapshot: made once a version, kept as bytes in every coding.

It comes whole, or in two parts: on a thin line a box shows the list before the words have come.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
import zstandard
from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.house import House
from catalog.menu import catalogue_version, menu_document
from player_api.latest import Latest
from player_api.negotiation import best_coding, has_already

# From the smallest result to the largest; zstd also unpacks fastest.
CODINGS = ("zstd", "gzip")
# What only a course's own page shows; half of the whole menu's bytes.
WORDS = ("summary", "goals")
# A box asks at power-on and when the viewer comes home; a menu half a minute old harms nobody,
# and one of yesterday is better than none while the line is down.
CACHE_CONTROL = "public, max-age=30, stale-while-revalidate=86400, stale-if-error=604800"


@dataclass(frozen=True, kw_only=True, slots=True)
class Representation:
    """The snapshot in one coding."""

    content: bytes
    etag: str


# A document by coding.
Forms = dict[str, Representation]


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The menu of one catalogue version: whole, without the words, and the words alone."""

    version: int
    whole: Forms
    list: Forms
    words: Forms


def make_snapshot(version: int, document: dict[str, Any]) -> Snapshot:
    """The document and its two parts in all codings."""
    courses = document["courses"]
    return Snapshot(
        version=version,
        whole=_forms(document),
        list=_forms(
            {
                **document,
                "courses": [
                    {name: value for name, value in course.items() if name not in WORDS}
                    for course in courses
                ],
            }
        ),
        words=_forms(
            {
                "version": document["version"],
                "courses": {
                    course["number"]: {name: course[name] for name in WORDS} for course in courses
                },
            }
        ),
    )


def _forms(document: dict[str, Any]) -> Forms:
    """The tags are hashes of the plain bytes.

    So they are equal on all machines and after a restart, where the compressors' versions may
    differ.
    """
    plain = msgspec.json.encode(document)
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return {
        "identity": Representation(content=plain, etag=f'"{tag}"'),
        "gzip": Representation(content=gzip.compress(plain, 9, mtime=0), etag=f'"{tag}-gzip"'),
        "zstd": Representation(
            content=zstandard.ZstdCompressor(level=19).compress(plain), etag=f'"{tag}-zstd"'
        ),
    }


class MenuCache:
    """The newest snapshot of this process."""

    def __init__(self) -> None:
        self._latest = Latest[Snapshot]()

    def current(self, house: House) -> Snapshot:
        """The snapshot of the catalogue as it is, or the one before while that is made."""
        with house.db.begin() as session:
            version = catalogue_version(session)

        def make() -> Snapshot:
            with house.db.begin() as session:
                return read_snapshot(session, house)

        return self._latest.current(lambda snapshot: snapshot.version >= version, make)


def read_snapshot(session: Session, house: House) -> Snapshot:
    """The catalogue of one moment as a snapshot."""
    # Version and courses must be of the same moment, though editors work meanwhile.
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    settings = house.settings
    version = catalogue_version(session)
    document = menu_document(session, media_url=settings.media_url, time_zone=settings.time_zone)
    return make_snapshot(version, document)


def menu_answer(request: Request, forms: Forms) -> Response:
    """The document in the client's coding, or 304 when the client has it."""
    coding = best_coding(_header(request, "accept-encoding"), CODINGS)
    form = forms[coding]
    headers = {"ETag": form.etag, "Vary": "Accept-Encoding", "Cache-Control": CACHE_CONTROL}
    if has_already(_header(request, "if-none-match"), form.etag):
        return Response(status_code=304, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(form.content, headers=headers, media_type="application/json")


def _header(request: Request, name: str) -> str | None:
    """All lines of a header as one list."""
    lines = request.headers.getlist(name)
    return ", ".join(lines) if lines else None
