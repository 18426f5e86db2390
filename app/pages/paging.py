"""Long lists in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

PageNumber = Annotated[int, Query(alias="page")]


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Which page of a long list is shown, of how many, and how long the list is."""

    page: int
    pages: int
    total: int
    size: int

    @property
    def offset(self) -> int:
        """How many entries stand on the pages before."""
        return (self.page - 1) * self.size


def pages_of(total: int, wanted: int, size: int) -> Pages:
    """The wanted page, or the nearest one that exists."""
    pages = max(1, -(-total // size))
    return Pages(page=min(max(1, wanted), pages), pages=pages, total=total, size=size)
