"""Reading statements: one, all, and as files that need no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.errors import StatementNotFound, WrongMonth
from player_api.reports.signing import public_pem, read_public_key
from player_api.reports.tables import Statement


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A statement as somebody holds it: in the database, or in files. Nothing in it is believed.

    month: what it is filed under. sha256: what its keeper says its hash is.
    """

    month: date
    body: bytes
    sha256: str
    signature: bytes
    public_key: bytes

    @property
    def label(self) -> str:
        """The month as it is written."""
        return months.written(self.month)

    @cached_property
    def values(self) -> dict[str, Any] | None:
        """The body's values, read once; None where it is not even JSON."""
        try:
            values = json.loads(self.body)
        except ValueError:
            return None
        return values if isinstance(values, dict) else None


def statement_of(session: Session, month: date) -> Statement:
    """The statement of a month. Raises StatementNotFound."""
    found = session.get(Statement, month)
    if found is None:
        raise StatementNotFound(f"{months.written(month)} 还没有冻结。")
    return found


def copies_in_database(session: Session) -> list[Copy]:
    """Every statement, oldest first."""
    rows = session.scalars(select(Statement).order_by(Statement.month))
    return [copy_of(row) for row in rows]


def copy_of(statement: Statement) -> Copy:
    """The row as a copy that must prove itself."""
    return Copy(
        month=statement.month,
        body=statement.body,
        sha256=statement.sha256,
        signature=statement.signature,
        public_key=statement.public_key,
    )


def copies_in_folder(folder: Path) -> list[Copy]:
    """Every statement that was exported there, oldest first; missing files are empty."""
    return [_read_copy(path) for path in sorted(folder.glob("*.json")) if _is_month(path.stem)]


def write_copies(copies: Sequence[Copy], folder: Path) -> None:
    """MONTH.json, MONTH.sig and MONTH.pem for each, and SHA256SUMS for all."""
    folder.mkdir(parents=True, exist_ok=True)
    for copy in copies:
        (folder / f"{copy.label}.json").write_bytes(copy.body)
        (folder / f"{copy.label}.sig").write_bytes(copy.signature)
        (folder / f"{copy.label}.pem").write_bytes(public_pem(copy.public_key))
    lines = [f"{copy.sha256}  {copy.label}.json\n" for copy in copies]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _read_copy(path: Path) -> Copy:
    key, signature = path.with_suffix(".pem"), path.with_suffix(".sig")
    return Copy(
        month=months.read_month(path.stem),
        body=path.read_bytes(),
        sha256=_listed_hash(path),
        signature=signature.read_bytes() if signature.exists() else b"",
        public_key=read_public_key(key) if key.exists() else b"",
    )


def _listed_hash(path: Path) -> str:
    """What SHA256SUMS beside the file says; empty where it says nothing."""
    sums = path.with_name("SHA256SUMS")
    lines = sums.read_text().splitlines() if sums.exists() else []
    return next((line.split()[0] for line in lines if line.endswith(f"  {path.name}")), "")


def _is_month(stem: str) -> bool:
    try:
        months.read_month(stem)
    except WrongMonth:
        return False
    return True
