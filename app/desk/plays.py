"""The list of plays: page by page for a reader, in one stream for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.desk.figures import Sums, plays_statement, region_values, sums_of_plays, total_of
from app.desk.look import Inquiry

PLAYS_A_PAGE = 50
# The newest plays of a great region lie in its last day; those of a lesson may be far apart.
# So one looks into a day, then four more, then sixteen: each time few enough to be sorted.
WIDER = 4
ROWS_AT_ONCE = 1000
OLDER = " AND (play.started_at, play.id) < (%(after_at)s, %(after_id)s)"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page ended: the next begins with the first play that is older."""

    started_at: datetime
    play_id: UUID

    def __str__(self) -> str:
        return f"{(self.started_at - EPOCH) // timedelta(microseconds=1)}_{self.play_id}"


@dataclass(frozen=True, kw_only=True)
class PlaysPage:
    """Some plays, newest first, and where the older ones begin."""

    rows: Sequence[Row[Any]]
    older: Place | None


def place_of(words: str) -> Place | None:
    """The place of an address; None for the beginning, and for what is no place."""
    micros, _, play_id = words.partition("_")
    try:
        at = EPOCH + timedelta(microseconds=int(micros))
        return Place(started_at=at, play_id=UUID(play_id))
    except (ValueError, OverflowError):
        return None


def plays_page(inquiry: Inquiry) -> PlaysPage:
    """One page of plays from the place of the address on."""
    after = place_of(inquiry.look.after)
    rows: list[Row[Any]] = []
    for start, end in _windows(inquiry, after):
        rows += _rows(inquiry, start, end, after, limit=PLAYS_A_PAGE + 1 - len(rows))
        if len(rows) > PLAYS_A_PAGE:
            break
    shown = rows[:PLAYS_A_PAGE]
    older = shown[-1] if len(rows) > PLAYS_A_PAGE else None
    return PlaysPage(
        rows=shown,
        older=Place(started_at=older.started_at, play_id=older.id) if older else None,
    )


def every_play(inquiry: Inquiry) -> Iterator[Row[Any]]:
    """All plays of the question, newest first, through a cursor of the server."""
    statement, values = _statement(inquiry, *_days(inquiry))
    options = {"stream_results": True, "max_row_buffer": ROWS_AT_ONCE}
    yield from inquiry.session.connection().exec_driver_sql(
        statement, values, execution_options=options
    )


def counted_plays(inquiry: Inquiry) -> Sums:
    """The sums of those of the list that count, from the tallies if they know them."""
    narrowing = inquiry.narrowing
    if not narrowing.values:
        return inquiry.total()
    if narrowing.is_tallied:
        hour, weekday = narrowing.values.get("hour"), narrowing.values.get("weekday")
        if weekday is None:
            return total_of(s for key, s in inquiry.sums("hour").items() if key == hour)
        found = inquiry.sums("weekhour").items()
        return total_of(
            s for key, s in found if key // 100 == weekday and hour in (None, key % 100)
        )
    start, end = _days(inquiry)
    asked = replace(inquiry.asked, start=start, end=end)
    return sums_of_plays(inquiry.session, asked, inquiry.subject, narrowing.sql, narrowing.values)


def _days(inquiry: Inquiry) -> tuple[date, date]:
    """The days that plays of the list began on."""
    return inquiry.narrowing.days or (inquiry.asked.start, inquiry.asked.end)


def _windows(inquiry: Inquiry, after: Place | None) -> Iterator[tuple[date, date]]:
    """Parts of the period, newest first, each wider than the one before."""
    start, last = _days(inquiry)
    if inquiry.narrowing.is_few:
        yield start, last
        return
    days = 1
    if after:
        # The next day as well: the calendar may be another than when the play was counted.
        local = after.started_at.astimezone(inquiry.question.house.settings.zone).date()
        last = min(last, local + timedelta(days=1))
    while last >= start:
        first = max(start, last - timedelta(days=days - 1))
        yield first, last
        last, days = first - timedelta(days=1), days * WIDER


def _rows(
    inquiry: Inquiry, start: date, end: date, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    statement, values = _statement(inquiry, start, end, OLDER if after else "")
    if after:
        values |= {"after_at": after.started_at, "after_id": after.play_id}
    rows = inquiry.session.connection().exec_driver_sql(
        statement + "LIMIT %(limit)s", values | {"limit": limit}
    )
    return rows.all()


def _statement(
    inquiry: Inquiry, start: date, end: date, further: str = ""
) -> tuple[str, dict[str, Any]]:
    narrowing = inquiry.narrowing
    values = region_values(inquiry.asked, inquiry.subject) | {"start": start, "end": end}
    return plays_statement(inquiry.subject, narrowing.sql + further), {**values, **narrowing.values}
