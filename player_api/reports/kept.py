"""Which plays are still there; older ones may have been reduced to their tallies."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.errors import PlaysReduced
from player_api.reports.tables import Reduction


def reduced_through(session: Session) -> date | None:
    """The newest month whose plays are gone, by its first day."""
    return session.scalar(select(func.max(Reduction.through)))


def kept_from(session: Session) -> date:
    """The first day whose plays are all there."""
    through = reduced_through(session)
    return months.after(through) if through else date.min


def require_plays(session: Session, start: date, left: str = "更早的只有汇总和月报。") -> None:
    """Raises PlaysReduced where plays of the day may be gone; left: what there is still."""
    kept = kept_from(session)
    if start < kept:
        raise PlaysReduced(f"逐次播放记录保留自 {kept}；{left}", kept_from=str(kept))
