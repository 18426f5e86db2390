"""A site with a small library, and its places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.house import House
from catalog import editing
from player_api.regions import load_regions
from tests.desk.places import PLACES
from tests.studio.films import add_video
from tests.visiting import Site, open_site

LONG = "高寒山区黑山羊冬季防寒保暖、补饲精料与接羔育幼全过程技术要点及常见问题解答（第二版）"


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    """The service on the test's own database, answering over HTTP."""
    with open_site(house) as site:
        yield site


@pytest.fixture
def library(house: House) -> House:
    """30 courses on farms (101–130) in two shelves, 3 of crafts (501–503), and a draft (900)."""
    with house.db.begin() as session:
        load_regions(session, PLACES)
        video = add_video(session)
        farm = editing.create_category(session, slug="farm", title="种植养殖")
        tea, goats = (
            editing.create_category(
                session, slug=slug, title=title, parent=farm, position=position
            ).id
            for position, (slug, title) in enumerate([("tea", "茶叶"), ("goats", "山羊")], 1)
        )
        crafts = editing.create_category(session, slug="crafts", title="手艺", position=3).id
        shelves = {**{n: tea if n < 120 else goats for n in range(101, 131)}}
        shelves |= {501: crafts, 502: crafts, 503: crafts, 900: tea}
        for number, category_id in shelves.items():
            course = editing.create_course(
                session,
                title=LONG if number == 130 else f"第{number}号课怎么学",
                category_id=category_id,
                number=number,
            )
            editing.add_lesson(session, course, title="第一课", video_id=video.id)
            if number != 900:
                editing.publish_course(session, course, datetime.now(UTC))
    return house
