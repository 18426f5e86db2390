"""The house that a command works in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from app.house import House, open_house
from app.log import set_up_logs
from app.settings import Settings, read_settings

console = Console(stderr=True)


def own_settings() -> Settings:
    """The settings of this process, with its logs set up by them."""
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return settings


@contextmanager
def opened_house(settings: Settings) -> Iterator[House]:
    """A house on the database of the settings, or on the embedded one."""
    if settings.database_url:
        yield from _house_at(settings, settings.database_url)
        return
    from app.embedded import embedded_database

    with embedded_database(settings.home) as url:
        yield from _house_at(settings, url)


@contextmanager
def migrated_house() -> Iterator[House]:
    """The same, its database brought up to this release."""
    from migrations import migrate

    with opened_house(own_settings()) as house:
        migrate(house.db.url)
        yield house


def _house_at(settings: Settings, url: str) -> Iterator[House]:
    house = open_house(settings, url)
    try:
        yield house
    finally:
        house.db.close()
