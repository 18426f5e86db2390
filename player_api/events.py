"""The form of a batch of events, and the judgement on each event. Pure: no database here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec

from player_api import clock
from player_api.errors import BadBatch, BatchTooLarge
from player_api.reports.definitions import COUNTED_BELOW_SPEED, MOST_PEOPLE, SMALLEST_GROUP
from player_api.seen import Seen, Span, length_ms, union

MOST_EVENTS = 200
MOST_BYTES = 64 * 1024
LARGEST_INT = 2**31 - 1

HIGHEST_SPEED = 64.0
# Each part is a jump of the playhead. Every event costs the union of all parts of its play, 6 µs
# a part, and a box that sends them by the thousand would hold up everybody's events.
MOST_PARTS = 2_000
# Boxes round positions, and some report the last frame a little after the end.
END_SLACK_MS = 2_000
# Clocks are set by some seconds while a play goes on; one beat of it is no lie.
WATCH_SLACK_MS = 60_000
# A day at 20 times the speed, and what still fits the column; nobody watches a lesson for longer.
LONGEST_WATCH_MS = 20 * clock.LONGEST_PLAY_MS

# States of a play, by the letter that is kept of each; any other word is unknown.
LETTERS = {
    "playing": "p",
    "paused": "a",
    "ended": "e",
    "stopped": "x",
    "starting": "s",
    "seeking": "k",
    "buffering": "r",
    "failed": "f",
    "preloading": "d",
}
UNKNOWN_LETTER = "u"

REFUSALS = {
    "bad_event": "The event does not have the form of an event.",
    "bad_people": "`people` is not a whole number from 0 to 9999.",
    "bad_play_id": "`play` is not a UUIDv7.",
    "bad_seq": "`seq` is not a whole number from 0 to 2147483647.",
    "bad_span": "A span is negative, ends before it starts, or is not a number.",
    "bad_speed": "`speed` is not a number from 0 to 64.",
    "bad_state": "`state` is not a word of 1 to 16 small letters and underscores.",
    "bad_time": "No reading of the box's clock gives the event a possible time.",
    "bad_watch": "`watch_s` or `position_s` is negative or not a number.",
    "beyond_duration": "A span starts after the end of the lesson.",
    "play_of_other_box": "Another box has begun this play.",
    "play_of_other_lesson": "This play belongs to another lesson.",
    "too_old": "The event is more than 30 days old.",
    "too_scattered": "The play has more separate parts than anybody can have chosen.",
    "unknown_lesson": "There is no such lesson, and never was.",
    "span_too_long": "The box cannot have seen so much since the play began, at this speed.",
    "watch_too_long": "The box cannot have watched so much since the play began.",
}
# Which refusal a field of the wrong type means.
_FIELD_CODES = {
    "play": "bad_play_id",
    "lesson": "unknown_lesson",
    "seq": "bad_seq",
    "at": "bad_time",
    "spans": "bad_span",
    "watch_s": "bad_watch",
    "position_s": "bad_watch",
    "speed": "bad_speed",
    "state": "bad_state",
    "boot": "bad_event",
    "people": "bad_people",
}


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One report of a box on one play. ``spans``: [from_s, to_s) of the lesson just seen.

    boot: the box's boot at the event, when another than that of the batch. people: present in
    a village's hall; below SMALLEST_GROUP it is no group.
    """

    play: str
    lesson: int
    seq: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_INT)]
    at: int
    spans: list[tuple[float, float]] = []
    watch_s: float = 0.0
    position_s: float = 0.0
    speed: float = 1.0
    state: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,16}\Z")] = "playing"
    boot: str | None = None
    people: Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)] = 0


class _Batch(msgspec.Struct, frozen=True, gc=False):
    sent: int
    events: list[Event]
    # Only compared; whatever a box sends here, its events must not be lost for it.
    boot: Any = ""


class _LooseBatch(msgspec.Struct, frozen=True):
    sent: int
    events: list[msgspec.Raw]
    boot: Any = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The events of one request; an event of the wrong form is its refusal's code.

    boot: identifies the time since the box's power-on, as at the sending.
    """

    sent_ms: int
    events: Sequence[Event | str]
    boot: str = ""


class Refused(Exception):
    """The event counts nothing; sending it again will not help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a lesson's plays are measured by."""

    lesson_id: int
    course_id: int
    duration_ms: int
    completion_percent: int


