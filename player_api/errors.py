"""What a box can be told instead of an answer.

Problem
├── BoxUnknown (401)
│   ├── BoxTokenMissing, BoxTokenInvalid, BoxTokenForeign, BoxTokenRotated
│   └── BoxRevoked
├── BoxBlocked, BoxNotListed (403)
├── BoxNotFound, FlagNotFound, RegionIsListed
├── TooManyRequests (429)
├── UnknownRegion, RegionNotFound, RegionNotBegun, BadCursor
├── UnreadableList, BadList
├── UnreadableBody, BadBatch, BatchTooLarge, UnsupportedCoding
└── CollectorUnavailable ─ CollectorOutdated, CollectorBusy (503)
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.problems import Problem

if TYPE_CHECKING:
    from player_api.csv_lists import Fault


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
    """The token is damaged or forged, or its box is gone; introduce the box again."""

    code = "box_token_invalid"
    title = "The box token is not valid."


class BoxTokenForeign(BoxUnknown):
    """The token comes from another service, or from before the key was changed; introduce again."""

    code = "box_token_foreign"
    title = "The box token was made by another service."


class BoxTokenRotated(BoxUnknown):
    """The operator made the box's older tokens worthless; introduce the box again."""

    code = "box_token_rotated"
    title = "The box token was replaced by a newer one."


class BoxRevoked(BoxUnknown):
    """The operator blocked the box; what it counted before stays."""

    code = "box_revoked"
    title = "This box was revoked by the operator."


class BoxBlocked(Problem):
    """The card's box was blocked by the operator; introducing it again will not help."""

    status = 403
    code = "box_blocked"
    title = "This box was blocked by the operator."


class BoxNotListed(Problem):
    """Only boxes whose card is on the operator's list may introduce themselves here."""

    status = 403
    code = "box_not_listed"
    title = "The card of this box is not on the operator's list."


class BoxNotFound(Problem):
    """No box has that id, card number or help number."""

    status = 404
    code = "box_not_found"
    title = "There is no box with this id, card number or help number."


class RegionIsListed(Problem):
    """The operator's list says where the box stands; a household cannot change it."""

    status = 409
    code = "region_is_listed"
    title = "The region of this box is set by the operator."


class TooManyRequests(Problem):
    """Too many requests from this box or address; keep everything and send it again later."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests; send them again after the time in Retry-After."

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(max(1, math.ceil(wait_s)))}


class UnknownRegion(Problem):
    """No region has that code today; leave it out, or ask for the list of regions."""

    status = 422
    code = "unknown_region"
    title = "There is no region with this code."


class RegionNotFound(Problem):
    """No region has that code."""

    status = 404
    code = "unknown_region"
    title = "There is no region with this code."


class RegionNotBegun(Problem):
    """A region cannot end before it begins; nothing was changed."""

    status = 409
    code = "region_not_begun"
    title = "The region begins on that day or later."


class UnreadableList(Problem):
    """A list for import is no text, or its header lacks a column; nothing was changed."""

    status = 422
    code = "unreadable_list"
    title = "The list cannot be read."


class BadList(Problem):
    """Lines of a list for import can't be taken; nothing was changed. Correct or skip them."""

    status = 422
    code = "bad_list"
    title = "Lines of the list cannot be taken."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} lines cannot be taken; nothing was changed.")
        self.faults = faults


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


class CollectorOutdated(CollectorUnavailable):
    """The database counts by rules that this process is too old to know; nothing was counted.

    A newer process counts the same batch.
    """

    code = "collector_outdated"
    title = "This process is older than the database's rules of counting."


class CollectorBusy(Problem):
    """More requests wait than can be stored soon; nothing was counted, send the batch again."""

    status = 503
    code = "collector_busy"
    title = "Too many events wait to be stored."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        # Other boxes were turned away too: they must not all come back at one time.
        self.headers = {"Retry-After": str(random.randint(2, 20))}


class FlagNotFound(Problem):
    """The box was never flagged for that day."""

    status = 404
    code = "flag_not_found"
    title = "The box has no flag for that day."
