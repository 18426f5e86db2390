"""How the answer is looked at: by what, in which order, against which time before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlencode

from fastapi import Depends
from sqlalchemy.orm import Session

from app.desk.asked import Asked
from app.desk.figures import NOTHING, Sums, Times, sums_by, total_of
from app.desk.narrowing import ALL_PLAYS, Narrowing, WishesDep, read_narrowing, words_of
from app.desk.question import Question
from app.desk.sources import Key, has_hours
from app.desk.subjects import Subject
from app.pages.texts import Translate

Against = Literal["", "previous", "year"]

OF_CATALOGUE = ("courses", "lessons", "categories", "tags")
OF_TIME = ("days", "weeks", "months", "hours", "weekhours")
VIEWS = {
    "everything": (*OF_CATALOGUE, "regions", *OF_TIME, "plays"),
    "category": ("courses", "lessons", "categories", "tags", "regions", *OF_TIME, "plays"),
    "search": ("courses", "lessons", "regions", *OF_TIME, "plays"),
    "tag": ("courses", "lessons", "categories", "regions", *OF_TIME, "plays"),
    "course": ("lessons", "regions", *OF_TIME, "plays"),
    "lesson": ("plays", "regions", *OF_TIME),
}
# Those whose lines can be put in another order than their own.
ORDERED = (*OF_CATALOGUE, "regions")
WITH_BOXES = (*ORDERED, "days", "weeks", "months")
LONGEST_BOXES_DAYS = 62
ORDERS = ("plays", "effective", "completed", "completion", "watch", "change")
# No tally has the hours of single lessons: they are summed from the plays, a month at most.
# Those of everything have a tally, of 2,000 rows a day.
LONGEST_HOURS_DAYS = 366
LONGEST_LESSON_HOURS_DAYS = 31


class Look:
    """The view and order of the address; what does not exist becomes what is usual."""

    def __init__(
        self,
        wishes: WishesDep,
        view: str = "",
        sort: str = "",
        order: str = "",
        against: str = "",
        after: str = "",
        boxes: str = "",
    ) -> None:
        self.view = view
        self.sort = sort if sort in ORDERS else ""
        self.is_ascending = order == "asc"
        self.against = cast(Against, against if against in ("previous", "year") else "")
        self.wishes = wishes.query
        self.after = after
        self.boxes = boxes == "1"


LookDep = Annotated[Look, Depends()]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Everything that a table must know: who asks what, about which lessons, seen how."""

    session: Session
    question: Question
    subject: Subject
    look: Look
    _known: dict[tuple[Key, Asked], dict[Any, Sums]] = field(default_factory=dict)

    def sums(self, key: Key, asked: Asked | None = None) -> dict[Any, Sums]:
        """The sums by the key, of the days asked for or others; each is read once."""
        wanted = (key, asked or self.asked)
        if wanted not in self._known:
            self._known[wanted] = sums_by(self.session, wanted[1], self.subject, key)
        return self._known[wanted]

    def total(self) -> Sums:
        """The sums of the whole question; those by any time say it as well."""
        for key in ("month", "week", "day", "hour"):
            if (key, self.asked) in self._known:
                return total_of(self.sums(key).values())
        return total_of(self.sums("total").values())

    @property
    def asked(self) -> Asked:
        """The days and the region."""
        return self.question.asked

    @property
    def t(self) -> Translate:
        """The texts in the reader's language."""
        return self.question.t

    @property
    def views(self) -> tuple[str, ...]:
        """By what this can be looked at: there is nothing below a township."""
        found = VIEWS[self.subject.kind]
        return tuple(v for v in found if v != "regions" or len(self.asked.region) < 9)

    @property
    def view(self) -> str:
        """By what it is looked at."""
        return self.look.view if self.look.view in self.views else self.views[0]

    def compared(self, key: Key) -> Asked:
        """What of the period is compared: all of it, or while it runs what is over of it."""
        asked, everything = self.asked, self.subject.is_everything
        hours = self.question.hour if has_hours(asked, key, is_everything=everything) else 0
        return asked.elapsed(self.question.today, hours)

    def before(self, key: Key, against: Against) -> Asked:
        """The time to compare with, as much of it as is compared."""
        compared = self.compared(key)
        return compared.year_before if against == "year" else compared.earlier(self.asked.days)

    def times(self, key: Key) -> dict[Any, Times]:
        """The sums by the key, now and in the time to compare with, if one is wanted."""
        now = self.sums(key)
        if not self.look.against:
            return {one: Times(now=sums) for one, sums in now.items()}
        compared = self.sums(key, self.compared(key))
        before = self.sums(key, self.before(key, self.look.against))
        return {
            one: Times(
                now=now.get(one, NOTHING),
                compared=compared.get(one, NOTHING),
                before=before.get(one, NOTHING),
            )
            for one in {**now, **compared, **before}
        }

    def cut_words(self, key: Key) -> str | None:
        """How far the period is compared, in words; None where it is compared whole."""
        compared = self.compared(key)
        if compared == self.asked:
            return None
        if compared.start > compared.end:
            return self.t("growth.cut.none")
        if compared.hours is None:
            return self.t("growth.cut.day", day=compared.end)
        return self.t("growth.cut.hour", hour=f"{compared.hours:02d}:00")

    @property
    def has_hours(self) -> bool:
        """Whether the hours can be told without reading too much."""
        return self.asked.days <= self.longest_hours_days

    @property
    def longest_hours_days(self) -> int:
        """For how many days the hours are told."""
        return LONGEST_HOURS_DAYS if self.subject.is_everything else LONGEST_LESSON_HOURS_DAYS

    @property
    def kept_to(self) -> dict[str, str]:
        """The address parameters that keep the list of plays to something."""
        if self.view != "plays":
            return {}
        useless = {*(() if self.has_hours else ("hour", "weekday"))}
        if self.subject.kind != "lesson":
            useless.add("seen")
        return {name: wish for name, wish in self.look.wishes.items() if name not in useless}

    @cached_property
    def narrowing(self) -> Narrowing:
        """What the list of plays is kept to. Raises WrongFilter."""
        return read_narrowing(self.kept_to, self.asked, self.question.house.settings, self.t)

    @property
    def kept_to_words(self) -> list[tuple[str, str]]:
        """The same as parameters and words; for a narrowing that can be."""
        return words_of(self.narrowing, self.t)

    @property
    def may_have_boxes(self) -> bool:
        """Whether the boxes of each line can be counted while the reader waits."""
        return self.view in WITH_BOXES and (
            self.view != "days" or self.asked.days <= LONGEST_BOXES_DAYS
        )

    @property
    def has_boxes(self) -> bool:
        """Whether they are asked for."""
        return self.look.boxes and self.may_have_boxes

    @property
    def has_order(self) -> bool:
        """Whether the lines can be put in another order."""
        return self.view in ORDERED

    @property
    def sort(self) -> str:
        """What the lines are ordered by; the lessons of a course have an order of their own."""
        if not self.has_order or (self.look.sort == "change" and not self.look.against):
            return ""
        in_course = self.view == "lessons" and self.subject.kind == "course"
        return self.look.sort or ("" if in_course else "plays")

    @property
    def look_query(self) -> dict[str, str]:
        """The address parameters of the view and its order."""
        usual = self.views[0]
        wishes = {
            "view": self.view if self.view != usual else "",
            "sort": self.look.sort,
            "order": "asc" if self.look.is_ascending else "",
            "against": self.look.against,
            "boxes": "1" if self.look.boxes else "",
            **self.kept_to,
        }
        return {key: wish for key, wish in wishes.items() if wish}

    @property
    def query(self) -> dict[str, str]:
        """The address parameters that ask for the same again."""
        return {**self.asked.query, **self.subject.query, **self.look_query}

    def here(self, **changes: str) -> str:
        """The same page with some parameters changed; empty ones go."""
        return _address(self.subject.address, {**self.query, **changes})

    def at_view(self, view: str) -> str:
        """The same page looked at by something else."""
        view = view if view != self.views[0] else ""
        return self.here(**ALL_PLAYS, view=view, sort="", order="")

    def of_all_plays(self) -> str:
        """The same list, kept to nothing."""
        return self.here(**ALL_PLAYS)

    def at_time(self, start: date, end: date) -> str:
        """The same subject in these days of the period."""
        query = {**self.asked.between(start, end).query, **self.subject.query}
        return _address(self.subject.address, {**query, "against": self.look.against})

    def at_region(self, code: str) -> str:
        """The same subject in a region below."""
        view = "regions" if "regions" in VIEWS[self.subject.kind] and len(code) < 9 else ""
        query = {**self.asked.query, **self.subject.query, "region": code, "view": view}
        return _address(self.subject.address, {**query, "against": self.look.against})

    def at(self, address: str, **query: str) -> str:
        """Another page of the desk, about the same days and region."""
        query = {**self.asked.query, **query, "against": self.look.against}
        return _address(address, query)


def _address(path: str, query: dict[str, str]) -> str:
    kept = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(kept)}"
