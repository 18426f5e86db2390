"""The `nongke` command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from app import parts
from app.embedded import embedded_database
from app.house import House, open_house
from app.log import set_up_logs
from app.settings import Settings, WrongSettings, read_settings
from migrations import migrate as migrate_database

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@contextmanager
def opened_house(settings: Settings) -> Iterator[House]:
    """A house on the database of the settings, or on the embedded one."""
    if settings.database_url:
        house = open_house(settings, settings.database_url)
        try:
            yield house
        finally:
            house.db.close()
        return
    with embedded_database(settings.home) as url:
        house = open_house(settings, url)
        try:
            yield house
        finally:
            house.db.close()


@cli.command()
def serve() -> None:
    """Run the server alone: pages, player API, uploads, collector."""
    settings = _settings()
    with opened_house(settings) as house:
        parts.serve(house)


@cli.command()
def work() -> None:
    """Run a worker alone: it probes, encodes and publishes videos."""
    settings = _settings()
    with opened_house(settings) as house:
        parts.work(house)


@cli.command()
def migrate() -> None:
    """Bring the database up to this release."""
    settings = _settings()
    with opened_house(settings) as house:
        migrate_database(house.db.url)
    typer.echo("The database is up to date.")


def _settings() -> Settings:
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return settings


def main() -> None:
    """Entry of the `nongke` command; a wrong setting ends it with its name."""
    try:
        cli()
    except WrongSettings as error:
        sys.stderr.write(f"nongke cannot start, a setting is wrong:\n{error}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