_decoder = msgspec.json.Decoder(_Batch)
_loose_decoder = msgspec.json.Decoder(_LooseBatch)
_event_decoder = msgspec.json.Decoder(Event)


def read_batch(body: bytes) -> Batch:
    """The batch in a request's body. Raises BadBatch, BatchTooLarge."""
    if len(body) > MOST_BYTES:
        raise BatchTooLarge
    try:
        batch = _read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadBatch(str(error)) from error
    if len(batch.events) > MOST_EVENTS:
        raise BatchTooLarge
    return batch


def _read(body: bytes) -> Batch:
    try:
        strict = _decoder.decode(body)
        return Batch(sent_ms=strict.sent, events=strict.events, boot=str(strict.boot))
    except msgspec.ValidationError:
        # One bad event must not take the good ones with it: look at each alone.
        loose = _loose_decoder.decode(body)
        events = [_event_or_code(raw) for raw in loose.events]
        return Batch(sent_ms=loose.sent, events=events, boot=str(loose.boot))


def _event_or_code(raw: msgspec.Raw) -> Event | str:
    try:
        return _event_decoder.decode(raw)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].partition("[")[0].rstrip("`")
        return _FIELD_CODES.get(field, "bad_event")


def play_id(name: str) -> UUID:
    """A play by its name in an event. Raises Refused when it is not a UUIDv7."""
    try:
        identity = UUID(name)
    except ValueError:
        raise Refused("bad_play_id") from None
    if identity.version != 7 or str(identity) != name.lower():
        raise Refused("bad_play_id")
    return identity


def judge(event: Event, play_ms: int, terms: Terms, box_clock: clock.BoxClock) -> Seen:
    """What the event says about its play, begun at that time by the box. Raises Refused."""
    watched = _watched(event, terms.duration_ms)
    if not (0 <= event.watch_s < math.inf and 0 <= event.position_s < math.inf):
        raise Refused("bad_watch")
    try:
        offset_ms, grade = box_clock.read(event.at, event.boot)
    except clock.WrongTime as error:
        raise Refused(error.code) from None
    # The most that can have been played since the play began: wall time × speed.
    speed = event.speed if event.speed > 1 else 1
    possible_ms = min(
        int(clock.passed_ms(play_ms=play_ms, at_ms=event.at) * speed), LONGEST_WATCH_MS
    )
    slack_ms = WATCH_SLACK_MS * speed
    # Not rounded before: what is huge becomes infinite, which has no whole number.
    if event.watch_s * 1000 > possible_ms + slack_ms:
        raise Refused("watch_too_long")
    watch_ms = round(event.watch_s * 1000)
    if watched and length_ms(watched) > possible_ms + slack_ms:
        raise Refused("span_too_long")
    position_ms = terms.duration_ms
    if event.position_s * 1000 < position_ms:
        position_ms = round(event.position_s * 1000)
    return Seen(
        watched=watched,
        watch_ms=watch_ms if watch_ms < possible_ms else possible_ms,
        latest=(event.seq, position_ms, LETTERS.get(event.state, UNKNOWN_LETTER)),
        started_ms=clock.start_ms(play_ms=play_ms, at_ms=event.at, offset_ms=offset_ms),
        last_ms=event.at + offset_ms,
        clock=grade,
        people=event.people if event.people >= SMALLEST_GROUP else 0,
    )


def _watched(event: Event, duration_ms: int) -> tuple[Span, ...]:
    if not 0 <= event.speed <= HIGHEST_SPEED:
        raise Refused("bad_speed")
    spans = []
    for start_s, end_s in event.spans:
        if not 0 <= start_s <= end_s < math.inf:  # false for what is not a number, too
            raise Refused("bad_span")
        if start_s * 1000 > duration_ms + END_SLACK_MS:
            raise Refused("beyond_duration")
        end_ms = round(end_s * 1000) if end_s * 1000 < duration_ms else duration_ms
        spans.append((round(start_s * 1000), end_ms))
    return union(spans) if event.speed < COUNTED_BELOW_SPEED else ()
