"""What a card should show, as the address says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

By = Literal["season", "category", "hand"]
Shape = Literal["portrait", "poster"]
# Large cards show a picture and a code for each course, small ones have room for neither.
SIZES = (12, 24)
MOST_SHEETS = (1, 2, 4)
MONTHS = range(1, 13)
NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A card in the words of its form.

    most_sheets: None for as many as the courses need.
    each: one card for each township of the county, instead of one for the county.
    """

    by: By
    category_id: int | None
    month: int
    numbers: tuple[str, ...]
    size: int
    shape: Shape
    most_sheets: int | None
    village: str
    phone: str
    each: bool

    @property
    def room(self) -> int | None:
        """How many courses there is paper for; None for any number."""
        return self.size * self.most_sheets if self.most_sheets else None


class WishQuery:
    """The form's fields. What makes no sense is what it is without a choice."""

    def __init__(
        self,
        by: str = "",
        category: str = "",
        month: str = "",
        numbers: Annotated[str, Query(max_length=4000)] = "",
        size: str = "",
        shape: str = "",
        sheets: str = "",
        village: Annotated[str, Query(max_length=200)] = "",
        phone: Annotated[str, Query(max_length=200)] = "",
        each: str = "",
    ) -> None:
        self.by, self.category, self.month, self.numbers = by, category, month, numbers
        self.size, self.shape, self.sheets = size, shape, sheets
        self.village, self.phone, self.each = village, phone, each

    def wish(self, this_month: int) -> Wish:
        """The wish, for a card that is printed in this month."""
        by: By = "category" if self.by == "category" else "hand" if self.by == "hand" else "season"
        return Wish(
            by=by,
            category_id=int(self.category) if _is_id(self.category) else None,
            month=_one_of(self.month, MONTHS) or this_month,
            numbers=_numbers(self.numbers),
            size=_one_of(self.size, SIZES) or SIZES[0],
            shape="poster" if self.shape == "poster" else "portrait",
            most_sheets=self._most_sheets(by),
            village=" ".join(self.village.split())[:20],
            phone=" ".join(self.phone.split())[:40],
            each=self.each == "1",
        )

    def _most_sheets(self, by: By) -> int | None:
        if by == "hand" or self.sheets == "all":
            return None
        # A season has one sheet, since most courses suit every season.
        return _one_of(self.sheets, MOST_SHEETS) or (1 if by == "season" else None)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _one_of(text: str, allowed: tuple[int, ...] | range) -> int | None:
    return int(text) if _is_id(text) and int(text) in allowed else None


def _numbers(text: str) -> tuple[str, ...]:
    """Course numbers as somebody types them, each once: '203、7，11' → 203, 007, 011."""
    return tuple(dict.fromkeys(found.zfill(3) for found in NUMBER.findall(text)))
