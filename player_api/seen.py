"""What is known of a play, as a union of its events.

Joining is commutative, associative and idempotent: the order of events, their repetition and
their division into batches cannot change the outcome. fold.sql does the same in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Span = tuple[int, int]

# A play's start comes earlier by a little with every delivery when the box's clock is off, since
# requests take differently long. Such a difference alone is nothing new.
START_JITTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What one or more events say about a play.

    watched: half-open [start_ms, end_ms), sorted, apart from each other.
    latest: sequence number, position in ms and state, of the event with the highest number.
    """

    watched: tuple[Span, ...]
    watch_ms: int
    latest: tuple[int, int, str]
    started_at: datetime
    last_at: datetime


def join(one: Seen, other: Seen) -> Seen:
    """What both say together."""
    return Seen(
        watched=union(one.watched + other.watched),
        watch_ms=max(one.watch_ms, other.watch_ms),
        latest=max(one.latest, other.latest),
        started_at=min(one.started_at, other.started_at),
        last_at=max(one.last_at, other.last_at),
    )


def adds(seen: Seen | None, event: Seen) -> bool:
    """Whether the event says anything that was not known; fold.sql asks the same."""
    if seen is None:
        return True
    return (
        event.watch_ms > seen.watch_ms
        or event.latest > seen.latest
        or event.started_at < seen.started_at - START_JITTER
        or union(seen.watched + event.watched) != seen.watched
    )


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without overlap, sorted; touching ones become one, empty ones vanish."""
    joined: list[Span] = []
    for start_ms, end_ms in sorted(spans):
        if start_ms >= end_ms:
            continue
        if joined and start_ms <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_ms))
        else:
            joined.append((start_ms, end_ms))
    return tuple(joined)


def as_multirange(spans: Iterable[Span]) -> str:
    """The spans as PostgreSQL writes an int4multirange."""
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"


def from_multirange(text: str) -> tuple[Span, ...]:
    """The spans of an int4multirange as PostgreSQL writes it."""
    parts = text.strip("{}").removesuffix(")").split("),")
    bounds = (part.lstrip("[").split(",") for part in parts if part)
    return tuple((int(start), int(end)) for start, end in bounds)
