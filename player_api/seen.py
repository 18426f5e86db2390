"""What is known of a play, as a union of its events.

Joining is commutative, associative and idempotent: the order of events, their repetition and
their division into batches cannot change the outcome. fold.sql does the same in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

Span = tuple[int, int]

# A play's start comes earlier by a little with every delivery when the box's clock is off, since
# requests take differently long. The row takes it, but such a difference alone is nothing new.
START_JITTER_MS = 60_000


# No dataclass: some are made for every event, and a struct takes a tenth of the time.
class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one or more events say about a play.

    watched: half-open [start_ms, end_ms), sorted, apart from each other.
    latest: sequence number, position in ms and the state's letter, of the event with the highest
    number.
    started_ms, last_ms: true times since 1970. clock: the grade of the worst reading, see clock.
    people: the most that were present at once; 0 where it is no group.
    """

    watched: tuple[Span, ...]
    watch_ms: int
    latest: tuple[int, int, str]
    started_ms: int
    last_ms: int
    clock: int
    people: int = 0


def join(all_seen: Sequence[Seen]) -> Seen:
    """What all say together; at least one."""
    if len(all_seen) == 1:
        return all_seen[0]
    return Seen(
        watched=union([span for seen in all_seen for span in seen.watched]),
        watch_ms=max([seen.watch_ms for seen in all_seen]),
        latest=max([seen.latest for seen in all_seen]),
        started_ms=min([seen.started_ms for seen in all_seen]),
        last_ms=max([seen.last_ms for seen in all_seen]),
        clock=max([seen.clock for seen in all_seen]),
        people=max([seen.people for seen in all_seen]),
    )


def count_news(known: Seen | None, events: Sequence[Seen]) -> int:
    """How many of the events say something that neither ``known`` nor those before them said."""
    before = [known] if known is not None else []
    newest = known.latest if known is not None else None
    news = 0
    for event in events:
        # What most events are: no need to join what came before.
        if newest is None or event.latest > newest:
            news, newest = news + 1, event.latest
        else:
            before = [join(before)]
            news += adds(before[0], event)
        before.append(event)
    return news


def adds(seen: Seen, event: Seen) -> bool:
    """Whether the event says anything that was not known."""
    return (
        event.watch_ms > seen.watch_ms
        or event.latest > seen.latest
        or event.people > seen.people
        or event.started_ms < seen.started_ms - START_JITTER_MS
        or union(seen.watched + event.watched) != seen.watched
    )


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without overlap, sorted; touching ones become one, empty ones vanish."""
    joined: list[Span] = []
    for span in sorted(spans):
        start_ms, end_ms = span
        if start_ms >= end_ms:
            continue
        if not joined or start_ms > joined[-1][1]:
            joined.append(span)
        elif end_ms > joined[-1][1]:
            joined[-1] = (joined[-1][0], end_ms)
    return tuple(joined)


def length_ms(spans: Iterable[Span]) -> int:
    """How long spans are that lie apart from each other."""
    return sum([end_ms - start_ms for start_ms, end_ms in spans])


def as_multirange(spans: Iterable[Span]) -> str:
    """The spans as PostgreSQL writes an int4multirange."""
    return "{" + ",".join([f"[{start},{end})" for start, end in spans]) + "}"


def from_multirange(text: str) -> tuple[Span, ...]:
    """The spans of an int4multirange as PostgreSQL writes it."""
    parts = text.strip("{}").removesuffix(")").split("),")
    bounds = (part.lstrip("[").split(",") for part in parts if part)
    return tuple((int(start), int(end)) for start, end in bounds)
