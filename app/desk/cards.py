"""The figures at the top of a page, each with what became of it since the times before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.desk.asked import Asked
from app.desk.figures import Sums, total_of
from app.desk.look import Inquiry
from app.pages import formats
from player_api.reports.errors import PlaysReduced


@dataclass(frozen=True, kw_only=True)
class Change:
    """How a figure differs from that of another time. trend: up, down or same."""

    label: str
    days: str
    words: str
    trend: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure, as it is shown."""

    name: str
    label: str
    value: str
    unit: str = ""
    changes: tuple[Change, ...] = ()


def cards_of(inquiry: Inquiry, now: Sums, boxes: int | None) -> list[Card]:
    """Plays, effective views, completion, watch time and boxes of the question."""
    t = inquiry.t
    compared = total_of(inquiry.sums("total", inquiry.compared("total")).values())
    times = [
        (t("growth.previous.short"), inquiry.before("total", "previous")),
        (t("growth.year.short"), inquiry.before("total", "year")),
    ]
    befores = [(label, asked, _total(inquiry, asked)) for label, asked in times]

    def card(name: str, value: str, figure: Callable[[Sums], int], unit: str = "") -> Card:
        changes = tuple(
            _change(inquiry, label, asked, figure(compared), figure(before))
            for label, asked, before in befores
            if before is not None
        )
        return Card(name=name, label=t(f"figure.{name}"), value=value, unit=unit, changes=changes)

    completion = Card(
        name="completion",
        label=t("figure.completion"),
        value=formats.percent(now.completed, now.plays),
        changes=tuple(
            _points(inquiry, label, asked, compared, before)
            for label, asked, before in befores
            if before is not None
        ),
    )
    return [
        card("plays", formats.count(now.plays), lambda sums: sums.plays),
        card("effective", formats.count(now.effective), lambda sums: sums.effective),
        completion,
        card("watch", formats.hours(now.watch_ms), lambda sums: sums.watch_ms, t("unit.hours")),
        Card(
            name="boxes",
            label=t("figure.boxes"),
            value="—" if boxes is None else formats.count(boxes),
        ),
    ]


def _total(inquiry: Inquiry, asked: Asked) -> Sums | None:
    try:
        return total_of(inquiry.sums("total", asked).values())
    except PlaysReduced:
        return None


def _change(inquiry: Inquiry, label: str, asked: Asked, now: int, before: int) -> Change:
    words = formats.growth(now, before, inquiry.t("growth.new"))
    return _worded(label, asked, words, now - before)


def _points(inquiry: Inquiry, label: str, asked: Asked, now: Sums, before: Sums) -> Change:
    """Shares differ by percentage points; a percentage of a percentage misleads."""
    if not now.plays or not before.plays:
        return _worded(label, asked, "—", 0)
    points = now.completed * 100 / now.plays - before.completed * 100 / before.plays
    words = inquiry.t("growth.points", points=f"{points:+.1f}" if points else "0.0")
    return _worded(label, asked, words, points)


def _worded(label: str, asked: Asked, words: str, difference: float) -> Change:
    trend = "up" if difference > 0 else "down" if difference < 0 else "same"
    return Change(label=label, days=_days(asked), words=words, trend=trend)


def _days(asked: Asked) -> str:
    hours = "" if asked.hours is None else f" {asked.hours:02d}:00"
    return f"{asked.start} — {asked.end}{hours}"
