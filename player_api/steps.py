"""Work on the database that does not know how its statements travel.

A `Steps` generator yields statements that may go together and is sent their rows: the same fold
serves the collector's event loop and whoever has a thread and a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from psycopg import AsyncConnection, Connection

T = TypeVar("T")
Statement = tuple[str, Mapping[str, Any]]
Rows = list[tuple[Any, ...]]
Steps = Generator[Sequence[Statement], Sequence[Rows], T]


def as_array(values: Iterable[object], *, quote: str = "") -> str:
    """The values as PostgreSQL writes an array: a tenth of what a list costs to send.

    For numbers, identities and single letters; with quote '"' for whatever has no such quote and
    no backslash in it.
    """
    inner = f"{quote},{quote}".join(map(str, values))
    return f"{{{quote}{inner}{quote}}}" if inner else "{}"


def run_steps(connection: Connection[Any], steps: Steps[T]) -> T:
    """Do the steps in the connection's transaction; the caller commits."""
    try:
        statements = next(steps)
        while True:
            with connection.pipeline():
                cursors = [connection.cursor().execute(sql, values) for sql, values in statements]
            statements = steps.send([c.fetchall() if c.description else [] for c in cursors])
    except StopIteration as done:
        return cast(T, done.value)


async def run_steps_async(connection: AsyncConnection[Any], steps: Steps[T]) -> T:
    """The same on an event loop."""
    try:
        statements = next(steps)
        while True:
            async with connection.pipeline():
                cursors = [
                    await connection.cursor().execute(sql, values) for sql, values in statements
                ]
            rows = [await c.fetchall() if c.description else [] for c in cursors]
            statements = steps.send(rows)
    except StopIteration as done:
        return cast(T, done.value)
