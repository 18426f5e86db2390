"""The events of some requests, sorted into plays: which count, under which terms.

What a play was first heard with stays: box, lesson, course, lengths. So a lesson whose video is
replaced, or that is removed, or a course that is withdrawn, does not disturb plays begun before.
Pure: no database here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from player_api.boxes import KnownBox
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
    """Whose a play is, from when it was first heard of."""

    box_no: int
    terms: Terms


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
    requests: list[Request], known: Mapping[UUID, KnownPlay], lessons: Mapping[int, Terms]
) -> Sorted:
    """Judge the events in the order of their arrival."""
    plays: dict[UUID, PlayEvents] = {}
    refused: list[list[Refusal]] = []
    for at, request in enumerate(requests):
        refused.append([])
        ids: dict[str, UUID] = {}
        for index, event in enumerate(request.batch.events):
            try:
                if isinstance(event, str):
                    raise Refused(event)
                # A box reports on one or two plays at a time, in many events.
                play = ids.get(event.play) or ids.setdefault(event.play, play_id(event.play))
                _take(plays, at, request, event, play, known, lessons)
            except Refused as refusal:
                refused[at].append(Refusal(index=index, code=refusal.code))
    return Sorted(plays=plays, refused=refused)


def _take(
    plays: dict[UUID, PlayEvents],
    at: int,
    request: Request,
    event: Event,
    play: UUID,
    known: Mapping[UUID, KnownPlay],
    lessons: Mapping[int, Terms],
) -> None:
    found = plays.get(play)
    terms = _terms(event, request.box.number, found, known.get(play), lessons)
    seen = judge(
        event,
        play,
        terms,
        sent_ms=request.batch.sent_ms,
        received_ms=request.received_ms,
        boot=request.batch.boot,
    )
    if found is None:
        found = plays[play] = PlayEvents(id=play, box=request.box, terms=terms)
    found.events.setdefault(at, []).append(seen)


def _terms(
    event: Event,
    box_no: int,
    found: PlayEvents | None,
    known: KnownPlay | None,
    lessons: Mapping[int, Terms],
) -> Terms:
    if found is not None:
        owner, terms = found.box.number, found.terms
    elif known is not None:
        owner, terms = known.box_no, known.terms
    elif event.lesson in lessons:
        return lessons[event.lesson]
    else:
        raise Refused("unknown_lesson")
    if owner != box_no:
        raise Refused("play_of_other_box")
    if terms.lesson_id != event.lesson:
        raise Refused("play_of_other_lesson")
    return terms
