"""The desk's ways, in the order of the bar above its pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Way:
    """One entry: the key of its words, and where it leads.

    keeps_question: the period and place that are asked for go along.
    below: beginnings of further addresses whose pages belong to this entry.
    """

    text: str
    address: str
    keeps_question: bool = True
    below: tuple[str, ...] = ()

    def is_here(self, path: str) -> bool:
        """Whether the page at this path belongs to the entry."""
        return path == self.address or path.startswith(self.below)


WAYS: tuple[Way, ...] = (
    Way(
        text="desk.way.figures",
        address="/desk/",
        below=("/desk/courses/", "/desk/lessons/"),
    ),
    Way(text="desk.way.live", address="/desk/live"),
    Way(text="desk.way.coverage", address="/desk/coverage"),
    Way(text="desk.way.groups", address="/desk/groups"),
    Way(text="desk.way.searches", address="/desk/searches"),
    Way(text="desk.way.receipts", address="/desk/receipts"),
    Way(text="desk.way.flags", address="/desk/flags"),
    Way(text="desk.way.definitions", address="/desk/definitions"),
    Way(text="desk.way.wall", address="/desk/wall-card", keeps_question=False),
    Way(
        text="desk.way.statements",
        address="/desk/statements",
        keeps_question=False,
        below=("/desk/statements/",),
    ),
)
