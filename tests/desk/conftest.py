"""The site that these tests visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.house import House
from tests.desk.audience import Audience
from tests.visiting import Site, open_site


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    """The service on the test's own database, answering over HTTP."""
    with open_site(house) as site:
        yield site


@pytest.fixture
def audience(house: House) -> Audience:
    """Four plays of the last 30 days, one older, one too short to count."""
    audience = Audience(house)
    audience.watch("春茶", 60)
    audience.watch("春茶", 31, region="520381", days_ago=1)
    audience.watch("春茶", 10, region="520102", days_ago=40)
    audience.watch("春茶", 2)
    audience.watch("=苗绣", 59.5, region="520102", days_ago=1)
    audience.watch("=苗绣", 12, region="52", days_ago=2)
    return audience
