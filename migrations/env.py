"""How Alembic reaches the database: one transaction, one migrator, bounded waits."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from app.db import make_engine
from migrations.models import metadata

# Any number will do, as long as all releases use the same.
MIGRATOR_LOCK = 5_201_909


def include_name(name: str | None, kind: str, _: object) -> bool:
    """Leave out the tables of the task queue, which its own library defines."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    engine = make_engine(context.config.attributes["url"], pool_size=1)
    with engine.connect() as connection, connection.begin():
        # A second migrator waits here for as long as the first one needs …
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATOR_LOCK})
        # … but no migration may queue behind a long query and block everyone behind itself.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        context.configure(
            connection=connection, target_metadata=metadata, include_name=include_name
        )
        context.run_migrations()
    engine.dispose()


run()
