"""``nongke regions``: the tree of places, taken from lists, written out, ended by mergers."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from app.accounts.audit import record
from app.box_commands import faults_shown
from app.opening import migrated_house
from player_api.csv_lists import read_list
from player_api.region_lists import COLUMNS, REQUIRED, take_regions, write_regions
from player_api.regions import end_region

regions = typer.Typer(no_args_is_help=True, help="Places by their official codes.")

FileArgument = Annotated[
    Path | None,
    typer.Argument(exists=True, dir_okay=False, help="CSV: code,name,level,parent."),
]


@regions.command("import")
def import_list(
    file: FileArgument = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change.")] = False,
) -> None:
    """Take a list of regions; without a file, the tree of Guizhou that comes with Nongke.

    The header is code,name,level,parent[,valid_from,valid_to], in Chinese 代码,名称,级别,上级
    [,启用日期,停用日期]. Regions that the list lacks stay; end them with `nongke regions end`.
    For another province, set NONGKE_REGION to its code: boxes are then offered that province.
    """
    source = file or Path(str(files("app.demo") / "regions.csv"))
    with migrated_house() as house, house.db.begin() as session, faults_shown():
        counted = take_regions(session, read_list(source, COLUMNS, REQUIRED))
        if dry_run:
            session.rollback()
        else:
            counts = {"listed": counted.listed, "new": counted.new, "changed": counted.changed}
            record(session, None, "regions_listed", source.name, **counts)
    typer.echo(f"{counted.listed} listed, {counted.new} new, {counted.changed} changed")
    typer.echo("Nothing was changed: a dry run." if dry_run else "The regions are in force.")


@regions.command("export")
def export_list(
    file: Annotated[
        Path | None, typer.Argument(dir_okay=False, help="CSV to write; stdout if not given.")
    ] = None,
) -> None:
    """Write the whole tree as a list that `nongke regions import` takes again."""
    with migrated_house() as house, house.db.begin() as session:
        if file is None:
            write_regions(session, sys.stdout)
        else:
            # With a mark, or spreadsheets in Chinese Windows take it for GB18030.
            with file.open("w", encoding="utf-8-sig", newline="") as out:
                write_regions(session, out)


@regions.command()
def end(
    code: Annotated[str, typer.Argument(help="Code of the region; all below it end with it.")],
    day: Annotated[
        datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="Its first day gone.")
    ],
) -> None:
    """End a region, as at a merger: it is not offered any more, what it counted stays."""
    with migrated_house() as house, house.db.begin() as session:
        ended = end_region(session, code, day.date())
        record(session, None, "region_ended", code, day=f"{day:%Y-%m-%d}")
    typer.echo(f"{ended.regions} regions end on {day:%Y-%m-%d}")
    if ended.boxes or ended.cards:
        typer.echo(
            f"{ended.boxes} boxes stand there and {ended.cards} cards are listed there:"
            " they stay until a list of cards or their households move them."
        )
