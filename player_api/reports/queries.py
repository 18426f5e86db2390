"""The reports' questions of any region and period, by the names of their statements in sql/."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg.rows import namedtuple_row
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from player_api.reports.named_sql import query

# One statement asks for a village and for the province: a plan that suits all regions suits none.
# With so much memory, two indexes that tell of 300,000 plays each are compared play by play.
BY_VALUES = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('work_mem', '32MB', true)"
)


def first_day(session: Session) -> date | None:
    """The first day of which there are plays."""
    day: date | None = rows(session, "first_day")[0].day
    return day


def rows(
    session: Session, name: str, *, within: str = "{statement}", **values: Any
) -> Sequence[Row[Any]]:
    """All rows of the statement; within: another one that asks it."""
    session.execute(BY_VALUES)
    statement = within.format(statement=query(name))
    return session.connection().exec_driver_sql(statement, values).all()


def binary_rows(session: Session, name: str, **values: Any) -> list[Any]:
    """The same as named tuples, in PostgreSQL's binary form: bytes are half as many as in text."""
    session.execute(BY_VALUES)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor(binary=True, row_factory=namedtuple_row) as cursor:
        found: list[Any] = cursor.execute(query(name), values).fetchall()
    return found
