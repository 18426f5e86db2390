"""How far a box got in its lessons, from its plays."""

from __future__ import annotations

from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from player_api.playback import FINISHED_SHARE
from player_api.tables import Play

MOST_LESSONS = 500


def progress_of(session: Session, box_no: int) -> dict[str, tuple[int, int, int]]:
    """By lesson: where the last play stopped (s), 1 if one went to the end, and when (ms).

    As many lessons as MOST_LESSONS, those played last.
    """
    newest = aggregate_order_by(Play.position_ms, Play.last_at.desc(), Play.id.desc())
    finished = or_(
        Play.state == "ended",
        Play.is_complete,
        Play.position_ms >= Play.duration_ms * FINISHED_SHARE,
    )
    last_at = func.max(Play.last_at)
    query = (
        select(
            Play.lesson_id,
            func.array_agg(newest)[1],
            func.max(case((finished, 1), else_=0)),
            last_at,
        )
        .where(Play.box_no == box_no)
        .group_by(Play.lesson_id)
        .order_by(last_at.desc(), Play.lesson_id)
        .limit(MOST_LESSONS)
    )
    return {
        str(lesson_id): (round(position_ms / 1000), done, round(at.timestamp() * 1000))
        for lesson_id, position_ms, done, at in session.execute(query)
    }


def watched_ms(session: Session, box_no: int) -> int:
    """How long the box played lessons, of all plays that are kept."""
    query = select(func.coalesce(func.sum(Play.watch_ms), 0)).where(Play.box_no == box_no)
    return int(session.execute(query).scalar_one())
