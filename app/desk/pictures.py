"""What the charts draw, as values for the page's script, each with a sentence that says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.desk import times
from app.desk.breakdowns import Group
from app.desk.look import Inquiry
from app.pages import formats

BARS = 10
BARS_OF = ("courses", "lessons", "categories", "tags")
DAYS_BY_DAY = 62
DAYS_BY_WEEK = 184
TIMES: dict[str, Callable[[Inquiry], list[Group]]] = {
    "days": times.by_day,
    "weeks": times.by_week,
    "months": times.by_month,
    "hours": times.by_hour,
}


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A region of the heat table: how strong its colour is, from 0 to 100, and where it leads."""

    name: str
    plays: int
    percent: str
    heat: int
    link: str | None


def grain_of(inquiry: Inquiry) -> str:
    """By what the course of time is drawn: what the table shows, or what the width has room for."""
    is_of_time = inquiry.view in TIMES and (inquiry.view != "hours" or inquiry.has_hours)
    if is_of_time:
        return inquiry.view
    days = inquiry.asked.days
    if days == 1 and inquiry.has_hours:
        return "hours"
    if days <= DAYS_BY_DAY:
        return "days"
    return "weeks" if days <= DAYS_BY_WEEK else "months"


def time_picture(inquiry: Inquiry, grain: str, groups: Sequence[Group]) -> dict[str, Any]:
    """Bars of plays and a line of effective views, oldest first."""
    t = inquiry.t
    shown = list(groups) if grain == "hours" else list(reversed(groups))
    top = max(shown, key=lambda group: group.now.plays)
    return {
        "kind": "times",
        "labels": [_short(group.labels[0], grain) for group in shown],
        "names": [group.labels[0] for group in shown],
        "links": [group.link for group in shown],
        "series": [
            {"name": t("figure.plays"), "values": [g.now.plays for g in shown]},
            {"name": t("figure.effective"), "values": [g.now.effective for g in shown]},
        ],
        "description": t(
            "chart.time.description",
            title=t(f"chart.{grain}"),
            total=formats.count(sum(g.now.plays for g in shown)),
            top=top.labels[0],
            plays=formats.count(top.now.plays),
        ),
    }


def bars_picture(inquiry: Inquiry, groups: Sequence[Group]) -> dict[str, Any] | None:
    """Bars of the first lines in their order: the most played, or the least."""
    chosen = [group for group in groups if not group.is_rest][:BARS]
    if not chosen:
        return None
    t, name = inquiry.t, 0 if inquiry.view in ("categories", "tags") else 1
    words = "、".join(f"{g.labels[name]} {formats.count(g.now.plays)}" for g in chosen)
    return {
        "kind": "bars",
        "labels": [group.labels[name] for group in chosen],
        "links": [group.link for group in chosen],
        "series": [{"name": t("figure.plays"), "values": [g.now.plays for g in chosen]}],
        "description": t("chart.bars.description", words=words),
    }


def heat_picture(inquiry: Inquiry) -> dict[str, Any]:
    """Plays by weekday and hour, as squares of more or less colour."""
    t, rows = inquiry.t, times.by_weekhour(inquiry)
    cells = [(n, hour, row[n]) for hour, row in enumerate(rows) for n in range(7)]
    weekday, hour, plays = max(cells, key=lambda cell: cell[2])
    days = [t(f"weekday.{n}") for n in range(1, 8)]
    return {
        "kind": "heat",
        "rows": days,
        "columns": [f"{hour}" for hour in range(24)],
        "values": [[hour, n, plays] for n, hour, plays in cells],
        "name": t("figure.plays"),
        "description": t(
            "chart.heat.description",
            day=days[weekday],
            hour=times.hour_words(hour),
            plays=formats.count(plays),
        ),
    }


def tiles(groups: Sequence[Group]) -> list[Tile]:
    """The heat table of regions, in the order of their codes; colour by plays."""
    most = max((group.now.plays for group in groups), default=0)
    total = sum(group.now.plays for group in groups)
    return [
        Tile(
            name=group.labels[1],
            plays=group.now.plays,
            percent=formats.percent(group.now.plays, total),
            heat=round(group.now.plays * 100 / most) if most else 0,
            link=group.link,
        )
        for group in sorted(groups, key=lambda group: (group.is_rest, group.labels[0]))
    ]


def _short(label: str, grain: str) -> str:
    """What fits under a bar."""
    match grain:
        case "days":
            return label[5:]
        case "weeks":
            return label.split("-")[1].split("（")[0]
        case "hours":
            return label[:2]
    return label.split("（")[0]
