"""A job that failed is tried once more, on another worker where one lives."""

from __future__ import annotations

import errno
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.jobs import live_workers
from transcode.errors import DiskFull, SourceRefused, TranscodeError
from transcode.tables import FailedAttempt, Video

RETRY_AFTER_S = 2
# So long the worker that failed leaves the job to others, which may be busy with a long chunk.
ELSEWHERE_FOR = timedelta(minutes=5)
# Idle workers look every five seconds, and the one that put the job back looks again at once: the
# others get it in nearly the whole time between.
ASK_OTHERS_EVERY_S = 0.2


class PutBack(Exception):
    """The job can't go on here and now; it stands in the queue again, nothing is lost."""

    def __init__(self, wait_s: float = 1) -> None:
        super().__init__(f"again in {wait_s:g} s")
        self.wait_s = wait_s


class Again(BaseRetryStrategy):
    """Put the job back when it asks for it, after the time that it asks for."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        if isinstance(exception, PutBack):
            return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=exception.wait_s))
        return None


class Failure(NamedTuple):
    """An error as the video's row tells it."""

    state: str
    code: str
    remedy: str
    detail: str


def failure_of(error: Exception) -> Failure:
    """What editors and operators are told about an error."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        error = DiskFull(str(error))
    if isinstance(error, TranscodeError):
        state = "refused" if isinstance(error, SourceRefused) else "failed"
        return Failure(state, error.code, error.remedy_zh, _storable(str(error)))
    remedy = "系统内部出错，可以点“重试”；仍然失败请把出错时间告诉管理员。"
    return Failure("failed", "internal_error", remedy, _storable(repr(error)))


def _storable(detail: str) -> str:
    """FFmpeg quotes what stands in the file; PostgreSQL takes no NUL."""
    return detail.replace("\0", "\N{REPLACEMENT CHARACTER}")


def step_of(job: Job) -> str:
    """What the job does for its video, such as ``encode first-0003``."""
    task = job.task_name.rpartition(":")[2]
    extras = [str(value) for key, value in job.task_kwargs.items() if key not in ("video", "run")]
    return " ".join([task, *extras])


def may_try_again(session: Session, video: Video, job: Job, failure: Failure) -> bool:
    """Note the failure; True for the first one of this job in this run of the video."""
    first = session.execute(
        insert(FailedAttempt)
        .values(
            video_id=video.id,
            run=video.run,
            step=step_of(job),
            worker_id=job.worker_id,
            code=failure.code,
            detail=failure.detail,
        )
        .on_conflict_do_nothing()
        .returning(FailedAttempt.run)
    )
    return failure.state == "failed" and first.scalar() is not None


def leave_to_others(
    session: Session, video_id: UUID, run: int, job: Job, worker_lost_s: float
) -> None:
    """Raise PutBack when this worker failed at the job lately and another one could do it."""
    failed_here = session.scalar(
        select(FailedAttempt.worker_id).where(
            FailedAttempt.video_id == video_id,
            FailedAttempt.run == run,
            FailedAttempt.step == step_of(job),
            FailedAttempt.worker_id == job.worker_id,
            FailedAttempt.failed_at > func.now() - ELSEWHERE_FOR,
        )
    )
    if failed_here is not None and live_workers(session, worker_lost_s) > 1:
        raise PutBack(ASK_OTHERS_EVERY_S)


AGAIN = Again()
