"""Categories, courses, lessons and tags: what the boxes' menu is made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from transcode.tables import Video

MONTHS = range(1, 13)
MOST_GOALS = 4
COURSE_STATES = ("draft", "in_review", "approved", "scheduled", "published", "withdrawn")

course_tag = Table(
    "course_tag",
    Base.metadata,
    Column("course_id", ForeignKey("course.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Category(Base):
    """A shelf of courses; shelves stand inside the great categories."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")


class Tag(Base):
    """A word that courses share."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)


class Course(Base):
    """A course: a number for the remote, a title, and lessons in order."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 999", name="number"),
        CheckConstraint(f"state IN {COURSE_STATES}", name="state"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint(
            "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]::smallint[]", name="months"
        ),
        CheckConstraint(f"cardinality(goals) <= {MOST_GOALS}", name="goals"),
        Index("ix_course_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    title: Mapped[str]
    # Pinyin initials of the title for search, and its whole pinyin for sorting.
    initials: Mapped[str]
    pinyin: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    teacher: Mapped[str] = mapped_column(server_default="")
    # The months, 1 to 12, in which the work is done; empty: all year.
    months: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    # What one learns, in the words of the household.
    goals: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    state: Mapped[str] = mapped_column(server_default="draft")
    is_demo: Mapped[bool] = mapped_column(server_default="false")
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime] = mapped_column(
        server_default=text("now()"), onupdate=text("now()")
    )

    category: Mapped[Category] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=course_tag, order_by=Tag.id)
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="course",
        order_by="Lesson.position",
        primaryjoin="and_(Course.id == Lesson.course_id, Lesson.removed_at.is_(None))",
    )

    @property
    def number_text(self) -> str:
        """The number as it is typed on the remote: three digits."""
        return f"{self.number:03d}"


class Lesson(Base):
    """One video of a course. Removed lessons stay for the counts that name them."""

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint("completion_percent BETWEEN 1 AND 100", name="completion_percent"),
        Index(
            "uq_lesson_course_id_position",
            "course_id",
            "position",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    position: Mapped[int]
    title: Mapped[str]
    video_id: Mapped[UUID | None] = mapped_column(ForeignKey("video.id"), index=True)
    # How much of the lesson a play has to see to be complete. A play keeps what held at its begin.
    completion_percent: Mapped[int] = mapped_column(server_default="90")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    removed_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(back_populates="lessons")
    video: Mapped[Video | None] = relationship()


class CatalogueVersion(Base):
    """One row, raised by triggers whenever the menu may have changed."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    version: Mapped[int] = mapped_column(server_default="1")
