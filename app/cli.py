"""The `nongke` command: run the service or its parts, import films, look after accounts."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from app import box_commands, flag_commands, region_commands
from app.house import House
from app.opening import console, migrated_house, opened_house, own_settings
from app.problems import Problem
from app.reports_cli import reports
from app.settings import WrongSettings
from transcode import commands as media_commands

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
account = typer.Typer(no_args_is_help=True, help="People who sign in.")
cli.add_typer(account, name="account")
cli.add_typer(reports, name="reports")
flag_commands.add_to(box_commands.boxes)
cli.add_typer(box_commands.boxes, name="boxes")
cli.add_typer(region_commands.regions, name="regions")
cli.command("package")(media_commands.package)
cli.command("plan")(media_commands.plan)
cli.command("verify")(media_commands.verify)

PathArgument = Annotated[Path, typer.Argument(exists=True, help="A film, or a folder of films.")]
POLL_S = 0.5


@cli.command()
def run() -> None:
    """Run everything here: embedded database, server and worker, until Ctrl-C."""
    from app import run as runner

    settings = own_settings()
    try:
        runner.run(settings)
    except runner.PartDied as error:
        console.print(f"[red]nongke stopped:[/] {error}")
        raise typer.Exit(1) from None


@cli.command()
def serve() -> None:
    """Run the server alone: pages, player API, uploads, collector."""
    from app import parts

    with opened_house(own_settings()) as house:
        parts.serve(house)


@cli.command()
def work() -> None:
    """Run a worker alone: it probes, encodes and publishes videos."""
    from app import parts

    with opened_house(own_settings()) as house:
        parts.work(house)


@cli.command()
def migrate() -> None:
    """Bring the database up to this release."""
    from migrations import migrate as migrate_database

    with opened_house(own_settings()) as house:
        migrate_database(house.db.url)
    typer.echo("The database is up to date.")


@cli.command()
def demo() -> None:
    """Put the demonstration library into an empty catalogue."""
    from app.demo import seed

    with migrated_house() as house:
        seeded = seed.seed(house)
    typer.echo("Seeded." if seeded else "The catalogue has courses already; nothing was changed.")


@cli.command("import")
def import_films(
    path: PathArgument,
    category: Annotated[
        str | None, typer.Option(help="Title or slug of a category; 新课程 when not given.")
    ] = None,
    course: Annotated[
        int | None, typer.Option(min=1, max=999, help="Number of the course to add to or make.")
    ] = None,
    draft: Annotated[bool, typer.Option(help="Leave new courses unpublished.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until boxes can play them.")] = True,
) -> None:
    """Make courses of films: a file is a lesson, a folder a course."""
    from catalog import importing
    from transcode.uploads import accept_file

    with migrated_house() as house:
        found = importing.find_courses(path)
        if not found:
            console.print(f"no films found in {path}: none of the files ends like a video")
            raise typer.Exit(3)
        videos: dict[UUID, str] = {}
        for one in found:
            for film, video, number in importing.import_course(
                house.db.begin,
                one,
                lambda film: accept_file(house, film, film.name, owner="import", labels={}),
                category=category,
                number=course,
                publish_at=None if draft else datetime.now(UTC),
            ):
                console.print(f"  {number}  {one.title}  ·  {film.name}")
                videos[video.id] = film.name
        if wait and not _wait_for_videos(house, videos):
            raise typer.Exit(1)


@account.command("add")
def account_add(
    name: str,
    role: Annotated[str, typer.Option(help="admin, editor or operator")] = "editor",
    region: Annotated[
        str | None, typer.Option(help="Code of the only region an operator sees.")
    ] = None,
) -> None:
    """Add a person; prints a one-time password."""
    from app.accounts.people import add_account

    with migrated_house() as house, house.db.begin() as session:
        password = add_account(session, name, role, region)
    typer.echo(f"{name}: one-time password {password}")


@account.command("region")
def account_region(
    name: str, code: Annotated[str, typer.Argument(help="Code of the region, or: all")]
) -> None:
    """Keep an operator to the figures of one region, or let them see all again."""
    from app.accounts.people import keep_to_region

    with migrated_house() as house, house.db.begin() as session:
        keep_to_region(session, name, None if code == "all" else code)
    typer.echo(f"{name}: sees {'all regions' if code == 'all' else f'region {code}'}")


@account.command("reset-password")
def account_reset(name: str) -> None:
    """Give a person a new one-time password and end their sessions."""
    from app.accounts.people import reset_password

    with migrated_house() as house, house.db.begin() as session:
        password = reset_password(session, name)
    typer.echo(f"{name}: one-time password {password}")


def _wait_for_videos(house: House, videos: dict[UUID, str]) -> bool:
    """Show the percentages until all is done; True when every video became ready."""
    from app.jobs import worker_seen_s

    with house.db.begin() as session:
        seen_s = worker_seen_s(session)
    if seen_s is None or seen_s > 60:
        console.print("No worker is running: the films wait for the next `nongke run`.")
        return True
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console) as bar:
        rows = {i: bar.add_task(name, total=100) for i, name in videos.items()}
        while _still_going(house, videos, rows, bar):
            time.sleep(POLL_S)
    return _all_ready(house, videos)


def _still_going(
    house: House, videos: dict[UUID, str], rows: dict[UUID, TaskID], bar: Progress
) -> bool:
    from transcode.tables import UNDER_WAY, Video

    going = False
    with house.db.begin() as session:
        for video_id, name in videos.items():
            video = session.get_one(Video, video_id)
            label = f"{name} {video.state}"
            bar.update(rows[video_id], completed=video.percent, description=label)
            going = going or video.state in UNDER_WAY
    return going


def _all_ready(house: House, videos: dict[UUID, str]) -> bool:
    from transcode.tables import Video

    good = True
    with house.db.begin() as session:
        for video_id, name in videos.items():
            video = session.get_one(Video, video_id)
            if video.state != "ready":
                console.print(f"{name}: {video.state} ({video.code}) {video.remedy or ''}")
                good = False
    return good


def main() -> None:
    """Entry of the `nongke` command; what went wrong is one clear line, not a trace."""
    try:
        cli()
    except WrongSettings as error:
        sys.stderr.write(f"nongke cannot start, a setting is wrong:\n{error}\n")
        raise SystemExit(2) from None
    except Problem as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        raise SystemExit(3) from None


if __name__ == "__main__":
    main()
