"""Engine and sessions. The caller owns the transaction; nothing below it commits.

``with db.begin() as session:`` is one transaction: committed at the end, rolled back on an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import DateTime, Engine, MetaData, create_engine, make_url, text
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the project; times are aware."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 (SQLAlchemy's form)


class Database:
    """One PostgreSQL database: ``url`` as libpq reads it, and sessions on a pool."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url.replace("postgres://", "postgresql://", 1)
        self.engine = make_engine(self.url, pool_size=pool_size)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction; leaving the block commits it."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for psycopg 3; a connection that died with its server is replaced unseen."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )


def server_version(engine: Engine) -> int:
    """The major version of the server, such as 18."""
    with engine.connect() as connection:
        number: str = connection.execute(text("SHOW server_version_num")).scalar_one()
    return int(number) // 10_000
