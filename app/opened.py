"""The house that a command works in: settings read, logs set up, database open and up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.house import House, open_house
from app.log import set_up_logs
from app.settings import Settings, read_settings


def ready_settings() -> Settings:
    """The settings, with logs set up as they say."""
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
    """The house of the environment, its database up to date."""
    from migrations import migrate as migrate_database

    with opened_house(ready_settings()) as house:
        migrate_database(house.db.url)
        yield house


def _house_at(settings: Settings, url: str) -> Iterator[House]:
    house = open_house(settings, url)
    try:
        yield house
    finally:
        house.db.close()
