"""A batch of events into plays and tallies: one transaction, answered after its commit.

The order of things: read the form, judge each event, join the events of each play, fold the
plays into their rows and the change into the tallies (fold.sql). A batch that arrives twice, in
pieces or out of order leaves the same rows.

What a play was first heard with stays: box, region, lesson, course, lengths. So a lesson whose
video is replaced, or that is removed, or a course that is withdrawn, does not disturb plays
begun before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.house import House
from catalog.tables import Lesson
from player_api.boxes import KnownBox
from player_api.errors import CollectorUnavailable
from player_api.events import LARGEST_INT, Batch, Event, Refused, Terms, judge, play_id, read_batch
from player_api.fold import PlayEvents, fold_plays, unchanged_events
from player_api.seen import Seen, join
from player_api.tables import Play
from transcode.tables import Video

ATTEMPTS = 6
PASSING = (DeadlockDetected, SerializationFailure, LockNotAvailable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An event of a batch that counts nothing, by its place in the batch."""

    index: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of a batch: each event is accepted, unchanged (known already) or refused."""

    accepted: int
    unchanged: int
    refused: list[Refusal]


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPlay:
    """Whose a play is, from when it was first heard of."""

    box_id: UUID
    terms: Terms


def collect(house: House, box: KnownBox, body: bytes, received_at: datetime) -> Receipt:
    """Count a request's events; when this returns they are on the disk.

    Raises BadBatch, BatchTooLarge, and CollectorUnavailable when nothing was stored.
    """
    batch = read_batch(body)
    received_ms = round(received_at.timestamp() * 1000)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with house.db.begin() as session:
                return fold_batch(
                    session, box, batch, received_ms=received_ms, zone=house.settings.time_zone
                )
        except (DBAPIError, PoolTimeout) as error:
            if isinstance(error, DBAPIError) and isinstance(error.orig, PASSING):
                # Each waits a different time, or the same two would meet again.
                time.sleep(random.uniform(0, 0.02 * attempt))
                continue
            if isinstance(error, OperationalError | PoolTimeout):
                raise CollectorUnavailable from error
            raise
    raise CollectorUnavailable


def fold_batch(
    session: Session, box: KnownBox, batch: Batch, *, received_ms: int, zone: str
) -> Receipt:
    """Judge the events of a batch and fold the good ones."""
    plays, refused = sort_events(session, box, batch, received_ms)
    before = fold_plays(session, plays, zone)
    unchanged = sum(unchanged_events(play, before) for play in plays)
    return Receipt(
        accepted=len(batch.events) - len(refused) - unchanged,
        unchanged=unchanged,
        refused=refused,
    )


def sort_events(
    session: Session, box: KnownBox, batch: Batch, received_ms: int
) -> tuple[list[PlayEvents], list[Refusal]]:
    """The good events by play, and the refusals."""
    events = [event for event in batch.events if isinstance(event, Event)]
    known = known_plays(session, events)
    lessons = terms_of_lessons(session, events)
    plays: dict[UUID, tuple[Terms, dict[int, Seen]]] = {}
    refused: list[Refusal] = []
    for index, event in enumerate(batch.events):
        try:
            if isinstance(event, str):
                raise Refused(event)
            play = play_id(event)
            terms = _terms(event, box, known.get(play), lessons)
            if play in plays and plays[play][0].lesson_id != terms.lesson_id:
                raise Refused("play_of_other_lesson")
            seen = judge(event, play, terms, sent_ms=batch.sent_ms, received_ms=received_ms)
            plays.setdefault(play, (terms, {}))[1][index] = seen
        except Refused as refusal:
            refused.append(Refusal(index=index, code=refusal.code))
    return [
        PlayEvents(id=play, box=box, terms=terms, events=seen, seen=reduce(join, seen.values()))
        for play, (terms, seen) in plays.items()
    ], refused


def known_plays(session: Session, events: list[Event]) -> dict[UUID, KnownPlay]:
    """Those plays of the events that were heard of before."""
    query = select(
        Play.id,
        Play.box_id,
        Play.lesson_id,
        Play.course_id,
        Play.duration_ms,
        Play.completion_percent,
    ).where(Play.id.in_(set(_play_ids(events))))
    return {
        row.id: KnownPlay(
            box_id=row.box_id,
            terms=Terms(
                lesson_id=row.lesson_id,
                course_id=row.course_id,
                duration_ms=row.duration_ms,
                completion_percent=row.completion_percent,
            ),
        )
        for row in session.execute(query)
    }


def terms_of_lessons(session: Session, events: list[Event]) -> dict[int, Terms]:
    """The lessons of the events, removed and withdrawn ones too.

    A lesson that has just got another video, not ready yet, is as long as its last play says.
    """
    last_play = (
        select(Play.duration_ms)
        .where(Play.lesson_id == Lesson.id)
        .order_by(Play.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    duration_ms = func.coalesce(Video.duration_ms, last_play)
    ids = {event.lesson for event in events if 0 < event.lesson <= LARGEST_INT}
    query = (
        select(Lesson.id, Lesson.course_id, duration_ms, Lesson.completion_percent)
        .outerjoin(Video, Video.id == Lesson.video_id)
        .where(Lesson.id.in_(ids), duration_ms > 0)
    )
    return {
        lesson_id: Terms(
            lesson_id=lesson_id,
            course_id=course_id,
            duration_ms=length_ms,
            completion_percent=percent,
        )
        for lesson_id, course_id, length_ms, percent in session.execute(query)
    }


def _play_ids(events: list[Event]) -> Iterator[UUID]:
    for event in events:
        try:
            yield play_id(event)
        except Refused:
            continue


def _terms(
    event: Event, box: KnownBox, known: KnownPlay | None, lessons: dict[int, Terms]
) -> Terms:
    if known is None:
        if event.lesson not in lessons:
            raise Refused("unknown_lesson")
        return lessons[event.lesson]
    if known.box_id != box.id:
        raise Refused("play_of_other_box")
    if known.terms.lesson_id != event.lesson:
        raise Refused("play_of_other_lesson")
    return known.terms
