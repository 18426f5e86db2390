"""Packages as boxes and CDNs read them: immutable names, ranges, and nothing but packages."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.problems import Problem, ProblemDetails
from app.storage import COPY_BYTES, BadKey, ObjectNotFound, Storage, content_type
from app.web import HouseDep

# Sources and work in progress lie in the same storage and are nobody's to see.
PUBLIC = "videos/"
FOREVER = "public, max-age=31536000, immutable"
TEXTS = (".m3u8", ".json", ".vtt")
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class MediaNotFound(Problem):
    """There is no such file in any package; a retry does not help."""

    status = 404
    code = "media_not_found"
    title = "There is no such media file."


class RangeOutside(Problem):
    """The range begins behind the end of the file."""

    status = 416
    code = "range_not_satisfiable"
    title = "The file is shorter than that."


router = APIRouter(
    prefix="/media", tags=["media"], responses={s: {"model": ProblemDetails} for s in (404, 416)}
)


# Twice, since one operation id for two methods makes an OpenAPI document that nobody reads.
@router.head("/{key:path}", response_class=Response, operation_id="media_head")
@router.get("/{key:path}", response_class=Response, operation_id="media")
def media(key: str, request: Request, house: HouseDep) -> Response:
    """One file of a package, or a range of its bytes. It never changes under this address."""
    size_bytes = _size(house.storage, key)
    headers = _headers(key)
    if headers["ETag"] in _etags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if key.endswith(TEXTS):
        # Chromium's own HLS asks for ranges and takes later ones out of its cache, where it
        # fails to unpack what came packed: the second play of a lesson would not begin.
        compressed = _takes_gzip(request.headers) and "range" not in request.headers
        return _text(house.storage, key, headers, compressed=compressed)
    if request.method == "HEAD":
        headers |= {"Accept-Ranges": "bytes", "Content-Length": str(size_bytes)}
        return Response(headers=headers)
    span = asked_span(request.headers, headers["ETag"], size_bytes)
    return _bytes(house.storage, key, headers, span, size_bytes)


def _size(storage: Storage, key: str) -> int:
    if not key.startswith(PUBLIC):
        raise MediaNotFound("没有这个媒体文件。")
    try:
        return storage.size(key)
    except (ObjectNotFound, BadKey):
        raise MediaNotFound("没有这个媒体文件。") from None


def _headers(key: str) -> dict[str, str]:
    # A name stands for its content for ever, so the name alone makes the tag.
    tag = hashlib.sha256(key.encode()).hexdigest()[:32]
    return {
        "ETag": f'"{tag}"',
        "Cache-Control": FOREVER,
        "Content-Type": content_type(key),
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
        "X-Content-Type-Options": "nosniff",
    }


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/").replace('-gzip"', '"') for tag in header.split(",")}


def _takes_gzip(headers: Mapping[str, str]) -> bool:
    codings = [part.partition(";") for part in headers.get("accept-encoding", "").split(",")]
    return any(
        name.strip().lower() in ("gzip", "*") and not re.fullmatch(r"\s*q=0(\.0*)?\s*", quality)
        for name, _, quality in codings
    )


def _text(storage: Storage, key: str, headers: dict[str, str], *, compressed: bool) -> Response:
    with storage.open(key) as file:
        content = file.read()
    headers = {**headers, "Vary": "Accept-Encoding"}
    if compressed:
        # Another representation is another tag (RFC 9110 §8.8.3.3).
        headers |= {"Content-Encoding": "gzip", "ETag": headers["ETag"][:-1] + '-gzip"'}
        content = gzip.compress(content, 6, mtime=0)
    return Response(content, headers=headers)


def asked_span(headers: Mapping[str, str], etag: str, size_bytes: int) -> tuple[int, int] | None:
    """The bytes [start, end) that a request asks for; None for the whole file.

    Several ranges, other units and nonsense mean the whole file (RFC 9110 §14.2).
    Raises RangeOutside.
    """
    asked = RANGE.fullmatch(headers.get("range", "").strip())
    if asked is None or headers.get("if-range", etag) != etag:
        return None
    first, last = (int(digits) if digits else None for digits in asked.groups())
    if first is None:
        if last is None:
            return None
        start, end = max(size_bytes - last, 0), size_bytes
    else:
        if last is not None and last < first:
            return None
        start, end = first, size_bytes if last is None else min(last + 1, size_bytes)
    if start >= end:
        problem = RangeOutside()
        problem.headers = {"Content-Range": f"bytes */{size_bytes}"}
        raise problem
    return start, end


def _bytes(
    storage: Storage,
    key: str,
    headers: dict[str, str],
    span: tuple[int, int] | None,
    size_bytes: int,
) -> Response:
    start, end = span or (0, size_bytes)
    status = 206 if span else 200
    if span:
        headers = {**headers, "Content-Range": f"bytes {start}-{end - 1}/{size_bytes}"}
    headers = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if end - start <= COPY_BYTES:
        with storage.open(key, start, end) as file:
            return Response(file.read(), status, headers=headers)
    return StreamingResponse(_blocks(storage, key, start, end), status, headers=headers)


def _blocks(storage: Storage, key: str, start: int, end: int) -> Iterator[bytes]:
    with storage.open(key, start, end) as file:
        while block := file.read(COPY_BYTES):
            yield block
