"""Whether the disk has room for work, before it starts: what doesn't fit waits and says so."""

from __future__ import annotations

import shutil

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.house import House
from transcode.tables import UNDER_WAY, Video

LOOK_EVERY_S = 15
# One after the other, so that two videos can't be let in on the same free space.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('nongke disk admission'))")


def admit_video(session: Session, house: House, video: Video, needs_bytes: int) -> bool:
    """Whether the whole work on a video fits beside what the others still have to write.

    True lets it in: from now on it counts for the others.
    """
    session.execute(_LOCK)
    promised = _promised_bytes(session, video) if _is_local(house) else 0
    admitted = _fits(house, video, needs_bytes, promised)
    video.needs_bytes = needs_bytes if admitted else None
    return admitted


def admit_step(house: House, video: Video, needs_bytes: int) -> bool:
    """Whether one job of an admitted video fits on this machine, at this time."""
    return _fits(house, video, needs_bytes, 0)


def copied_source_bytes(house: House, video: Video) -> int:
    """What the job's own copy of the source takes: nothing where the storage is a folder."""
    return 0 if _is_local(house) else video.source.size_bytes


def room_bytes(house: House) -> int:
    """What work may still write: free space of scratch and storage, less the reserve."""
    house.settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    free = [shutil.disk_usage(house.settings.scratch_dir).free, house.storage.free_bytes()]
    return min(one for one in free if one is not None) - house.settings.reserve_bytes


def _fits(house: House, video: Video, needs_bytes: int, promised_bytes: int) -> bool:
    free_bytes = max(0, room_bytes(house) - promised_bytes)
    fits = needs_bytes <= free_bytes
    video.waiting = None if fits else {"needs_bytes": needs_bytes, "free_bytes": free_bytes}
    return fits


def _promised_bytes(session: Session, video: Video) -> int:
    """What other admitted videos have yet to write: half is chunks, half packages."""
    left = Video.needs_bytes * (200 - Video.percent) / 200
    query = select(func.coalesce(func.sum(left), 0)).where(
        Video.id != video.id, Video.state.in_(UNDER_WAY)
    )
    return int(session.scalar(query) or 0)


def _is_local(house: House) -> bool:
    return house.storage.free_bytes() is not None
