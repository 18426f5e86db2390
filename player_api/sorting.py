"""The events of some requests, sorted into plays: which count, under which terms.

What a play was first heard with stays: box, lesson, course, lengths. So a lesson whose video is
replaced, or that is removed, or a course that is withdrawn, does not disturb plays begun before.
Pure: no database here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from player_api.boxes import KnownBox
from player_api.clock import BoxClock
from player_api.events import Batch, Event, Refused, Terms, judge, play_id
from player_api.seen import Seen, join


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An event of a batch that counts nothing, by its place in the batch."""

    index: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Events that a box sent at once."""

    box: KnownBox
    batch: Batch
    received_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPlay:
    """Whose a play is, from when it was first heard of.

    is_scattered: it has so many parts that it takes no more events.
    """

    box_no: int
    terms: Terms
    is_scattered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayEvents:
    """The good events of one play, by the request that each came with."""

    id: UUID
    box: KnownBox
    terms: Terms
    events: dict[int, list[Seen]] = field(default_factory=dict)

    def seen(self) -> Seen:
        """What all of them say together."""
        return join([seen for of_request in self.events.values() for seen in of_request])


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """The plays that events came for, and what was refused of each request."""

    plays: dict[UUID, PlayEvents]
    refused: list[list[Refusal]]


def named_plays(batches: Iterable[Batch]) -> set[UUID]:
    """The plays that the events are of."""
    names = {event.play for batch in batches for event in batch.events if isinstance(event, Event)}
    found = set()
    for name in names:
        with suppress(Refused):
            found.add(play_id(name))
    return found


def sort_events(
    requests: Sequence[Request],
    known: Mapping[UUID, KnownPlay],
    lessons: Mapping[int, Terms],
    *,
    gone: Collection[UUID] = (),
) -> Sorted:
    """Judge the events in the order of their arrival. gone: plays reduced to their tallies."""
    plays: dict[UUID, PlayEvents] = {}
    there = _There(plays=plays, known=known, gone=gone, lessons=lessons)
    refused = [_sort_request(at, request, there) for at, request in enumerate(requests)]
    return Sorted(plays=plays, refused=refused)


@dataclass(frozen=True, kw_only=True, slots=True)
class _There:
    """What is known so far: plays of these requests, plays and lessons of the database."""

    plays: dict[UUID, PlayEvents]
    known: Mapping[UUID, KnownPlay]
    gone: Collection[UUID]
    lessons: Mapping[int, Terms]


def _sort_request(at: int, request: Request, there: _There) -> list[Refusal]:
    refused = []
    batch = request.batch
    box_clock = BoxClock(sent_ms=batch.sent_ms, received_ms=request.received_ms, boot=batch.boot)
    # A box reports on one or two plays at a time, in many events: by name, so that the play is
    # looked for once.
    here: dict[str, tuple[PlayEvents, int, list[Seen]]] = {}
    for index, event in enumerate(batch.events):
        try:
            if isinstance(event, str):
                raise Refused(event)
            found = here.get(event.play)
            if found is None:
                play_of = play_id(event.play)
                play = _play(play_of, event, request.box, there)
                found = play, play_of.int >> 80, play.events.get(at, [])
            play, play_ms, all_seen = found
            if event.lesson != play.terms.lesson_id:
                raise Refused("play_of_other_lesson")
            all_seen.append(judge(event, play_ms, play.terms, box_clock))
        except Refused as refusal:
            refused.append(Refusal(index=index, code=refusal.code))
            continue
        if len(all_seen) == 1:
            # Only an event that is good begins a play.
            here[event.play] = found
            there.plays.setdefault(play.id, play).events[at] = all_seen
    return refused


def _play(play: UUID, event: Event, box: KnownBox, there: _There) -> PlayEvents:
    """What is known of the event's play, or a new one. Raises Refused."""
    if play in there.plays:
        found = there.plays[play]
        if found.box.number != box.number:
            raise Refused("play_of_other_box")
        return found
    if play in there.known:
        known = there.known[play]
        if known.box_no != box.number:
            raise Refused("play_of_other_box")
        if known.is_scattered:
            raise Refused("too_scattered")
        return PlayEvents(id=play, box=box, terms=known.terms)
    if play in there.gone:
        raise Refused("too_old")
    if event.lesson not in there.lessons:
        raise Refused("unknown_lesson")
    return PlayEvents(id=play, box=box, terms=there.lessons[event.lesson])
