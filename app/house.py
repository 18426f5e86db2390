"""What every part needs to work: settings, database and storage, in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.db import Database
from app.settings import Settings
from app.storage import Storage, open_storage


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class House:
    """The surroundings of a request or a job. now: what time it is."""

    settings: Settings
    db: Database
    storage: Storage
    now: Callable[[], datetime] = _now


def open_house(settings: Settings, database_url: str) -> House:
    """Connect to what the settings name. Close with ``house.db.close()``."""
    storage = open_storage(settings.storage_url, settings.home / "storage", settings.media_url)
    return House(settings=settings, db=Database(database_url), storage=storage)
