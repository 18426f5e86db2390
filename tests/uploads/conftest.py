"""A server that editors upload to."""

from __future__ import annotations

import random

import pytest

from app.house import House
from tests.service import Service
from tests.uploads.client import Tus, sign_in


@pytest.fixture
def editor(service: Service, house: House) -> Tus:
    """An editor at a running server."""
    service.start_server()
    return sign_in(house, service.url)


@pytest.fixture
def content() -> bytes:
    """Twenty MB that look like nothing."""
    return random.Random(7).randbytes(20_000_000)
