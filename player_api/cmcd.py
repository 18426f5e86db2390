"""Reports of a player by CMCD version 2 (CTA-5004-B), event mode, and what two of them prove.

CMCD knows no watched time: a report says where the playhead is and in which state. So a part of
a lesson counts as seen only between two reports that follow each other by their numbers, the
first of them playing, when the playhead did not go further than the time between them allows.
What one pair proves does not depend on any other report: order, repetition and loss of reports
can take away nothing that another pair gave, and add nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from player_api.errors import BadBatch, BatchTooLarge
from player_api.events import HIGHEST_SPEED, LARGEST_INT, MOST_EVENTS, Refused
from player_api.reports.definitions import COUNTED_BELOW_SPEED
from player_api.seen import Span
from player_api.structured import NotADictionary, parse_dictionary

LONGEST_SID = 64
PLAYING = "p"
RATE_CHANGE = "pr"
RESPONSE_RECEIVED = "rr"
STATES = {
    "s": "starting",
    "p": "playing",
    "k": "seeking",
    "r": "buffering",
    "a": "paused",
    "e": "ended",
    "f": "failed",
    "d": "preloading",
}
# A page reads the playhead some times a second, and timers come late: the first place of two may
# be older than its time.
PLAYHEAD_SLACK_MS = 1_000

REFUSALS = {
    "bad_report": "The line is not a CMCD event report with `e`, `sid`, `sn` and `ts`.",
    "no_playhead": "A playing report says with neither `pt` nor `nongke-pt` where the playhead is.",
    "sn_reused": "Another report of this `sid` had this `sn`; each play needs a `sid` of its own.",
}

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=LARGEST_INT)]


class _Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a line that mean something here.

    page_pt: hls.js does not send `pt`, but any key of the page that has a prefix.
    """

    e: str
    sid: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_SID)]
    sn: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_INT)]
    ts: int
    sta: str = ""
    pr: Annotated[float, msgspec.Meta(ge=0, le=HIGHEST_SPEED)] = 1.0
    pt: Milliseconds | None = None
    page_pt: Milliseconds | None = msgspec.field(default=None, name="nongke-pt")
    ttlb: Milliseconds = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One line: where the playhead of a session was, and what the player did from then on.

    position_ms: None before the player knows. rate_changed: the speed before was another.
    """

    sid: str
    sn: int
    at_ms: int
    position_ms: int | None
    speed: float
    state: str
    rate_changed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What two neighbouring reports prove: a part of the lesson, and the time spent on it."""

    span: Span
    watch_ms: int
    speed: float


def read_reports(body: bytes) -> list[Report | str]:
    """The reports of a request's body; a bad one is its refusal's code.

    Raises BadBatch, BatchTooLarge.
    """
    try:
        lines = [line for line in body.decode().splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise BadBatch(str(error)) from error
    if len(lines) > MOST_EVENTS:
        raise BatchTooLarge
    return [_report_or_code(line) for line in lines]


def proof(earlier: Report, later: Report) -> Proof | None:
    """What was seen between two reports whose numbers follow each other; None if nothing was."""
    if earlier.state != PLAYING or earlier.position_ms is None or later.position_ms is None:
        return None
    # At a change of speed the player reports at once; without that report, it changed somewhere
    # between, and the higher one says how far the playhead can have come.
    speed = earlier.speed if later.rate_changed else max(earlier.speed, later.speed)
    passed_ms = later.at_ms - earlier.at_ms
    advance_ms = later.position_ms - earlier.position_ms
    if not 0 < speed < COUNTED_BELOW_SPEED or advance_ms <= 0 or passed_ms < 0:
        return None
    if advance_ms > passed_ms * speed + PLAYHEAD_SLACK_MS:
        return None
    return Proof(
        span=(earlier.position_ms, later.position_ms),
        # Not the time between the reports: the picture may have stood still, and what a place is
        # too old at one report, the next one makes up for.
        watch_ms=round(advance_ms / speed),
        speed=speed,
    )


def read_report(line: str) -> Report:
    """The report in a line. Raises Refused."""
    try:
        keys = msgspec.convert(parse_dictionary(line), _Keys)
    except (NotADictionary, msgspec.ValidationError):
        raise Refused("bad_report") from None
    position_ms = keys.page_pt if keys.pt is None else keys.pt
    if position_ms is None and keys.sta == PLAYING:
        raise Refused("no_playhead")
    return Report(
        sid=keys.sid,
        sn=keys.sn,
        # A response is dated back to when its request began.
        at_ms=keys.ts + round(keys.ttlb if keys.e == RESPONSE_RECEIVED else 0),
        position_ms=None if position_ms is None else round(position_ms),
        speed=keys.pr,
        state=keys.sta if keys.sta in STATES else "",
        rate_changed=keys.e == RATE_CHANGE,
    )


def _report_or_code(line: str) -> Report | str:
    try:
        return read_report(line)
    except Refused as refusal:
        return refusal.code
