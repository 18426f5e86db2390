"""The audit trail: who did what to which thing."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.tables import AuditEntry


def record(
    session: Session, account_id: int | None, action: str, subject: str, **detail: Any
) -> None:
    """Add an entry in the transaction of the deed, so that both are there or neither."""
    session.add(AuditEntry(account_id=account_id, action=action, subject=subject, detail=detail))
