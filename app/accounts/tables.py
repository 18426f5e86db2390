"""People who sign in, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

ROLES = ("admin", "editor", "operator")


class Account(Base):
    """A person with a name, a password and one role."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    # A supervisor of a prefecture, county or township sees its figures alone; none: all.
    region_code: Mapped[str | None]
    # A one-time password signs in once; the next page asks for one of the person's own.
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    # Raised by sign-out everywhere and by a new password: older cookies are worth nothing.
    session_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    disabled_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to which thing, when; only ever added to."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        # Wrong passwords of the last minutes are counted before each attempt to sign in.
        Index(
            "ix_audit_entry_sign_in_failed_at",
            "at",
            postgresql_where=text("action = 'sign_in_failed'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
