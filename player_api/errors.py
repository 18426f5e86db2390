"""What a box can be told instead of an answer.

Problem
├── BoxUnknown: BoxTokenMissing, BoxTokenInvalid, BoxRevoked (401)
├── BoxBlocked (403)
├── UnknownRegion, RegionNotFound, BadCursor
├── UnreadableBody, BadBatch, BatchTooLarge, UnsupportedCoding
└── CollectorUnavailable, CollectorBusy (503)
"""

from __future__ import annotations

import random
from typing import Any

from app.problems import Problem


class BoxUnknown(Problem):
    """The request does not say, in a way we believe, which box it comes from."""

    status = 401

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"WWW-Authenticate": "Bearer"}


class BoxTokenMissing(BoxUnknown):
    """There is no `Authorization: Bearer` header; introduce the box first."""

    code = "box_token_missing"
    title = "The request carries no box token."


class BoxTokenInvalid(BoxUnknown):
    """The token was not made by this service, or its box is gone; introduce the box again."""

    code = "box_token_invalid"
    title = "The box token is not valid."


class BoxRevoked(BoxUnknown):
    """The token was withdrawn; introduce the box again."""

    code = "box_revoked"
    title = "The box token was revoked."


class BoxBlocked(Problem):
    """The card's box was blocked by the operator; introducing it again will not help."""

    status = 403
    code = "box_blocked"
    title = "This box was blocked by the operator."


class UnknownRegion(Problem):
    """No region has that code; leave it out, or ask for the list of regions."""

    status = 422
    code = "unknown_region"
    title = "There is no region with this code."


class RegionNotFound(Problem):
    """No region has that code."""

    status = 404
    code = "unknown_region"
    title = "There is no region with this code."


class BadCursor(Problem):
    """`after` is not the `next` of an earlier page of the same order; start from the beginning."""

    status = 422
    code = "bad_cursor"
    title = "This is not the place where another page ended."


class UnreadableBody(Problem):
    """The body is not text in UTF-8, or not JSON; the server's framework says so."""

    status = 400
    code = "bad_request"
    title = "Bad Request"


class BadBatch(Problem):
    """The body is not a batch of events; sending it again will not help."""

    status = 400
    code = "bad_batch"
    title = "The body is not a batch of events."


class BatchTooLarge(Problem):
    """More than 200 events or 64 kB; send the events in smaller batches."""

    status = 413
    code = "batch_too_large"
    title = "The batch has more than 200 events or 65536 bytes."


class UnsupportedCoding(Problem):
    """The body is compressed; send it as it is."""

    status = 415
    code = "unsupported_content_encoding"
    title = "The body must not be compressed."


class CollectorUnavailable(Problem):
    """The database can't be reached or is too busy; nothing was counted, send the batch again."""

    status = 503
    code = "collector_unavailable"
    title = "The events cannot be stored now."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"Retry-After": "5"}


class CollectorBusy(Problem):
    """More requests wait than can be stored soon; nothing was counted, send the batch again."""

    status = 503
    code = "collector_busy"
    title = "Too many events wait to be stored."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        # Other boxes were turned away too: they must not all come back at one time.
        self.headers = {"Retry-After": str(random.randint(2, 20))}
