"""The reports' statements, by name, from sql/."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

SQL = Path(__file__).parent / "sql"
# One statement asks for a village and for the province: a plan that suits all regions suits none.
BY_VALUES = text("SET LOCAL plan_cache_mode = force_custom_plan")


def rows(
    session: Session, name: str, *, within: str = "{statement}", **values: Any
) -> Sequence[Row[Any]]:
    """All rows of the statement; within: another one that asks it."""
    session.execute(BY_VALUES)
    statement = within.format(statement=_statement(name))
    return session.connection().exec_driver_sql(statement, values).all()


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
