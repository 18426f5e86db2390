"""Whatever dies in mid-load, every view counts once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.bench.counting.kills import TARGETS, kill_in_turn


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: PostgreSQL's socket lies below it."""
    folder = Path(f"/tmp/nongke-kill-{uuid4().hex[:8]}")
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_kills_of_server_database_and_both_in_mid_load_lose_and_double_nothing(
    folder: Path,
) -> None:
    found, siege = kill_in_turn(folder, list(TARGETS))
    assert found == []
    assert siege.failed > 0
