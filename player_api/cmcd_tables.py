"""Reports by CMCD until their neighbours have come: swept when nothing so old counts any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class CmcdSession(Base):
    """One playback session of a player, by its own id; what it watched is one play.

    watch_ms: of all pairs of neighbours so far.
    """

    __tablename__ = "cmcd_session"
    __table_args__ = (UniqueConstraint("box_no", "lesson_id", "sid"),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    box_no: Mapped[int]
    lesson_id: Mapped[int]
    sid: Mapped[str] = mapped_column(String(64))
    play_id: Mapped[UUID]
    watch_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    heard_at: Mapped[datetime] = mapped_column(index=True)


class CmcdReport(Base):
    """A report as it came; cmcd.Report says what the columns mean."""

    __tablename__ = "cmcd_report"

    session_number: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("cmcd_session.number", ondelete="CASCADE"), primary_key=True
    )
    sn: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    position_ms: Mapped[int | None]
    speed: Mapped[float]
    state: Mapped[str]
    rate_changed: Mapped[bool]
