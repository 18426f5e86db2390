"""How many boxes watched: exact, whatever the days, the region and the lessons."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.desk.asked import Asked
from app.desk.figures import region_values
from app.desk.subjects import Subject

BOXES = """
SELECT count(DISTINCT play.box_no)
FROM play
WHERE play.is_play
    AND play.day BETWEEN %(start)s AND %(end)s
    AND play.region_code ~>=~ %(low)s AND play.region_code ~<=~ %(high)s
"""
OF_LESSONS = "AND play.lesson_id = ANY(%(lessons)s)"


def unique_boxes(session: Session, asked: Asked, subject: Subject) -> int:
    """The boxes with at least one play that counts."""
    values = region_values(asked, subject) | {"start": asked.start, "end": asked.end}
    statement = BOXES if subject.is_everything else BOXES + OF_LESSONS
    return int(session.connection().exec_driver_sql(statement, values).scalar_one())
