"""Months that are over, with plays in them, and what happens to these afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from app.freezing import freeze
from app.house import House
from catalog import editing
from player_api import invalid
from player_api.regions import load_regions
from player_api.reports import months
from player_api.reports.rollups import roll_up
from player_api.reports.tables import Statement
from player_api.reports.tallies import rebuild
from player_api.seen import as_multirange
from tests.desk.places import PLACES
from tests.plays import ADD_PLAY, row_of, start_ms
from tests.studio.films import add_video

BOX = text("INSERT INTO box (region_code) VALUES (:region) RETURNING number")
FLAGGED = text(
    "SELECT EXISTS (SELECT FROM box_flag WHERE box_no = :box AND day = :day AND lifted_at IS NULL)"
)
# As the fold does it before it changes a play of a frozen month.
KEEP = text(
    "INSERT INTO frozen_play SELECT id, (SELECT max(month) FROM statement), day, region_code,"
    " lesson_id, course_id, box_no, is_play::int, is_effective::int, is_complete::int,"
    " is_play::int * watch_ms, is_play::int * distinct_ms FROM play"
    " WHERE id = ANY(:ids) AND day < (SELECT max(month) + interval '1 month' FROM statement)"
    " ON CONFLICT DO NOTHING"
)
# A play that was not there has zeroes.
KEEP_NEW = text(
    "INSERT INTO frozen_play SELECT :id, max(month), :day, :region, :lesson, :course, :box,"
    " 0, 0, 0, 0, 0 FROM statement HAVING max(month) + interval '1 month' > :day"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A play and its box."""

    id: UUID
    box: int


class History:
    """Two courses of one lesson each, and what boxes watched of them in past months."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.courses: dict[str, tuple[int, int]] = {}
        self.now = datetime.now(UTC)
        today = self.now.astimezone(house.settings.zone).date()
        # The newest ended so long ago that no late event can be accepted any more.
        self.first, self.second, self.third = (
            months.before(months.month_of(today), back) for back in (5, 4, 3)
        )
        with house.db.begin() as session:
            load_regions(session, PLACES)
            shelf = editing.create_category(session, slug="tea", title="茶叶")
            for title in ("春茶", "苗绣"):
                course = editing.create_course(session, title=title, category_id=shelf.id)
                video = add_video(session)
                lesson = editing.add_lesson(session, course, title="第一课", video_id=video.id)
                self.courses[title] = (course.id, lesson.id)

    def watch(
        self,
        day: date,
        seen_s: float = 60,
        *,
        title: str = "春茶",
        region: str = "520302",
        box: int | None = None,
    ) -> Watched:
        play, (course, lesson) = uuid4(), self.courses[title]
        at = datetime(day.year, day.month, day.day, 12, tzinfo=self.house.settings.zone)
        with self.house.db.begin() as session:
            box = box or session.execute(BOX, {"region": region}).scalar_one()
            seen_ms = round(seen_s * 1000)
            values = row_of(
                play=play,
                box=box,
                course=course,
                lesson=lesson,
                region=region,
                at=at,
                alive_s=60,
                watched=as_multirange([(0, seen_ms)]),
                watch_ms=seen_ms + 7,
                excluded=session.execute(FLAGGED, {"box": box, "day": day}).scalar_one(),
            )
            session.execute(KEEP_NEW, values)
            session.execute(ADD_PLAY, values)
            rebuild(session)
        return Watched(id=play, box=box)

    def goes_on(self, watched: Watched, seen_s: float) -> None:
        """A report came late: more of the lesson was seen."""
        self._change(
            [watched.id],
            "UPDATE play_row SET watched = int4multirange(int4range(0, :seen_ms)),"
            " watch_ms = :seen_ms + 7 WHERE id = ANY(:ids)",
            seen_ms=round(seen_s * 1000),
        )

    def began(self, watched: Watched, day: date) -> None:
        """A report came late: the play had begun on an earlier day."""
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=self.house.settings.zone)
        self._change(
            [watched.id],
            "UPDATE play_row SET day = :day, hour = 23, start_ms = :start_ms WHERE id = ANY(:ids)",
            day=day,
            start_ms=start_ms(day, at),
        )

    def flag(self, box: int, day: date) -> None:
        """The box is found to be an invalid user on the day."""
        with self.house.db.begin() as session:
            invalid.flag(session, box, day, reason="by_hand", now=self.now)

    def lift(self, box: int, day: date) -> None:
        """It was a household after all."""
        with self.house.db.begin() as session:
            invalid.lift(session, box, day, now=self.now, by="test")

    def receive(self, day: date) -> None:
        """Ten events arrived on the day."""
        self.execute("INSERT INTO receipt VALUES (:day, '520302', 10, 5, 2, 1, 0, 2)", day=day)
        self.execute("INSERT INTO refusal VALUES (:day, '520302', 'too_old', 2)", day=day)

    def freeze(self, month: date | None = None) -> Statement:
        return freeze(self.house, month, self.now, by="test")

    def roll_up(self) -> None:
        """Sets of boxes and peaks are made, as every few minutes, of days that folds had named."""
        self.execute(
            "INSERT INTO changed_day (day) SELECT DISTINCT day FROM play ON CONFLICT DO NOTHING"
        )
        roll_up(self.house, self.now)

    def execute(self, statement: str, **values: object) -> None:
        with self.house.db.begin() as session:
            session.execute(text(statement), values)

    def _change(self, ids: list[UUID], statement: str, **values: object) -> None:
        with self.house.db.begin() as session:
            session.execute(KEEP, {"ids": ids})
            session.execute(text(statement), {"ids": ids, **values})
            rebuild(session)


def days(month: date, *numbers: int) -> list[date]:
    """Days of a month by their number from 1."""
    return [month + timedelta(days=number - 1) for number in numbers]
