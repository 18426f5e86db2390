"""The boundary of a job: is it still wanted, and what becomes of what goes wrong in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from procrastinate import JobContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.house import House
from app.jobs import house_of
from transcode import progress, publish
from transcode.errors import Stopped
from transcode.retrying import (
    RETRY_AFTER_S,
    Failure,
    PutBack,
    failure_of,
    leave_to_others,
    may_try_again,
)
from transcode.tables import UNDER_WAY, Video

log = structlog.get_logger()

# Set when the worker is asked to stop: FFmpeg ends within a second and the job goes back.
stopping = threading.Event()


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a job was asked to do: a video, and the run it was asked in."""

    house: House
    video_id: UUID
    run: int


@contextmanager
def at_work(context: JobContext, video: str, run: int) -> Iterator[Ticket]:
    """The boundary of a job: what went wrong becomes a state that editors can read."""
    house = house_of(context)
    ticket = Ticket(house=house, video_id=UUID(video), run=run)
    structlog.contextvars.bind_contextvars(video=video, run=run)
    try:
        with _waiting_for_the_database():
            _leave_to_others(ticket, context)
            with _telling(ticket, context):
                yield ticket
    finally:
        structlog.contextvars.unbind_contextvars("video", "run")


@contextmanager
def _telling(ticket: Ticket, context: JobContext) -> Iterator[None]:
    try:
        yield
    except PutBack:
        raise
    except (progress.NoLongerWanted, Stopped) as error:
        if stopping.is_set() and isinstance(error, Stopped):
            raise PutBack from None
        log.info("job_outdated")
        _sweep_outdated(ticket)
    except Exception as error:
        if _database_is_away(error):
            raise
        _failed(ticket, context, error)


@contextmanager
def _waiting_for_the_database() -> Iterator[None]:
    """Put the job back when the database goes away; the work so far is in the storage."""
    try:
        yield
    except DBAPIError as error:
        if not _database_is_away(error):
            raise
        log.warning("database_away", detail=str(error.orig))
        raise PutBack from error


def _database_is_away(error: Exception) -> bool:
    """Whether time helps. A value that the database refuses, it will refuse for ever."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _leave_to_others(ticket: Ticket, context: JobContext) -> None:
    with ticket.house.db.begin() as session:
        lost_s = ticket.house.settings.worker_lost_s
        leave_to_others(session, ticket.video_id, ticket.run, context.job, lost_s)


def _sweep_outdated(ticket: Ticket) -> None:
    """What this job stored after the video was cancelled came too late for the first sweep."""
    with ticket.house.db.begin() as session:
        row = session.get(Video, ticket.video_id)
        if row is not None and row.state == "cancelled":
            publish.sweep_soon(session, row)


def _failed(ticket: Ticket, context: JobContext, error: Exception) -> None:
    """Once more, on another worker if there is one; then the video has failed. Never a refusal."""
    failure = failure_of(error)
    log.warning("job_failed", code=failure.code, detail=failure.detail, exc_info=error)
    try:
        with wanted(ticket) as (session, row):
            again = may_try_again(session, row, context.job, failure)
            if not again:
                give_up(row, failure)
            if failure.state == "refused":
                publish.sweep_soon(session, row)
    except progress.NoLongerWanted:
        return
    if again:
        raise PutBack(RETRY_AFTER_S) from error


def give_up(row: Video, failure: Failure) -> None:
    """End the run of a video: other chunks of it stop too, and a retry is a run of its own."""
    row.state, row.code, row.remedy, row.detail = failure
    row.run += 1


@contextmanager
def wanted(ticket: Ticket) -> Iterator[tuple[Session, Video]]:
    """A transaction with the video's row locked. Raises NoLongerWanted for an outdated run."""
    with ticket.house.db.begin() as session:
        row = session.get(Video, ticket.video_id, with_for_update={"of": Video})
        if row is None or row.run != ticket.run or row.state not in UNDER_WAY:
            raise progress.NoLongerWanted
        yield session, row
