"""What the charts draw, as values for the page's script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.pages.texts import Translate

BARS = 10


def day_picture(rows: Sequence[Row[Any]], t: Translate) -> dict[str, Any]:
    """Bars of plays and a line of effective views by day, oldest first."""
    days = list(reversed(rows))
    return {
        "kind": "days",
        "labels": [row.day.isoformat() for row in days],
        "series": [
            {"name": t("figure.plays"), "values": [row.plays for row in days]},
            {"name": t("figure.effective"), "values": [row.effective for row in days]},
        ],
    }


def top_picture(
    plays: Sequence[tuple[str, int]], t: Translate, *, in_order: bool = False
) -> dict[str, Any]:
    """Bars of the most played, or of all in their order as far as there is room."""
    chosen = plays if in_order else sorted(plays, key=lambda one: -one[1])
    chosen = chosen[:BARS]
    return {
        "kind": "bars",
        "labels": [title for title, _ in chosen],
        "series": [{"name": t("figure.plays"), "values": [number for _, number in chosen]}],
    }
