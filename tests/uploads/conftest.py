"""Servers that editors upload to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from app.house import House, open_house
from app.settings import Settings
from tests.conftest import TEMPLATE
from tests.service import Service
from tests.uploads.client import Tus, sign_in

LIMIT_BYTES = 30_000_000


@pytest.fixture
def editor(service: Service, house: House) -> Tus:
    """An editor at a running server of the test's own."""
    service.start_server()
    return sign_in(house, service.url)


@pytest.fixture(scope="module")
def shared_house(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str]]:
    """A house whose server runs for a whole module, and the server's address."""
    name = f"uploads_{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}".encode())
    url = make_url(postgres).set(database=name).render_as_string(False)
    home = tmp_path_factory.mktemp("uploads") / "home"
    service = Service(home=home, database_url=url)
    service.env["NONGKE_MAX_UPLOAD_BYTES"] = str(LIMIT_BYTES)
    service.start_server()
    house = open_house(Settings(home=home, database_url=url), url)
    yield house, service.url
    service.stop()
    house.db.close()


@pytest.fixture
def shared(shared_house: tuple[House, str]) -> House:
    """The house of the module's server."""
    return shared_house[0]


@pytest.fixture
def tus(shared_house: tuple[House, str]) -> Tus:
    """A new editor at the module's server."""
    house, url = shared_house
    return sign_in(house, url, f"编辑{uuid4().hex[:8]}")


@pytest.fixture(scope="session")
def content() -> bytes:
    """Twenty MB that look like nothing."""
    return random.Random(7).randbytes(20_000_000)
