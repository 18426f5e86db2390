"""How many boxes watched: exact, whatever the days, the region and the lessons."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.desk.asked import Asked
from app.desk.subjects import Subject
from player_api.reports import reach


def unique_boxes(session: Session, asked: Asked, subject: Subject) -> int:
    """The boxes with at least one play that counts. Raises PlaysReduced."""
    return reach.unique_boxes(
        session,
        start=asked.start,
        end=asked.end,
        region=asked.region,
        lessons=None if subject.is_everything else subject.lessons,
    )
