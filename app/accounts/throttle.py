"""How often somebody may try to sign in.

Wrong passwords are in the audit trail anyway; they are counted there, so all servers of an
installation see the same number and a restart forgets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AuditEntry

FAILED = "sign_in_failed"
WINDOW = timedelta(minutes=15)
# A person mistypes a few times; a village hall's address may hold several persons.
# From other addresses an account stays open longer, so that nobody can lock out its owner.
TRIES_OF_PAIR = 5
TRIES_OF_ADDRESS = 30
TRIES_OF_NAME = 100


def wait_s(session: Session, name: str, address: str, now: datetime) -> int:
    """Seconds until the next attempt is let through; 0 when it is now."""
    of_name = AuditEntry.subject == name
    of_address = AuditEntry.detail["address"].astext == address
    return max(
        _wait_s(session, of_name & of_address, TRIES_OF_PAIR, now),
        _wait_s(session, of_address, TRIES_OF_ADDRESS, now),
        _wait_s(session, of_name, TRIES_OF_NAME, now),
    )


def one_at_a_time(session: Session, name: str) -> bool:
    """Take the turn to try this name; False while another attempt is being checked.

    Otherwise a thousand attempts sent at once would all pass before the first is counted.
    """
    key = func.hashtext(f"sign-in {name}")
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _wait_s(session: Session, whose: ColumnElement[bool], tries: int, now: datetime) -> int:
    """The attempt ``tries`` back must be older than the window."""
    query = (
        select(AuditEntry.at)
        .where(AuditEntry.action == FAILED, AuditEntry.at > now - WINDOW, whose)
        .order_by(AuditEntry.at.desc())
        .offset(tries - 1)
        .limit(1)
    )
    at = session.scalar(query)
    return 0 if at is None else max(1, round((at + WINDOW - now).total_seconds()))
