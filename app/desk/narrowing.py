"""What the list of plays is kept to: an hour, a weekday, a box, one play, a minute, groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query

from app.desk.asked import Asked
from app.pages import formats
from app.pages.texts import Translate
from app.problems import Problem
from app.settings import Settings
from player_api.boxes import HELP_NUMBER, LARGEST_NUMBER, help_number

LARGEST_MS = 2**31 - 1
# The same as a peak's: a minute's figure is the number of plays alive at some moment of it.
ALIVE = """
    AND play.started_at < %(minute)s::timestamptz + interval '1 minute'
    AND play.started_at > %(minute)s::timestamptz - interval '1 day'
    AND play.last_at > %(minute)s::timestamptz - %(beat)s::interval
"""
CONDITIONS = {
    "hour": " AND play.hour = %(hour)s",
    "weekday": " AND play.day = ANY(%(weekdays)s::date[])",
    "box": " AND play.box_no = %(box)s",
    "box_id": " AND play.box_no = (SELECT number FROM box AS named WHERE named.id = %(box_id)s)",
    "play": " AND play.id = %(play)s",
    "minute": ALIVE,
    "seen": " AND play.watched @> %(seen)s::int",
    "groups": " AND play.people > 0",
}
# Few plays, which an index finds whatever the period.
FEW = frozenset(("box", "box_id", "play", "minute"))
# A tally knows how many of these count.
TALLIED = frozenset(("hour", "weekday", "weekdays"))
# No index knows these: for so many days their plays are looked for among all.
LONGEST_DAYS = {"seen": 92, "groups": 7}
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class WrongFilter(Problem):
    """What the list should be kept to cannot be; the detail says what it must look like."""

    status = 422
    code = "wrong_filter"
    title = "What the list of plays should be kept to cannot be."


class Wishes:
    """The address's parameters that keep the list to something, as they were given."""

    def __init__(
        self,
        hour: Annotated[int | None, Query(ge=0, le=23)] = None,
        weekday: Annotated[int | None, Query(ge=1, le=7)] = None,
        box: str = "",
        play: str = "",
        minute: str = "",
        seen: Annotated[int | None, Query(ge=0, le=LARGEST_MS)] = None,
        groups: str = "",
    ) -> None:
        given: dict[str, int | str | None] = {
            "hour": hour,
            "weekday": weekday,
            "box": box.strip(),
            "play": play.strip(),
            "minute": minute.strip(),
            "seen": seen,
            "groups": "1" if groups == "1" else "",
        }
        self.query = {name: str(wish) for name, wish in given.items() if wish not in (None, "")}


WishesDep = Annotated[Wishes, Depends()]


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What the list is kept to, by the names of CONDITIONS.

    days: that its plays began on, where they are others than those of the period.
    """

    values: Mapping[str, Any]
    days: tuple[date, date] | None = None

    @property
    def sql(self) -> str:
        """The conditions."""
        return "".join(CONDITIONS[name] for name in CONDITIONS if name in self.values)

    @property
    def is_few(self) -> bool:
        """Whether an index finds the plays whatever the period."""
        return not FEW.isdisjoint(self.values)

    def longest_days(self) -> int | None:
        """For how many days it can be looked for while the reader waits; None: for any."""
        if self.is_few:
            return None
        return min((LONGEST_DAYS[one] for one in self.values if one in LONGEST_DAYS), default=None)

    @property
    def is_tallied(self) -> bool:
        """Whether a tally knows the sums."""
        return TALLIED.issuperset(self.values)


def read_narrowing(
    query: Mapping[str, str], asked: Asked, settings: Settings, t: Translate
) -> Narrowing:
    """What the parameters keep the list to. Raises WrongFilter."""
    values: dict[str, Any] = {}
    for name, words in query.items():
        values |= READERS[name](words, t)
    if "weekday" in values:
        # PostgreSQL can't tell how few days an expression would leave.
        days = (asked.start + timedelta(days=n) for n in range(asked.days))
        values["weekdays"] = [day for day in days if day.isoweekday() == values["weekday"]]
    if "minute" not in values:
        return Narrowing(values=values)
    local: datetime = values["minute"]
    if not asked.start <= local.date() <= asked.end:
        raise WrongFilter(t("only.minute.outside"))
    values["minute"] = local.replace(tzinfo=settings.zone)
    values["beat"] = timedelta(seconds=settings.beat_s)
    # A play lives for a day at most.
    return Narrowing(values=values, days=(local.date() - timedelta(days=1), local.date()))


def words_of(narrowing: Narrowing, t: Translate) -> list[tuple[str, str]]:
    """Each parameter's name, and what it keeps the list to in words."""
    values = narrowing.values
    words: dict[str, Callable[[Any], str]] = {
        "hour": lambda hour: t("only.hour", hour=hour),
        "weekday": lambda weekday: t(f"weekday.{weekday}"),
        "box": lambda box: t("only.box", box=help_number(box)),
        "box_id": lambda box: t("only.box", box=box),
        "play": lambda play: t("only.play", play=play),
        "minute": lambda minute: t("only.minute", minute=minute.strftime("%Y-%m-%d %H:%M")),
        "seen": lambda seen_ms: t("only.seen", at=formats.length(seen_ms)),
        "groups": lambda _: t("only.groups"),
    }
    return [
        (name.removesuffix("_id"), said(values[name]))
        for name, said in words.items()
        if name in values
    ]


def plays_link(asked: Asked, address: str = "/desk/", **kept_to: str) -> str:
    """The list of the plays of the days and region, kept to something."""
    return f"{address}?{urlencode({**asked.query, 'view': 'plays', **kept_to})}"


def minute_link(asked: Asked, at: datetime, address: str = "/desk/") -> str:
    """The plays alive in the minute. at: on the house's own clock."""
    day = Asked(start=at.date(), end=at.date(), region=asked.region)
    return plays_link(day, address, minute=at.strftime("%Y-%m-%dT%H:%M"))


def _number(name: str) -> Callable[[str, Translate], dict[str, Any]]:
    return lambda words, _: {name: int(words)}


def _box(words: str, t: Translate) -> dict[str, Any]:
    """By its number, as it is read out as well, or by its id as the list shows it."""
    digits = re.sub(r"[\s,-]", "", words)
    if HELP_NUMBER.fullmatch(digits):
        return {"box": min(int(digits), LARGEST_NUMBER)}
    return {"box_id": _uuid(words, t("only.box.wrong"))}


def _play(words: str, t: Translate) -> dict[str, Any]:
    return {"play": _uuid(words, t("only.play.wrong"))}


def _minute(words: str, t: Translate) -> dict[str, Any]:
    if not MINUTE.fullmatch(words):
        raise WrongFilter(t("only.minute.wrong"))
    try:
        return {"minute": datetime.fromisoformat(words)}
    except ValueError:
        raise WrongFilter(t("only.minute.wrong")) from None


def _uuid(words: str, fault: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise WrongFilter(fault) from None


READERS: Mapping[str, Callable[[str, Translate], dict[str, Any]]] = {
    "hour": _number("hour"),
    "weekday": _number("weekday"),
    "box": _box,
    "play": _play,
    "minute": _minute,
    "seen": _number("seen"),
    "groups": lambda _words, _: {"groups": True},
}
# Every parameter of theirs, empty: an address with them is that of all plays.
ALL_PLAYS = dict.fromkeys([*READERS, "after"], "")
