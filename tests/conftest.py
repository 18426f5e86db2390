"""The real surroundings of the tests: PostgreSQL, server and worker processes, films, a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import imageio_ffmpeg
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import make_url

from app.embedded import embedded_database
from app.house import House, open_house
from app.settings import Settings
from migrations import migrate
from tests.service import Service

TEMPLATE = "nongke_template"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",  # as box shells set it
]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real server's maintenance database; one a test run."""
    # The socket's path has a limit of 107 bytes and the server's own user must reach it.
    home = Path(f"/tmp/nongke-test-{uuid4().hex[:8]}")
    try:
        with embedded_database(home) as url:
            address = make_url(url).set(database="postgres").render_as_string(False)
            _execute(address, f"CREATE DATABASE {TEMPLATE}")
            migrate(make_url(url).set(database=TEMPLATE).render_as_string(False))
            yield address
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """A database of the test's own, with all migrations applied."""
    name = f"t_{uuid4().hex[:12]}"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield make_url(postgres).set(database=name).render_as_string(False)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of a service that keeps everything in the test's folder.

    Tests send faster than boxes do, and all from one address: nothing limits them.
    """
    return Settings(
        home=tmp_path / "home",
        database_url=database_url,
        demo=False,
        reserve_bytes=0,
        event_requests_a_minute=0,
        introductions_a_minute=0,
    )


@pytest.fixture
def house(settings: Settings, database_url: str) -> Iterator[House]:
    """A house on the test's database, for work in the test's own process."""
    house = open_house(settings, database_url)
    yield house
    house.db.close()


@pytest.fixture
def service(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Server and worker as real processes, started by the test when it wants them."""
    service = Service(home=tmp_path / "home", database_url=database_url)
    yield service
    service.stop()


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The FFmpeg that the service uses."""
    return imageio_ffmpeg.get_ffmpeg_exe()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """Eight seconds of 720p with a tone, as an editor would upload them."""
    path = tmp_path_factory.mktemp("clips") / "养羊 第一课.mp4"
    make_film(ffmpeg, path, duration_s=8)
    return path


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A system Chromium; `make test` installs one where there is none."""
    return find_chromium()


def find_chromium() -> str:
    """Where the browser of this machine is."""
    named = os.environ.get("NONGKE_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "no Chromium found: run `make test`, or name one in NONGKE_CHROMIUM"
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def make_film(ffmpeg: str, path: Path, *, duration_s: float, size: str = "1280x720") -> None:
    """A real H.264 + AAC file with moving picture and sound."""
    subprocess.run(
        [ffmpeg, "-nostdin", "-v", "error", "-y"]
        + ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={duration_s}"]
        + ["-f", "lavfi", "-i", f"sine=f=440:d={duration_s}:r=48000"]
        + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        + ["-c:a", "aac", "-shortest", str(path)],
        check=True,
    )


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
