"""`nongke reports`: recount, statements and their proof, exports, letting go of old plays."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from app.opening import console, migrated_house
from player_api.reports import months
from player_api.reports.chain import Finding, check_chain

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.settings import Settings
    from player_api.reports.tallies import Recounted

reports = typer.Typer(no_args_is_help=True, help="Counts and their proofs.")

Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="A month.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer for programs.")]
KeyOption = Annotated[
    list[Path] | None,
    typer.Option("--public-key", exists=True, help="A key that may have signed; may be repeated."),
]
MonthOption = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="A whole month.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD")]
BY = "command"


@reports.command()
def recount(as_json: JsonOption = False) -> None:
    """Compute every tally, set of boxes and peak anew from the plays and show any difference."""
    from app.desk.question import reading
    from player_api.reports.kept import reduced_through

    with migrated_house() as house, reading(house) as session:
        through = reduced_through(session)
        tables = _recounted(session, house.settings)
    differences = [one for table in tables for one in table.differences]
    if as_json:
        answer = {
            "reduced_through": months.written(through) if through else None,
            "differences": len(differences),
            "tables": [asdict(table) for table in tables],
        }
        typer.echo(json.dumps(answer, default=str, ensure_ascii=False))
    else:
        for difference in differences:
            typer.echo(str(difference))
        if through:
            kept = f"Plays up to {months.written(through)} were reduced: `verify` proves these."
            typer.echo(kept)
        typer.echo(f"{len(differences)} differences")
    if differences:
        raise typer.Exit(1)


@reports.command("rebuild")
def rebuild_tallies(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make anew from the plays what a recount finds different, of sums, sets, curves, peaks."""
    from app.accounts.audit import record
    from app.desk.question import reading
    from player_api.invalid import stop_folds
    from player_api.reports.recounts import mend_rolled_up
    from player_api.reports.tallies import TALLIES, rebuild

    with migrated_house() as house:
        with reading(house) as session:
            wrong = {
                table.table: table.differences
                for table in _recounted(session, house.settings)
                if table.differences
            }
        if not wrong:
            typer.echo("0 differences")
            return
        numbers = {name: len(differences) for name, differences in wrong.items()}
        for name, number in numbers.items():
            typer.echo(f"{name}: {number} differences")
        if not yes:
            typer.confirm("Make these anew? Events wait until it is done", abort=True)
        with house.db.begin() as session:
            mend_rolled_up(session, house.settings, chain.from_iterable(wrong.values()))
            # Last: from here on events wait.
            if tallies := [name for name in wrong if name in TALLIES]:
                stop_folds(session)
                rebuild(session, tallies)
            record(session, None, "tallies_rebuilt", ", ".join(wrong), **numbers)
    typer.echo(f"{len(wrong)} tallies made anew")


@reports.command("rollup")
def roll_up_now() -> None:
    """Roll up now what the worker rolls up: reach, curves, peaks, the roster of boxes."""
    from player_api.reports.rollups import renew_roster, roll_up

    with migrated_house() as house:
        now = datetime.now(UTC)
        done = roll_up(house, now)
        renew_roster(house, now)
    typer.echo(f"{done.days} days, {done.months} months, {done.flagged} boxes flagged")


@reports.command()
def freeze(
    month: Annotated[
        str | None, typer.Argument(metavar="[YYYY-MM]", help="The next one if not given.")
    ] = None,
) -> None:
    """Freeze a month: make its statement, sign it, chain it to the one before."""
    from app.freezing import freeze as freeze_month

    wanted = months.read_month(month) if month else None
    with migrated_house() as house:
        statement = freeze_month(house, wanted, datetime.now(UTC), by=BY)
    typer.echo(f"{months.written(statement.month)} {statement.sha256}")


