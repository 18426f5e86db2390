"""Requests into plays, tallies and receipts: the steps of one transaction.

lock and look up   plays and lessons that the events name
judge              in Python: sorting.py
fold               plays into their rows, the change into the tallies: fold.sql
withdraw           what plays counted where they no longer count: shares.py
receipt            what became of every event
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from player_api.errors import CollectorOutdated
from player_api.events import LARGEST_INT, MOST_PARTS, Batch, Event, Terms
from player_api.receipts import Outcome, receipt_statements
from player_api.seen import Seen, as_multirange, count_news, from_multirange, join
from player_api.shares import Share, composed, withdrawals
from player_api.sorting import (
    KnownPlay,
    PlayEvents,
    Refusal,
    Request,
    Sorted,
    named_plays,
    sort_events,
)
from player_api.steps import Rows, Statement, Steps, as_array

# Every fold shares this advisory lock; whoever changes the rules that folds go by (flags a box,
# freezes a month) takes it alone, and so sees all plays that were folded by the old rules.
FOLD_LOCK = 5201910
# Rises with every migration after which the folds of before it would count wrong: an old process
# must stop, while boxes keep their events, until it is renewed. The migration takes FOLD_LOCK
# alone, and whoever takes the lock compares.
RULES = 2
READ_RULES = "SELECT version FROM counting_rules"
# Reducing shares the folds' lock for as long as it takes, and PostgreSQL lets no fold pass who
# waits to have it alone. So whoever wants it alone waits here first, until no month is reduced.
REDUCE_LOCK = 5_201_913
LOCK: Statement = (f"SELECT pg_advisory_xact_lock_shared({FOLD_LOCK})::text", {})
FOLD = composed("fold.sql")
# The parts are counted only where they take many bytes, compressed as they may be.
PLAYS = f"""
SELECT
    id, box_no, lesson_id, course_id, duration_ms, completion_percent,
    pg_column_size(watched) > 1000 AND (SELECT count(*) FROM unnest(watched)) > {MOST_PARTS}
FROM play WHERE id = ANY(%(ids)s::uuid[])
"""
# Plays that were reduced to their tallies, and may be heard of again.
GONE = "SELECT play_id FROM reduced_play WHERE play_id = ANY(%(ids)s::uuid[])"
# Removed and withdrawn lessons too. One that has just got another video, not ready yet, is as
# long as its last play says.
LESSONS = """
SELECT
    id, course_id, length_ms, completion_percent,
    EXISTS (
        SELECT FROM play_terms AS terms
        WHERE (terms.lesson_id, terms.course_id, terms.duration_ms, terms.completion_percent)
            = (known.id, known.course_id, known.length_ms, known.completion_percent)
    )
FROM (
    SELECT lesson.id, lesson.course_id, lesson.completion_percent, coalesce(
        video.duration_ms,
        (
            SELECT terms.duration_ms
            FROM play_terms AS terms
            CROSS JOIN LATERAL (
                SELECT play.day, play.start_ms FROM play_row AS play
                WHERE play.terms_no = terms.number
                ORDER BY play.day DESC, play.start_ms DESC LIMIT 1
            ) AS newest
            WHERE terms.lesson_id = lesson.id
            ORDER BY newest.day DESC, newest.start_ms DESC LIMIT 1
        )
    ) AS length_ms
    FROM lesson LEFT JOIN video ON video.id = lesson.video_id
    WHERE lesson.id = ANY(%(ids)s::int[])
) AS known WHERE length_ms > 0
"""
# What no play before was under; another fold may add the same.
ADD_TERMS = """
INSERT INTO play_terms (lesson_id, course_id, duration_ms, completion_percent)
SELECT * FROM unnest(
    %(lesson_id)s::int[], %(course_id)s::int[], %(duration_ms)s::int[],
    %(completion_percent)s::smallint[]
) AS fresh (lesson_id, course_id, duration_ms, completion_percent)
ORDER BY lesson_id
ON CONFLICT DO NOTHING
"""


def require_rules(found: int) -> None:
    """Raises CollectorOutdated where the database counts by other rules than this process."""
    if found != RULES:
        raise CollectorOutdated("数据库已由新版本升级：请升级并重新启动这个进程。")


class PlayBegunMeanwhile(Exception):
    """Another transaction has begun a play since it was looked up, or let go of it; roll back and
    fold again.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of a request: each event is accepted, unchanged (known already) or refused."""

    accepted: int
    unchanged: int
    refused: list[Refusal]


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A play's row before and after a fold that changed it. known: None for a new play."""

    known: Seen | None
    is_excluded: bool
    is_late: bool


def fold_requests(requests: list[Request], zone: ZoneInfo) -> Steps[list[Receipt]]:
    """Count the events of requests whose boxes are known; gives a receipt for each."""
    _, ((rules,),), *found = yield [
        LOCK,
        (READ_RULES, {}),
        *look_up([request.batch for request in requests]),
    ]
    require_rules(rules)
    return (yield from fold_found(requests, found, zone))


def look_up(batches: Sequence[Batch]) -> list[Statement]:
    """Statements that ask for the plays, those that are gone, and the lessons of the events."""
    lessons = {
        event.lesson
        for batch in batches
        for event in batch.events
        if isinstance(event, Event) and 0 < event.lesson <= LARGEST_INT
    }
    plays = {"ids": as_array(named_plays(batches))}
    return [(PLAYS, plays), (GONE, plays), (LESSONS, {"ids": as_array(lessons)})]


