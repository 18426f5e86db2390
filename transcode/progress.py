"""How far a video is: its steps, their shares, and whether anybody still wants them."""

from __future__ import annotations

import threading
import time
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import Database
from transcode.tables import Step, Video

LOOK_EVERY_S = 0.7
SAY_EVERY_S = 1.0


class NoLongerWanted(Exception):
    """The video was cancelled, retried or given up since the job was asked for."""


class Watch:
    """What FFmpeg's runner asks and tells while a step runs: shall I stop, so far am I."""

    def __init__(
        self,
        db: Database,
        video_id: UUID,
        run: int,
        plan_hash: str,
        step: str,
        stopping: threading.Event,
    ) -> None:
        self.length_s = 1.0
        self._db = db
        self._video_id = video_id
        self._run = run
        self._key = {"video_id": video_id, "plan_hash": plan_hash, "name": step}
        self._stopping = stopping
        self._looked_at = self._said_at = time.monotonic()

    def stop(self) -> bool:
        """True when the worker stops, or the video's run is over."""
        if self._stopping.is_set():
            return True
        if time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return False
        self._looked_at = time.monotonic()
        with self._db.begin() as session:
            run = session.scalar(select(Video.run).where(Video.id == self._video_id))
        return run != self._run

    def advance(self, done_s: float) -> None:
        """Show the seconds encoded so far, about once a second."""
        if time.monotonic() - self._said_at < SAY_EVERY_S:
            return
        self._said_at = time.monotonic()
        fraction = min(1.0, done_s / self.length_s)
        with self._db.begin() as session:
            # The video's row first, as everywhere: two orders would deadlock.
            video = session.get(Video, self._video_id, with_for_update={"of": Video})
            if video is None or video.run != self._run:
                return
            session.execute(
                update(Step)
                .filter_by(**self._key)
                .where(Step.done_at.is_(None))
                .values(fraction=fraction)
            )
            video.percent = _percent(session, video)


def lay_out_steps(
    session: Session, video: Video, weights: dict[str, float], stored: set[str]
) -> list[str]:
    """Make the plan's steps; gives those whose output isn't there yet.

    weights: step → share of the work. stored: steps that have objects in the storage.
    """
    known = {
        step.name: step
        for step in session.scalars(
            select(Step).filter_by(video_id=video.id, plan_hash=video.plan_hash)
        )
    }
    for name, weight in weights.items():
        if name not in known:
            session.execute(
                insert(Step).values(
                    video_id=video.id, plan_hash=video.plan_hash, name=name, weight=weight
                )
            )
    left = []
    for name in weights:
        step = known.get(name)
        if step is None or step.done_at is None or name not in stored:
            left.append(name)
            if step is not None:
                step.done_at, step.fraction = None, 0
    session.flush()
    video.percent = _percent(session, video)
    return left


def begin_step(session: Session, video: Video, name: str) -> None:
    """Note that a step starts. Raises NoLongerWanted if it is done already."""
    step = session.get_one(Step, (video.id, video.plan_hash, name))
    if step.done_at is not None:
        raise NoLongerWanted
    step.starts += 1


def finish_step(
    session: Session, video: Video, name: str, *, cpu_s: float, decoded_frames: int
) -> None:
    """Note that a step's output is in the storage; once more changes nothing."""
    step = session.get_one(Step, (video.id, video.plan_hash, name))
    if step.done_at is None:
        step.cpu_s += cpu_s
    step.fraction, step.done_at = 1, func.now()
    step.decoded_frames = decoded_frames
    session.flush()
    video.percent = _percent(session, video)


def steps_left(session: Session, video: Video) -> list[str]:
    """The steps of the video's plan that are not done."""
    query = select(Step.name).where(
        Step.video_id == video.id, Step.plan_hash == video.plan_hash, Step.done_at.is_(None)
    )
    return list(session.scalars(query))


def _percent(session: Session, video: Video) -> int:
    query = select(func.sum(Step.weight * Step.fraction) / func.sum(Step.weight)).where(
        Step.video_id == video.id, Step.plan_hash == video.plan_hash
    )
    # A hundred is said when boxes can play it, not before.
    return min(99, int(100 * float(session.scalar(query) or 0)))
