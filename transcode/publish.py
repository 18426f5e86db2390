"""From a stored source to the package that boxes play: rows, states, and the one that points.

The caller owns the transaction. Each change that needs work done enqueues it in that
transaction, so a state can't wait for a job that was never asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.jobs import enqueue
from app.problems import Problem
from transcode.tables import UNDER_WAY, Package, SourceFile, Step, Video


class VideoNotFound(Problem):
    """There is no video of that id."""

    status = 404
    code = "video_not_found"
    title = "There is no such video."


class NotRetriable(Problem):
    """Only a refused, failed or cancelled video can be tried again."""

    status = 409
    code = "not_retriable"
    title = "The video is not in a state that can be tried again."


class NotCancellable(Problem):
    """Only a video that is being worked on can be cancelled."""

    status = 409
    code = "not_cancellable"
    title = "The video is not being worked on."


def accept_source(session: Session, *, sha256: str, size_bytes: int, filename: str) -> Video:
    """The video of a source that lies in the storage; a new one goes to work at once.

    The same bytes are one source and one video, however often they come. If they came before
    and did not become ready, they are tried again.
    """
    session.execute(
        insert(SourceFile)
        .values(sha256=sha256, size_bytes=size_bytes)
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
    fresh = session.execute(
        insert(Video)
        .values(source_sha256=sha256, filename=filename)
        .on_conflict_do_nothing(index_elements=["source_sha256"])
        .returning(Video.id)
    ).scalar()
    query = select(Video).where(Video.source_sha256 == sha256).with_for_update(of=Video)
    video = session.execute(query).scalar_one()
    if fresh is not None:
        _start(session, video)
    elif video.state in ("failed", "cancelled"):
        retry(session, video.id)
    return video


def retry(session: Session, video_id: UUID) -> Video:
    """Try a video again; what was done before a failure is not done twice. Raises NotRetriable."""
    video = _locked(session, video_id)
    if video.state not in ("refused", "failed", "cancelled"):
        raise NotRetriable("只有被拒绝、失败或已取消的视频才能重试。")
    video.state = "uploaded"
    video.percent = 0
    video.code = video.remedy = video.detail = None
    video.needs_bytes = video.waiting = None
    video.run += 1
    session.flush()
    _start(session, video)
    return video


def cancel(session: Session, video_id: UUID) -> Video:
    """Stop working on a video and drop what was made so far; a retry starts anew.

    Its jobs notice within a second. Raises NotCancellable.
    """
    video = _locked(session, video_id)
    if video.state not in UNDER_WAY:
        raise NotCancellable("这个视频现在没有在处理，不需要取消。")
    video.state = "cancelled"
    video.run += 1
    session.execute(delete(Step).where(Step.video_id == video.id))
    session.flush()
    sweep_soon(session, video)
    return video


def publish(
    session: Session,
    video: Video,
    package_id: UUID,
    report: dict[str, Any],
    size_bytes: int,
    *,
    early: bool = False,
) -> None:
    """Point the video at a complete package: one row decides what boxes play.

    early: the video goes on being encoded; a package with more rungs follows.
    """
    assert video.plan_hash is not None
    duration_ms = round(report["duration_s"] * 1000)
    session.execute(
        insert(Package)
        .values(
            id=package_id,
            video_id=video.id,
            plan_hash=video.plan_hash,
            duration_ms=duration_ms,
            size_bytes=size_bytes,
            report=report,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )
    if video.package_id not in (None, package_id):
        old = session.get_one(Package, video.package_id)
        old.retired_at = func.now()
    video.package_id = package_id
    video.duration_ms = duration_ms
    video.posters = len(report.get("posters_at_s", ()))
    if video.poster > video.posters:
        video.poster = 1
    if not early:
        video.state = "ready"
        video.percent = 100
    session.flush()


def sweep_soon(session: Session, video: Video) -> None:
    """Have the video's work files dropped, if nothing is under way for it by then."""
    enqueue(session, "video:sweep", queue="default", work=f"work/{video.source_sha256}")


def retired_packages(session: Session, grace: timedelta) -> list[Package]:
    """Packages that were replaced longer ago than the grace time."""
    query = select(Package).where(Package.retired_at < func.now() - grace)
    # Two sweeps at once would trip over each other.
    query = query.with_for_update(skip_locked=True)
    return list(session.scalars(query))


def _start(session: Session, video: Video) -> None:
    enqueue(session, "video:probe", queue="default", video=str(video.id), run=video.run)


def _locked(session: Session, video_id: UUID) -> Video:
    query = select(Video).where(Video.id == video_id).with_for_update(of=Video)
    video = session.execute(query).scalar_one_or_none()
    if video is None:
        raise VideoNotFound("没有这个视频。")
    return video