@reports.command()
def rerun(
    month: Month,
    out: Annotated[Path | None, typer.Option(help="Write the text made again.")] = None,
) -> None:
    """Make the statement of a month again from its plays and compare it byte for byte."""
    from app.desk.question import reading
    from player_api.reports.kept import require_plays
    from player_api.reports.proving import remade, rerun_month

    wanted = months.read_month(month)
    with migrated_house() as house, reading(house) as session:
        require_plays(session, wanted)
        findings = rerun_month(session, wanted)
        if out:
            out.write_bytes(remade(session, wanted))
    _tell(findings)
    typer.echo(f"{month} is the same, byte for byte")


@reports.command()
def verify(
    public_key: KeyOption = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from", exists=True, file_okay=False, help="Exported files; no database."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove the statements: hashes, signatures, chain, and every month again from its plays."""
    from player_api.reports.signing import read_public_key
    from player_api.reports.statements import copies_in_folder

    trusted = {read_public_key(path) for path in public_key or []}
    if folder:
        copies = copies_in_folder(folder)
        findings = check_chain(copies, trusted=trusted, from_the_first=False)
        rerun_months: list[str] = []
        reduced: list[str] = []
        proved = [copy.label for copy in copies]
    else:
        from app.desk.question import reading
        from app.freezing import witnesses
        from player_api.reports.proving import prove_statements

        # Events go on arriving: plays, tallies and late lines have to be of one moment.
        with migrated_house() as house, reading(house) as session:
            proof = prove_statements(session, trusted=trusted, witnesses=witnesses(session))
        findings, proved = proof.findings, proof.statements
        rerun_months, reduced = proof.rerun, proof.reduced
    if as_json:
        answer = {"statements": proved, "rerun": rerun_months, "reduced": reduced}
        typer.echo(json.dumps({**answer, "findings": [asdict(one) for one in findings]}))
        raise typer.Exit(1 if findings else 0)
    _tell(findings)
    span = f" ({proved[0]} to {proved[-1]})" if proved else ""
    typer.echo(f"{len(proved)} statements{span}: hashes, signatures and chain are right")
    if not folder:
        typer.echo(f"{len(rerun_months)} made again from their plays, byte for byte")
        if reduced:
            typer.echo(f"{len(reduced)} without plays, proved by the tallies: {reduced[-1]}")


@reports.command()
def export(folder: Annotated[Path, typer.Argument(help="Folder to write into.")]) -> None:
    """Write every statement, its signature and its key as files that need no database."""
    from player_api.reports.statements import copies_in_database, write_copies

    with migrated_house() as house, house.db.begin() as session:
        copies = copies_in_database(session)
    write_copies(copies, folder)
    typer.echo(f"{len(copies)} statements in {folder}")


@reports.command("public-key")
def public_key() -> None:
    """Print the key that statements are signed with, its public half, as PEM."""
    from app.opening import own_settings
    from player_api.reports.signing import public_bytes, public_pem, statement_key

    typer.echo(public_pem(public_bytes(statement_key(own_settings()))).decode(), nl=False)


@reports.command()
def plays(month: Month) -> None:
    """Print the plays of a frozen month as its statement counts them; sha256sum gives its hash."""
    from player_api.reports.bodies import play_lines
    from player_api.reports.kept import require_plays

    wanted = months.read_month(month)
    with migrated_house() as house, house.db.begin() as session:
        require_plays(session, wanted)
        for block in play_lines(session, wanted):
            sys.stdout.buffer.write(block)


def _digits(code: str) -> str:
    if code and not re.fullmatch("[0-9]{1,9}", code):
        raise typer.BadParameter("a code has up to 9 digits, such as 5203")
    return code


@reports.command()
def xapi(
    month: MonthOption = None,
    start: FromOption = None,
    end: ToOption = None,
    region: Annotated[
        str, typer.Option(help="Code of a place; all below it as well.", callback=_digits)
    ] = "",
    site: Annotated[str, typer.Option(help="Address that names of lessons begin with.")] = "",
    out: Annotated[Path | None, typer.Option(help="File; else the terminal.")] = None,
) -> None:
    """Plays as xAPI statements (video profile), one JSON a line, for a learning record store."""
    from player_api.reports.xapi import Export, statements

    first, last = _days(month, start, end)
    with migrated_house() as house, house.db.begin() as session, _opened(out) as file:
        address = site or f"http://{house.settings.host}:{house.settings.port}"
        asked = Export(
            start=first,
            end=last,
            region=region,
            site=address.rstrip("/"),
            secret=house.settings.secret(),
        )
        _pour(file, statements(session, asked))


@reports.command("open-data")
def open_data(
    out: Annotated[Path, typer.Argument(help="Folder to write into.")],
    month: MonthOption = None,
    start: FromOption = None,
    end: ToOption = None,
    licence: Annotated[str, typer.Option(help="What readers may do with it.")] = "CC BY 4.0",
) -> None:
    """Anonymised figures of whole months by day, county and course, as CSV with a description."""
    from player_api.reports import open_data as opened
    from player_api.reports.errors import NotWholeMonths

    first, last = _days(month, start, end)
    with migrated_house() as house, house.db.begin() as session:
        today = datetime.now(UTC).astimezone(house.settings.zone).date()
        try:
            whole = opened.whole_months(first, last, today)
        except NotWholeMonths as error:
            raise typer.BadParameter(error.title) from error
        out.mkdir(parents=True, exist_ok=True)
        fresh = out / f".{opened.FILE}"
        with fresh.open("wb") as file:
            _pour(file, opened.lines(session, whole))
        fresh.replace(out / opened.FILE)
        readme = opened.description(whole, licence)
    (out / "README.md").write_text(readme, encoding="utf-8")
    typer.echo(f"{out / opened.FILE}")


@reports.command("reduce")
def reduce_plays(
    before: Annotated[str, typer.Option(metavar="YYYY-MM", help="The first month that is kept.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete plays of frozen months before a month; tallies and statements stay."""
    from app.freezing import reduce_before
    from player_api.reports import reducing

    first_kept = months.read_month(before)
    with migrated_house() as house:
        with house.db.begin() as session:
            found = reducing.months_to_reduce(session, first_kept)
        reducing.require_some(found, first_kept)
        span = f"{months.written(found[0])} to {months.written(found[-1])}"
        if not yes:
            typer.confirm(f"Delete every play from {span}? This cannot be undone", abort=True)
        gone = reduce_before(house, first_kept, datetime.now(UTC), by=BY)
    typer.echo(f"{gone} plays deleted, {span}")


def _recounted(session: Session, settings: Settings) -> list[Recounted]:
    """Everything that is counted from plays, counted anew; says at the terminal how it goes."""
    from player_api.reports.recounts import recount_rolled_up
    from player_api.reports.tallies import recount_tables

    tables = []
    for table in chain(recount_tables(session), recount_rolled_up(session, settings)):
        tables.append(table)
        console.print(
            f"{table.table:22} {table.rows:>12,} rows  {len(table.differences):>7,} differ"
            f"  {table.took_s:7.1f} s"
        )
    return tables


def _tell(findings: Iterable[Finding]) -> None:
    """Say what is wrong, one line each, and end; goes on when nothing is."""
    found = list(findings)
    for one in found:
        typer.echo(f"{one.month} {one.code}: {one.detail}")
    if found:
        typer.echo(f"{len(found)} findings")
        raise typer.Exit(1)


def _days(month: str | None, start: str | None, end: str | None) -> tuple[date, date]:
    """The first and last day that are asked for."""
    if month:
        first = months.read_month(month)
        return first, months.last_day(first)
    if not start or not end:
        raise typer.BadParameter("give --month, or --from and --to")
    try:
        return date.fromisoformat(start), date.fromisoformat(end)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        return
    with out.open("wb") as file:
        yield file


def _pour(file: BinaryIO, lines: Iterable[bytes]) -> None:
    """Write lines as they come, and say how many."""
    began_at, count = time.monotonic(), 0
    for line in lines:
        file.write(line)
        count += 1
    console.print(f"{count:,} lines, {time.monotonic() - began_at:.1f} s")
