"""Sources, videos, their packages, the steps done so far, and uploads under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base

STATES = (
    "uploaded",
    "probing",
    "queued",
    "encoding",
    "verifying",
    "ready",
    "refused",
    "failed",
    "cancelled",
)
UNDER_WAY = ("uploaded", "probing", "queued", "encoding", "verifying")


class SourceFile(Base):
    """A file as it came, stored once under its hash, however often it is sent."""

    __tablename__ = "source"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    @property
    def key(self) -> str:
        """Where the bytes lie in the storage."""
        return f"sources/{self.sha256}"


class Video(Base):
    """One source on its way to boxes. ``package_id`` is what they play, whatever the state."""

    __tablename__ = "video"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("state <> 'ready' OR package_id IS NOT NULL", name="ready_has_package"),
        CheckConstraint("poster >= 1", name="poster"),
        CheckConstraint("(state IN ('refused','failed')) = (code IS NOT NULL)", name="code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    source_sha256: Mapped[str] = mapped_column(ForeignKey("source.sha256"), unique=True)
    filename: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="uploaded")
    percent: Mapped[int] = mapped_column(server_default="0")
    # Raised by every cancel and retry: a job of an earlier run finds itself outdated and stops.
    run: Mapped[int] = mapped_column(server_default="1")
    code: Mapped[str | None]
    remedy: Mapped[str | None]
    detail: Mapped[str | None]
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    plan_hash: Mapped[str | None] = mapped_column(String(64))
    package_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("package.id", use_alter=True, name="fk_video_package_id_package")
    )
    duration_ms: Mapped[int | None]
    # Disk that the work was let in for, and what it lacks while it waits: needs_bytes, free_bytes.
    needs_bytes: Mapped[int | None] = mapped_column(BigInteger)
    waiting: Mapped[dict[str, int] | None] = mapped_column(JSONB(none_as_null=True))
    # Candidates in the package; the one that is shown, 1 being the best.
    posters: Mapped[int] = mapped_column(server_default="0")
    poster: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime] = mapped_column(
        server_default=text("now()"), onupdate=text("now()")
    )

    source: Mapped[SourceFile] = relationship(lazy="joined")

    @property
    def package_prefix(self) -> str | None:
        """Where the package that boxes play lies in the storage."""
        return f"videos/{self.id}/{self.package_id}" if self.package_id else None

    @property
    def poster_key(self) -> str | None:
        """Where the picture that stands for the video lies, once there is one."""
        return self.candidate_key(self.poster) if self.package_id else None

    @property
    def small_poster_key(self) -> str | None:
        """The same in the size of a card."""
        return self.candidate_key(self.poster, "-small") if self.package_id else None

    def candidate_key(self, number: int, size: str = "") -> str:
        """One of the pictures to choose from. Packages of earlier releases have the first only."""
        name = "poster" if number == 1 else f"poster-{number}"
        return f"{self.package_prefix}/{name}{size}.jpg"


class Package(Base):
    """An immutable set of files that a box can play."""

    __tablename__ = "package"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    video_id: Mapped[UUID] = mapped_column(ForeignKey("video.id"), index=True)
    plan_hash: Mapped[str] = mapped_column(String(64))
    duration_ms: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    retired_at: Mapped[datetime | None]


class Step(Base):
    """How far one step of a plan is: the checkpoint that a restart goes on from."""

    __tablename__ = "step"
    __table_args__ = (CheckConstraint("fraction BETWEEN 0 AND 1", name="fraction"),)

    video_id: Mapped[UUID] = mapped_column(
        ForeignKey("video.id", ondelete="CASCADE"), primary_key=True
    )
    plan_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    weight: Mapped[float]
    fraction: Mapped[float] = mapped_column(server_default="0")
    starts: Mapped[int] = mapped_column(server_default="0")
    cpu_s: Mapped[float] = mapped_column(server_default="0")
    decoded_frames: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None]


class FailedAttempt(Base):
    """The first failure of a job in a run of its video; the second one ends the run."""

    __tablename__ = "failed_attempt"

    video_id: Mapped[UUID] = mapped_column(
        ForeignKey("video.id", ondelete="CASCADE"), primary_key=True
    )
    run: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    worker_id: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str]
    detail: Mapped[str]
    failed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LostWorker(Base):
    """A worker that died over a job in a run of its video; the third one ends the run."""

    __tablename__ = "lost_worker"

    video_id: Mapped[UUID] = mapped_column(
        ForeignKey("video.id", ondelete="CASCADE"), primary_key=True
    )
    run: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    lost_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Upload(Base):
    """A file that is coming in by tus; ``offset_bytes`` of it are safe on the disk."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("offset_bytes BETWEEN 0 AND length_bytes", name="offset"),
        Index("ix_upload_expires_at", "expires_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    owner: Mapped[str]
    filename: Mapped[str]
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    labels: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    video_id: Mapped[UUID | None] = mapped_column(ForeignKey("video.id"))
    # Noted before the bytes move to the storage, so that a restart finds them there.
    sha256: Mapped[str | None] = mapped_column(String(64))
