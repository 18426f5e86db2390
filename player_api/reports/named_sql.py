"""The statements in sql/, by name; ``{counted}`` in one stands for the text of counted.sql."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

FOLDER = Path(__file__).parent / "sql"


@cache
def query(name: str) -> str:
    """The text of a statement, its placeholders as psycopg writes them."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("{counted}", query("counted")) if "{counted}" in text else text


def rows_of(session: Session, name: str, **values: Any) -> Sequence[Row[Any]]:
    """What a statement answers."""
    return session.connection().exec_driver_sql(query(name), values).all()
