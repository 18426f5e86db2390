"""``nongke boxes flags|flag|unflag``: days of boxes that do not count, as the desk has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from app.accounts.audit import record
from app.box_commands import BoxArgument
from app.opening import migrated_house
from player_api import invalid
from player_api.boxes import find_box, help_number
from player_api.reports.kept import require_plays
from player_api.reports.queries import rows

BY = "command"
DAY = "%Y-%m-%d"
DayArgument = Annotated[
    datetime, typer.Argument(metavar="YYYY-MM-DD", formats=[DAY], help="The box's day.")
]
SHOWN_DAYS = timedelta(days=30)


def list_flags(
    region: Annotated[str, typer.Option(help="Code of a region; with all below it.")] = "",
    start: Annotated[
        datetime | None, typer.Option("--from", formats=[DAY], help="30 days ago if not given.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=[DAY], help="Today if not given.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 100,
) -> None:
    """Boxes that did too much, newest day first: day, box, region, why, actions, plays left out."""
    with migrated_house() as house, house.db.begin() as session:
        today = datetime.now(house.settings.zone).date()
        last = end.date() if end else today
        first = start.date() if start else last - SHOWN_DAYS
        values: dict[str, Any] = {"start": first, "end": last, "region": region, "limit": most}
        found = rows(session, "flags", **values, zone=house.settings.time_zone)
        for row in found:
            state = f"lifted by {row.lifted_by}" if row.lifted_at else "left out"
            who = (str(row.day), help_number(row.box_no), str(row.box_id), row.region_code)
            did = (row.reason, f"{row.actions} actions", f"{row.plays} plays")
            typer.echo("\t".join((*who, *did, state)))
    typer.echo(f"{len(found)} flags from {first} to {last}", err=True)


def flag_day(
    box: BoxArgument,
    day: DayArgument,
    reason: Annotated[str, typer.Option(help="Why, in your own words; the desk shows it.")],
) -> None:
    """Leave a box's day out of every figure; nothing is deleted."""
    with migrated_house() as house, house.db.begin() as session:
        found = find_box(session, box)
        _hold_plays(session, day)
        invalid.flag(session, found.number, day.date(), reason=reason, now=datetime.now(UTC))
        record(session, None, "box_flagged", f"box {found.number}", day=f"{day:%Y-%m-%d}")
    typer.echo(f"Box {found.id} does not count on {day:%Y-%m-%d}.")


def unflag_day(box: BoxArgument, day: DayArgument) -> None:
    """Let a flagged day count again; the flag stays visible as lifted."""
    with migrated_house() as house, house.db.begin() as session:
        found = find_box(session, box)
        _hold_plays(session, day)
        invalid.lift(session, found.number, day.date(), now=datetime.now(UTC), by=BY)
        record(session, None, "flag_lifted", f"box {found.number}", day=f"{day:%Y-%m-%d}")
    typer.echo(f"Box {found.id} counts again on {day:%Y-%m-%d}.")


def _hold_plays(session: Session, day: datetime) -> None:
    """Let the day's plays be neither folded nor reduced. Raises PlaysReduced."""
    invalid.stop_folds(session)
    require_plays(session, day.date())


def add_to(boxes: typer.Typer) -> None:
    """Put the commands beside the others about boxes."""
    boxes.command("flags")(list_flags)
    boxes.command("flag")(flag_day)
    boxes.command("unflag")(unflag_day)
