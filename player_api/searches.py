"""Words that households looked for and did not find, counted by day and county.

A box adds each word once a day at most, so that nobody's persistence makes a wish look general.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base
from catalog.search import LONGEST_QUERY
from player_api import clock
from player_api.boxes import KnownBox
from player_api.reports.tables import SearchMiss

# As long as events: a box that was off may send its searches late, or again.
KEPT = timedelta(days=31)
# Of a county on a day. Whoever invents words must not fill the disk.
MOST_WORDS = 5_000
COUNTY_DIGITS = 6

REFUSALS = {
    "bad_time": "No reading of the box's clock gives the search a possible time.",
    "too_old": "The search is more than 30 days old.",
}


class HeardSearch(Base):
    """That a search was heard, or a box's word of a day: each counts once.

    key: a hash of what must not count twice.
    """

    __tablename__ = "heard_search"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    heard_on: Mapped[date] = mapped_column(index=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """A search that a box made by itself. at_ms: by the box's clock. found: how many courses."""

    id: UUID
    words: str
    at_ms: int
    found: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What became of searches: new ones, known ones, and the refusals' codes by place."""

    accepted: int
    unchanged: int
    refused: dict[int, str]


def normalised(words: str) -> str:
    """One form of what may be typed in many: width, case, spaces, control characters."""
    plain = unicodedata.normalize("NFKC", words).lower()
    printable = "".join(sign if sign.isprintable() else " " for sign in plain)
    return " ".join(printable.split())[:LONGEST_QUERY].rstrip()


def add_miss(
    session: Session, *, box: KnownBox | None, region_code: str, words: str, day: date, today: date
) -> None:
    """Count a search without result, once a day for each box and word.

    box: None for somebody unknown; all of them together are as one box.
    """
    county = region_code[:COUNTY_DIGITS]
    who = box.id if box else "unknown"
    if not words or not _is_new(session, f"word {who} {day} {words}", today):
        return
    is_known = select(SearchMiss.searches).filter_by(day=day, county_code=county, query=words)
    if session.scalar(is_known) is None and _words_of(session, day, county) >= MOST_WORDS:
        return
    fresh = insert(SearchMiss).values(day=day, county_code=county, query=words)
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["day", "county_code", "query"],
            set_={"searches": SearchMiss.searches + 1},
        )
    )


def hear_searches(
    session: Session,
    box: KnownBox,
    searches: list[Search],
    *,
    sent_ms: int | None,
    received_at: datetime,
) -> Heard:
    """Count those of a box's searches that found nothing; one that comes again counts once.

    received_at: in the zone whose days count. sent_ms: the box's clock then, if it said so.
    """
    today = received_at.date()
    good: list[tuple[date, str, Search]] = []
    refused = {}
    for index, search in enumerate(searches):
        words = normalised(search.words)
        try:
            good.append((_day_of(search, sent_ms, received_at), words, search))
        except clock.WrongTime as error:
            refused[index] = error.code
    accepted = 0
    # In the order of the counters' keys, so that two boxes wait rather than deadlock.
    for day, words, search in sorted(good, key=lambda one: one[:2]):
        if not _is_new(session, f"search {box.id} {search.id}", today):
            continue
        accepted += 1
        if search.found == 0:
            add_miss(
                session, box=box, region_code=box.region_code, words=words, day=day, today=today
            )
    return Heard(accepted=accepted, unchanged=len(good) - accepted, refused=refused)


def sweep_searches(session: Session, today: date) -> int:
    """Forget which searches were heard so long ago that none can come again; gives how many."""
    old = delete(HeardSearch).where(HeardSearch.heard_on < today - KEPT)
    return len(session.scalars(old.returning(HeardSearch.key)).all())


def _day_of(search: Search, sent_ms: int | None, received_at: datetime) -> date:
    received_ms = round(received_at.timestamp() * 1000)
    sent_ms = received_ms if sent_ms is None else sent_ms
    box_clock = clock.BoxClock(sent_ms=sent_ms, received_ms=received_ms)
    offset_ms = box_clock.read(search.at_ms).offset_ms
    at_s = (search.at_ms + offset_ms) / 1000
    return datetime.fromtimestamp(at_s, received_at.tzinfo).date()


def _is_new(session: Session, what: str, today: date) -> bool:
    key = UUID(bytes=hashlib.sha256(what.encode()).digest()[:16])
    fresh = insert(HeardSearch).values(key=key, heard_on=today)
    return session.scalar(fresh.on_conflict_do_nothing().returning(HeardSearch.key)) is not None


def _words_of(session: Session, day: date, county: str) -> int:
    query = select(func.count()).select_from(SearchMiss)
    return session.scalars(query.filter_by(day=day, county_code=county)).one()
