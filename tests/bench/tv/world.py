"""The real server with the demonstration library: 223 courses, one real film behind all lessons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import select, update

from app.demo.seed import seed
from app.embedded import embedded_database
from app.house import House, open_house
from app.settings import Settings
from catalog.tables import Lesson
from migrations import migrate
from tests.bench.content import default_folder, source
from tests.bench.service import follow
from tests.conftest import CHROMIUM_FLAGS, find_chromium
from tests.service import Service
from transcode.tables import Video

# A box that was told where it stands: others are asked before they see home.
START = "?region=520526"
SCREEN = {"width": 1280, "height": 720}


@dataclass(frozen=True, kw_only=True)
class World:
    """What the measurements share.

    folder: for what they leave. url: the server itself, on a line without limits.
    film_s: how long the film is. long: half an hour for what is to stay flat.
    """

    folder: Path
    url: str
    browser: Browser
    film_s: int
    long: bool

    def box(self) -> BrowserContext:
        """A box that has seen nothing yet."""
        return self.browser.new_context(viewport=SCREEN)


@contextmanager
def open_world(folder: Path, home: Path, *, film_s: int, long: bool) -> Iterator[World]:
    """Start it all. home: is kept, for the film takes some minutes to encode."""
    with embedded_database(home) as url, sync_playwright() as playwright:
        migrate(url)
        service = Service(home=home, database_url=url, env={"NONGKE_LOG_LEVEL": "warning"})
        house = open_house(Settings(home=home, database_url=url, demo=False), url)
        _fill(house, service, film_s)
        house.db.close()
        service.start_server()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        try:
            yield World(folder=folder, url=service.url, browser=browser, film_s=film_s, long=long)
        finally:
            browser.close()
            service.stop()


def _fill(house: House, service: Service, film_s: int) -> None:
    """The library comes after its film, or the worker would begin to make films of its own."""
    with house.db.begin() as session:
        film = session.scalar(select(Video.id).where(Video.state == "ready"))
    if film is None:
        service.start_worker()
        follow(house, source("talk", default_folder(), film_s))
        service.stop()
    seed(house)
    with house.db.begin() as session:
        session.execute(update(Lesson).values(video_id=select(Video.id).scalar_subquery()))
