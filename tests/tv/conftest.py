"""The page, built; a stand-in service; a viewer with a remote."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.tv.stand_in import StandIn, make_media, serving
from tests.tv.viewer import Viewer

TV = Path(__file__).parents[2] / "player_api" / "tv"


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TV page as it is shipped."""
    folder = tmp_path_factory.mktemp("tv-page")
    node = shutil.which("node")
    assert node, "no Node found: `make test` brings one"
    subprocess.run([node, str(TV / "build.mjs"), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film and posters."""
    folder = tmp_path_factory.mktemp("tv-media") / "media"
    make_media(folder)
    return folder


@pytest.fixture
def stand_in(built_page: Path, media: Path) -> Iterator[StandIn]:
    """A service of the test's own."""
    with serving(StandIn(page=built_page, media=media)) as service:
        yield service


@pytest.fixture
def viewer(browser: Browser, stand_in: StandIn) -> Iterator[Viewer]:
    """A household before a 1280×720 screen; errors on the console fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    viewer = Viewer(page=context.new_page(), url=stand_in.url)
    yield viewer
    context.close()
    assert viewer.complaints == []
