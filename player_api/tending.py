"""What boxes told is forgotten when it can neither come again nor count any more."""

from __future__ import annotations

from datetime import UTC, datetime

import procrastinate
import structlog
from procrastinate import JobContext

from app.jobs import house_of
from player_api.cmcd_sessions import sweep_sessions
from player_api.searches import sweep_searches

log = structlog.get_logger()
blueprint = procrastinate.Blueprint()


@blueprint.periodic(cron="23 4 * * *")
@blueprint.task(name="forget", queue="default", pass_context=True)
def forget(context: JobContext, timestamp: int) -> None:
    """Every night: drop CMCD sessions and marks of searches that are too old."""
    house, now = house_of(context), datetime.fromtimestamp(timestamp, UTC)
    with house.db.begin() as session:
        sessions = sweep_sessions(session, now)
        searches = sweep_searches(session, now.astimezone(house.settings.zone).date())
    log.info("reports_forgotten", sessions=sessions, searches=searches)
