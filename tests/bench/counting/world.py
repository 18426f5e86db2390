"""A province to count in: all its regions, 223 lessons in 40 courses, many boxes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from app.db import Database
from app.demo.regions import load_regions as demo_regions
from app.embedded import embedded_database
from app.house import House, open_house
from app.settings import Settings
from catalog import editing
from migrations import migrate
from player_api.boxes import token_of
from player_api.regions import load_regions
from player_api.tables import Box
from tests.player_api.conftest import NOW, add_lesson
from tests.service import Service

LESSONS, COURSES = 223, 40
LONGEST_LESSON_S = 1_500
# The load must meet no limit of a household.
UNLIMITED = {"NONGKE_EVENT_REQUESTS_A_MINUTE": "0", "NONGKE_LOG_LEVEL": "warning"}


@dataclass(frozen=True, kw_only=True)
class World:
    """A house with everything that events name. lessons: (id, seconds)."""

    house: House
    home: Path
    lessons: list[tuple[int, int]]
    boxes: list[tuple[UUID, int, str]]

    def tokens(self) -> list[str]:
        """A token of each box."""
        settings = self.house.settings
        return [token_of(settings, Box(id=box, token_version=1)) for box, _, _ in self.boxes]

    def service(self) -> Service:
        """The real server on this house."""
        return Service(home=self.home, database_url=self.house.db.url, env=dict(UNLIMITED))


@contextmanager
def open_world(folder: Path, *, boxes: int) -> Iterator[World]:
    """An embedded database of its own with a library, regions and boxes in it."""
    home = folder / "home"
    with embedded_database(home) as url:
        migrate(url)
        house = open_house(Settings(home=home, database_url=url, demo=False), url)
        lessons = fill_library(house)
        yield World(house=house, home=home, lessons=lessons, boxes=add_boxes(house.db, boxes))
        house.db.close()


def known_world(home: Path, url: str) -> World:
    """The same world as another process opened, to load it from here as well."""
    house = open_house(Settings(home=home, database_url=url, demo=False), url)
    with house.db.begin() as session:
        lessons = session.execute(
            text(
                "SELECT lesson.id, video.duration_ms / 1000 FROM lesson"
                " JOIN video ON video.id = lesson.video_id ORDER BY lesson.id"
            )
        ).all()
        boxes = session.execute(text("SELECT id, number, region_code FROM box ORDER BY number"))
        return World(
            house=house,
            home=home,
            lessons=[(row[0], int(row[1])) for row in lessons],
            boxes=[(row.id, row.number, row.region_code) for row in boxes],
        )


def add_boxes(db: Database, number: int) -> list[tuple[UUID, int, str]]:
    """So many boxes, spread over the townships."""
    chance = random.Random(number)
    with db.begin() as session:
        townships = session.scalars(
            text("SELECT code FROM region WHERE level = 'township' ORDER BY code")
        ).all()
        regions = [chance.choice(townships) for _ in range(number)]
        made = session.execute(
            text(
                "WITH made AS (INSERT INTO box (region_code) SELECT unnest(CAST(:r AS text[]))"
                " RETURNING id, number, region_code), placed AS ("
                "INSERT INTO box_region (box_no, region_code) SELECT number, region_code FROM made)"
                " SELECT id, number, region_code FROM made"
            ),
            {"r": regions},
        )
        return [(row.id, row.number, row.region_code) for row in made]


def fill_library(house: House) -> list[tuple[int, int]]:
    """All regions and 223 lessons; gives the lessons' ids and seconds."""
    chance = random.Random(1)
    lessons: list[tuple[int, int]] = []
    with house.db.begin() as session:
        load_regions(session, demo_regions())
        shelf = editing.create_category(session, slug="all", title="课程")
        for number in range(COURSES):
            course = editing.create_course(
                session, number=200 + number, title=f"课程 {number}", category_id=shelf.id
            )
            for part in range(LESSONS // COURSES + (number < LESSONS % COURSES)):
                seconds = chance.randint(300, LONGEST_LESSON_S)
                lesson = add_lesson(session, course, f"第 {part} 课", seconds)
                lessons.append((lesson.id, seconds))
            editing.publish_course(session, course, NOW)
    return lessons
