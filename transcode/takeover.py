"""What becomes of a job whose worker died: it goes on elsewhere, but not for ever.

A film that crashes its worker, or makes the kernel end it for want of memory, would otherwise
take down one worker after the other, and the innocent job beside it each time.
"""

from __future__ import annotations

from uuid import UUID

from procrastinate.jobs import Job
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.house import House
from transcode.errors import WorkerLost
from transcode.progress import NoLongerWanted
from transcode.retrying import failure_of, step_of
from transcode.tables import LostWorker, Video
from transcode.ticket import Ticket, give_up, wanted

# Jobs of one lock never run together: after the second loss it shows which of them does it.
SUSPECTS = "suspects"
SUSPECT_FROM = 2


def after_loss(house: House, job: Job) -> str | None:
    """Note that the job's worker died, and give its video up at the last loss.

    Gives the lock to put the job back with; the job of a video that was given up finds itself
    outdated.
    """
    video, run = job.task_kwargs.get("video"), job.task_kwargs.get("run")
    if not isinstance(video, str) or not isinstance(run, int):
        return None
    ticket = Ticket(house=house, video_id=UUID(video), run=run)
    try:
        with wanted(ticket) as (session, row):
            losses = _note_loss(session, row, job)
            if losses >= house.settings.worker_losses:
                give_up(row, failure_of(WorkerLost(f"{losses} workers died at {step_of(job)}")))
    except NoLongerWanted:
        return None
    return job.lock or (SUSPECTS if losses >= SUSPECT_FROM else None)


def _note_loss(session: Session, row: Video, job: Job) -> int:
    """How many workers died over this job in this run of its video."""
    step = step_of(job)
    # By attempt: all workers that live see the same loss, and it counts once.
    session.execute(
        insert(LostWorker)
        .values(video_id=row.id, run=row.run, step=step, attempt=job.attempts)
        .on_conflict_do_nothing()
    )
    query = select(func.count()).select_from(LostWorker)
    return session.scalar(query.filter_by(video_id=row.id, run=row.run, step=step)) or 0
