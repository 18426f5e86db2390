"""Somebody presses anything: the focus is never lost, nothing breaks, Back always leads home."""

from __future__ import annotations

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer
from tests.tv.walk import BEGINNINGS, walk

# In all as many as somebody presses in five minutes who never lets go.
KEYS_FROM_EACH = 250


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_random_keys_break_no_law_of_a_screen(
    viewer: Viewer, stand_in: StandIn, beginning: str
) -> None:
    walk(viewer, stand_in, beginning, KEYS_FROM_EACH)