def fold_found(
    requests: list[Request], looked_up: Sequence[Rows], zone: ZoneInfo
) -> Steps[list[Receipt]]:
    """Count the events, once it is known what ``look_up`` asks for. Raises PlayBegunMeanwhile."""
    plays, gone, lessons = looked_up
    known = {
        row[0]: KnownPlay(box_no=row[1], terms=_terms(row[2:6]), is_scattered=row[6])
        for row in plays
    }
    terms = {row[0]: _terms(row[:4]) for row in lessons}
    found = sort_events(requests, known, terms, gone={row[0] for row in gone})
    unheard = {row[0] for row in lessons if not row[4]}
    begun = {play.terms.lesson_id for play in found.plays.values() if play.id not in known}
    fresh = [terms[lesson] for lesson in unheard & begun]
    folded, moved = yield from _fold_plays(list(found.plays.values()), fresh, zone)
    _require_new([folded.get(play) for play in found.plays if play not in known])
    _require_there([folded.get(play) for play in found.plays if play in known])
    outcomes = _outcomes(requests, found, folded)
    last = [*withdrawals(moved), *receipt_statements(requests, outcomes, zone)]
    if last:
        yield last
    return [
        Receipt(
            accepted=outcome.counted + outcome.late + outcome.invalid_user,
            unchanged=outcome.unchanged,
            refused=refused,
        )
        for outcome, refused in zip(outcomes, found.refused, strict=True)
    ]


def _require_new(folded: Iterable[Folded | None]) -> None:
    # A row that was there: maybe of another box, lesson or length than the events were judged by.
    if any(one is None or one.known is not None for one in folded):
        raise PlayBegunMeanwhile


def _require_there(folded: Iterable[Folded | None]) -> None:
    # A row that was looked up and is gone: reduced meanwhile.
    if any(one is not None and one.known is None for one in folded):
        raise PlayBegunMeanwhile


def _fold_plays(
    plays: list[PlayEvents], fresh: list[Terms], zone: ZoneInfo
) -> Steps[tuple[dict[UUID, Folded], list[Share]]]:
    """The plays that something was added to, and the shares of those that moved.

    fresh: terms that no play was under so far.
    """
    if not plays:
        return {}, []
    added = [(ADD_TERMS, _columns_of_terms(fresh))] if fresh else []
    *_, rows = yield [*added, (FOLD, {"zone": zone.key, **_columns(plays)})]
    folded = {
        row[0]: Folded(known=_known(row[1:10]), is_excluded=row[10], is_late=row[11])
        for row in rows
    }
    return folded, [row[13:] for row in rows if row[12]]


def _columns(plays: list[PlayEvents]) -> dict[str, Any]:
    all_seen = [play.seen() for play in plays]
    watched = [as_multirange(seen.watched) for seen in all_seen]
    return {
        "id": as_array(play.id for play in plays),
        "box_no": as_array(play.box.number for play in plays),
        "home_code": [play.box.region_code for play in plays],
        **_columns_of_terms([play.terms for play in plays]),
        "watched": as_array(watched, quote='"'),
        "watch_ms": as_array(seen.watch_ms for seen in all_seen),
        "seq": as_array(seen.latest[0] for seen in all_seen),
        "position_ms": as_array(seen.latest[1] for seen in all_seen),
        "state_letter": as_array(seen.latest[2] for seen in all_seen),
        "started_ms": as_array(seen.started_ms for seen in all_seen),
        "last_ms": as_array(seen.last_ms for seen in all_seen),
        "clock": as_array(seen.clock for seen in all_seen),
        "people": as_array(seen.people for seen in all_seen),
    }


def _columns_of_terms(terms: list[Terms]) -> dict[str, str]:
    return {
        "lesson_id": as_array(one.lesson_id for one in terms),
        "course_id": as_array(one.course_id for one in terms),
        "duration_ms": as_array(one.duration_ms for one in terms),
        "completion_percent": as_array(one.completion_percent for one in terms),
    }


def _known(row: Sequence[Any]) -> Seen | None:
    watched, watch_ms, seq, position_ms, letter, started_ms, last_ms, clock, people = row
    if seq is None:
        return None
    return Seen(
        watched=from_multirange(watched),
        watch_ms=watch_ms,
        latest=(seq, position_ms, letter),
        started_ms=started_ms,
        last_ms=last_ms,
        clock=clock,
        people=people,
    )


def _outcomes(requests: list[Request], found: Sorted, folded: dict[UUID, Folded]) -> list[Outcome]:
    """What became of the events of each request, of all its plays together."""
    counts: list[Counter[str]] = [Counter() for _ in requests]
    for play in found.plays.values():
        for at, outcome, events in _outcomes_of_play(play, folded.get(play.id)):
            counts[at][outcome] += events
    return [
        Outcome(
            counted=count["counted"],
            unchanged=count["unchanged"],
            late=count["late"],
            invalid_user=count["invalid_user"],
            refused=Counter([refusal.code for refusal in refused]),
        )
        for count, refused in zip(counts, found.refused, strict=True)
    ]


def _outcomes_of_play(play: PlayEvents, folded: Folded | None) -> Iterator[tuple[int, str, int]]:
    """By request: how its events are receipted, and how many."""
    if folded is None:
        yield from ((at, "unchanged", len(events)) for at, events in play.events.items())
        return
    name = "invalid_user" if folded.is_excluded else "late" if folded.is_late else "counted"
    known = folded.known
    for at, events in play.events.items():
        in_order = sorted(events, key=lambda seen: seen.latest)
        news = count_news(known, in_order)
        yield at, name, news
        yield at, "unchanged", len(events) - news
        if len(play.events) > 1:
            known = join([*([known] if known else []), *events])


def _terms(row: Sequence[Any]) -> Terms:
    lesson_id, course_id, duration_ms, completion_percent = row
    return Terms(
        lesson_id=lesson_id,
        course_id=course_id,
        duration_ms=duration_ms,
        completion_percent=completion_percent,
    )
