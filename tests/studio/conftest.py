"""The site that these tests visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.house import House
from tests.visiting import Site, open_site


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    """The service on the test's own database, answering over HTTP."""
    with open_site(house) as site:
        yield site
