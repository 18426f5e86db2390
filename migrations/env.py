"""How Alembic reaches the database: one transaction, one migrator, bounded waits."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Column, Engine, String, text

from app.db import make_engine
from migrations.models import metadata
from player_api.tables import OneByte

# Any number will do, as long as all releases use the same.
MIGRATOR_LOCK = 5_201_909


def include_name(name: str | None, kind: str, _: object) -> bool:
    """Leave out the tables of the task queue, which its own library defines."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def include_object(thing: object, _: str | None, kind: str, *__: object) -> bool:
    """Leave out views and indexes of expressions, which migrations write themselves."""
    if kind == "index":
        return all(isinstance(one, Column) for one in getattr(thing, "expressions", ()))
    return not (kind == "table" and getattr(thing, "info", {}).get("is_view"))


def compare_type(_: object, __: object, ___: object, found: object, told: object) -> bool | None:
    """A byte is read back as a text of any length, which is no difference."""
    return not isinstance(found, String) if isinstance(told, OneByte) else None


def migrate(engine: Engine) -> None:
    """Go where Alembic was told to."""
    with engine.connect() as connection, connection.begin():
        # A second migrator waits here for as long as the first one needs …
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATOR_LOCK})
        # … but no migration may queue behind a long query and block everyone behind itself.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=include_name,
            include_object=include_object,
            compare_type=compare_type,
        )
        context.run_migrations()


def run() -> None:
    engine = make_engine(context.config.attributes["url"], pool_size=1)
    try:
        migrate(engine)
    finally:
        engine.dispose()


run()
