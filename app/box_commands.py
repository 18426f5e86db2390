"""``nongke boxes``: the operator's list of cards, and the boxes that introduced themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.audit import record
from app.opening import migrated_house
from player_api.boxes import find_box, help_number, renew_token, restore_box, revoke_box
from player_api.csv_lists import Fault, read_list
from player_api.errors import BadList
from player_api.moving import listed_card
from player_api.provisioning import COLUMNS, REQUIRED, Listing, take_list
from player_api.tables import Box, Play, Region

boxes = typer.Typer(no_args_is_help=True, help="Boxes and the list of their cards.")

BoxArgument = Annotated[
    str, typer.Argument(metavar="BOX", help="A box's id, card number or help number.")
]
# -infinity has no form in Python: a box's first place is where it always was.
STOOD = text("""
SELECT nullif(stood.valid_from, '-infinity') AS since, stood.region_code AS code, region.name
FROM box_region AS stood LEFT JOIN region ON region.code = stood.region_code
WHERE stood.box_no = :box_no ORDER BY stood.valid_from DESC
""")
FLAGS = text("""
SELECT day, reason, actions, lifted_at FROM box_flag WHERE box_no = :box_no ORDER BY day DESC
""")


@boxes.command("import")
def import_list(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV: card,region,model.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Take the good lines.")] = False,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="Take off cards that the file lacks.")
    ] = False,
) -> None:
    """Put cards on the list, and move boxes to where the list says.

    The header is card,region,model or 卡号,地区,型号; the model may be missing. UTF-8 and GB18030
    are understood. A list that was taken already changes nothing.
    """
    if skip_bad and retire_missing:
        # A card on a bad line would be taken off as if it were missing.
        raise typer.BadParameter("--retire-missing needs a list without bad lines")
    with migrated_house() as house, house.db.begin() as session, faults_shown():
        now = datetime.now(UTC)
        listing = take_list(
            session,
            read_list(file, COLUMNS, REQUIRED),
            now=now,
            today=now.astimezone(house.settings.zone).date(),
            skip_bad=skip_bad,
            retire_missing=retire_missing,
        )
        if dry_run:
            session.rollback()
        else:
            record(session, None, "cards_listed", file.name, **_counts(listing))
    show_faults(listing.faults)
    counts = _counts(listing)
    typer.echo(", ".join(f"{count} {what}" for what, count in counts.items()))
    typer.echo("Nothing was changed: a dry run." if dry_run else "The list is in force.")


@boxes.command("list")
def list_boxes(
    region: Annotated[str, typer.Option(help="Code of a region; with all below it.")] = "",
    revoked: Annotated[bool, typer.Option("--revoked", help="Only revoked boxes.")] = False,
    most: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 100,
) -> None:
    """Boxes, newest first: id, card, region, model, when registered, state."""
    where = [Box.region_code.startswith(region, autoescape=True)]
    if revoked:
        where.append(Box.revoked_at.is_not(None))
    with migrated_house() as house, house.db.begin() as session:
        total = session.execute(select(func.count()).select_from(Box).where(*where)).scalar_one()
        query = select(Box).where(*where).order_by(Box.number.desc()).limit(most)
        for box in session.scalars(query):
            at = _time(box.registered_at, house.settings.zone)
            state = "revoked" if box.revoked_at else "active"
            cells = (str(box.id), box.card_number or "-", box.region_code, box.model or "-")
            typer.echo("\t".join((*cells, at, state)))
    typer.echo(f"{min(most, total)} of {total} boxes", err=True)


@boxes.command()
def show(box: BoxArgument) -> None:
    """All that is known of a box: its card, where it stood since when, what it played."""
    with migrated_house() as house, house.db.begin() as session:
        for what, value in _facts(session, find_box(session, box), house.settings.zone):
            typer.echo(f"{what:<12}{value}")


@boxes.command()
def rotate(box: BoxArgument) -> None:
    """Make the box's tokens worthless; it gets a new one when it introduces itself again."""
    with migrated_house() as house, house.db.begin() as session:
        found = find_box(session, box)
        renew_token(session, found.id)
        _record(session, "box_rotated", found)
    typer.echo(f"The tokens of box {found.id} are worth nothing now.")


@boxes.command()
def revoke(box: BoxArgument) -> None:
    """Refuse the box from now on; what it counted stays."""
    with migrated_house() as house, house.db.begin() as session:
        found = find_box(session, box)
        if found.revoked_at is None:
            revoke_box(session, found.id, datetime.now(UTC))
            _record(session, "box_revoked", found)
    typer.echo(f"Box {found.id} is revoked.")


@boxes.command()
def restore(box: BoxArgument) -> None:
    """Let a revoked box in again, with the tokens that it had."""
    with migrated_house() as house, house.db.begin() as session:
        found = find_box(session, box)
        if found.revoked_at is not None:
            restore_box(session, found.id)
            _record(session, "box_restored", found)
    typer.echo(f"Box {found.id} is let in.")


@contextmanager
def faults_shown() -> Iterator[None]:
    """Show the faults of a list that was refused, each with its line."""
    try:
        yield
    except BadList as error:
        show_faults(error.faults)
        raise


def show_faults(faults: Sequence[Fault]) -> None:
    """Faults go to stderr, so that they can be told from the outcome."""
    for fault in faults:
        typer.echo(str(fault), err=True)


def _counts(listing: Listing) -> dict[str, int]:
    return {
        "listed": listing.listed,
        "new": listing.new,
        "changed": listing.changed,
        "retired": listing.retired,
        "moved": listing.moved,
        "skipped": len(listing.faults),
    }


def _record(session: Session, action: str, box: Box) -> None:
    record(session, None, action, str(box.id), card=box.card_number)


def _facts(session: Session, box: Box, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "box", f"{box.id} (number {help_number(box.number)})"
    yield "card", _card_text(session, box)
    yield "model", box.model or "-"
    yield "engine", box.engine or "-"
    yield "registered", _time(box.registered_at, zone)
    yield "state", f"revoked {_time(box.revoked_at, zone)}" if box.revoked_at else "active"
    yield "tokens", f"version {box.token_version}"
    for row in session.execute(STOOD, {"box_no": box.number}):
        since = f"since {_time(row.since, zone)}" if row.since else "from the first"
        yield "region", f"{row.code} {row.name or ''} {since}"
    plays = select(func.count(), func.max(Play.last_at)).where(Play.box_no == box.number)
    count, last_at = session.execute(plays.where(Play.is_play)).one()
    yield "plays", f"{count}, the last {_time(last_at, zone)}" if count else "0"
    for row in session.execute(FLAGS, {"box_no": box.number}):
        lifted = f", lifted {_time(row.lifted_at, zone)}" if row.lifted_at else ""
        yield "flagged", f"{row.day} {row.reason}: {row.actions} actions{lifted}"


def _card_text(session: Session, box: Box) -> str:
    listed = listed_card(session, box.card_number)
    if listed is None:
        return f"{box.card_number}, not on the list" if box.card_number else "-"
    region = session.get_one(Region, listed.region_code)
    return f"{box.card_number}, listed for {region.code} {region.name} {listed.model}".rstrip()


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
