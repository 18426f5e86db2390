"""A measured figure beside its goal, and the table of all of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("measure", "goal", "measured", "", "in detail")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """goal: None where a figure only explains another. unit: follows the number, "%" or "MB" say.

    reached: None leaves it to the comparison of number and goal.
    """

    measure: str
    measured: float
    goal: float | None = None
    at_least: bool = False
    unit: str = "×"
    detail: str = ""
    reached: bool | None = None

    @classmethod
    def of_runs(cls, measure: str, runs_s: Sequence[float], goal_s: float | None) -> Figure:
        """The median of some runs, with each of them in detail."""
        return cls(
            measure=measure,
            measured=statistics.median(runs_s),
            goal=goal_s,
            unit="s",
            detail="runs: " + ", ".join(f"{s:.2f}" for s in runs_s),
        )

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        good = self.reached
        if good is None:
            good = self.measured >= self.goal if self.at_least else self.measured <= self.goal
        return "ok" if good else "not reached"

    @property
    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        goal = "" if self.goal is None else f"{sign} {_number(self.goal, self.unit)}"
        measured = _number(self.measured, self.unit)
        return (self.measure, goal, measured, self.verdict, self.detail)


def _number(number: float, unit: str) -> str:
    digits = 0 if abs(number) >= 100 else 2 if unit == "×" else 1
    return f"{number:.{digits}f} {unit}"


def as_text(figures: Sequence[Figure]) -> str:
    rows = [HEADS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS) - 1)]
    return "\n".join(_padded(row, widths) for row in rows)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    """The last cell is as long as it is."""
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[-1]]).rstrip()


def as_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
