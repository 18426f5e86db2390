"""Boxes that watched something, with the tallies that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.house import House
from catalog import editing
from catalog.tables import Category
from player_api.regions import load_regions
from player_api.reports.tallies import rebuild
from player_api.seen import as_multirange
from tests.desk.places import PLACES
from tests.plays import ADD_PLAY, row_of
from tests.studio.films import add_video

BOX = text("INSERT INTO box (region_code) VALUES (:region) RETURNING number")


class Audience:
    """Courses with one lesson each, and boxes that watched them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.courses: dict[str, tuple[int, int]] = {}
        with house.db.begin() as session:
            load_regions(session, PLACES)
            self.shelf = editing.create_category(session, slug="tea", title="茶叶")
            for title in ("春茶", "=苗绣"):
                self._add_course(session, title, self.shelf, ())

    def add_course(
        self,
        title: str,
        category: Category,
        *,
        tags: Sequence[str] = (),
        published_at: datetime | None = None,
    ) -> int:
        """One more course with one lesson; published, boxes can play it."""
        with self.house.db.begin() as session:
            course_id = self._add_course(session, title, category, tags)
            if published_at:
                course = editing.course_by_id(session, course_id)
                editing.publish_course(session, course, published_at)
        return course_id

    def watch(
        self,
        title: str,
        seen_s: float,
        *,
        region: str = "520302",
        days_ago: int = 0,
        hour: int = 12,
        box: int | None = None,
        excluded: bool = False,
        people: int = 0,
        tally: bool = True,
    ) -> UUID:
        """One play; without a box, by a new one. tally: later, see ``tally``."""
        play, (course, lesson) = uuid4(), self.courses[title]
        day = self.today - timedelta(days=days_ago)
        at = datetime(day.year, day.month, day.day, hour, tzinfo=self.house.settings.zone)
        seen_ms = round(seen_s * 1000)
        with self.house.db.begin() as session:
            if box is None:
                box = session.execute(BOX, {"region": region}).scalar_one()
            values = row_of(
                play=play,
                box=box,
                course=course,
                lesson=lesson,
                region=region,
                at=at,
                watched=as_multirange([(0, seen_ms)]),
                watch_ms=seen_ms + 7,
                excluded=excluded,
                people=people,
            )
            session.execute(ADD_PLAY, values)
            if tally:
                rebuild(session)
        return play

    def tally(self) -> None:
        """Sum up the plays that were left out so far."""
        with self.house.db.begin() as session:
            rebuild(session)

    @property
    def today(self) -> date:
        return datetime.now(self.house.settings.zone).date()

    def _add_course(
        self, session: Session, title: str, category: Category, tags: Sequence[str]
    ) -> int:
        course = editing.create_course(session, title=title, category_id=category.id)
        course.tags = editing.tags_named(session, tags)
        video = add_video(session)
        lesson = editing.add_lesson(session, course, title="第一课", video_id=video.id)
        self.courses[title] = (course.id, lesson.id)
        return course.id
