"""The most watched courses of the last 30 days: where a box stands, then everywhere.

One query over tally_lesson answers for all prefectures; a process asks it every few minutes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.house import House
from catalog.tables import Course
from player_api.courses import on_the_menu
from player_api.latest import Latest
from player_api.reports.tables import TallyLesson

DAYS = 30
KEPT_S = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Numbers of courses, the most watched first: of each prefecture and of the whole service."""

    by_prefecture: dict[str, tuple[str, ...]]
    everywhere: tuple[str, ...]

    def numbers(self, region_code: str, limit: int) -> list[str]:
        """Those of the region's prefecture, filled up from everywhere."""
        here = self.by_prefecture.get(region_code[:4], ())
        return list(dict.fromkeys((*here, *self.everywhere)))[:limit]


def rank_courses(session: Session, today: date) -> Ranking:
    """The ranking by effective views from 30 days ago until today."""
    views = func.sum(TallyLesson.effective)
    query = (
        select(TallyLesson.prefecture_code, Course.number, views)
        .join(Course, Course.id == TallyLesson.course_id)
        .where(TallyLesson.day > today - timedelta(days=DAYS), on_the_menu())
        .group_by(TallyLesson.prefecture_code, Course.number)
        .having(views > 0)
    )
    here: dict[str, Counter[int]] = {}
    everywhere: Counter[int] = Counter()
    for prefecture, number, effective in session.execute(query):
        here.setdefault(prefecture, Counter())[number] += int(effective)
        everywhere[number] += int(effective)
    return Ranking(
        by_prefecture={code: _ranked(views) for code, views in here.items()},
        everywhere=_ranked(everywhere),
    )


class RankingCache:
    """The newest ranking of this process, at most some minutes old."""

    def __init__(self) -> None:
        self._latest = Latest[tuple[float, Ranking]]()

    def current(self, house: House) -> Ranking:
        """The ranking, or the one before while a new one is made."""

        def make() -> tuple[float, Ranking]:
            with house.db.begin() as session:
                ranking = rank_courses(session, datetime.now(house.settings.zone).date())
            return time.monotonic(), ranking

        _, ranking = self._latest.current(lambda made: time.monotonic() < made[0] + KEPT_S, make)
        return ranking


def _ranked(views: Counter[int]) -> tuple[str, ...]:
    order: Sequence[int] = sorted(views, key=lambda number: (-views[number], number))
    return tuple(f"{number:03d}" for number in order)
