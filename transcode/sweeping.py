"""Files that nobody needs any more: of cancelled work, of old failures, of killed workers.

A video's files go only under the lock of its row and only while nothing is under way for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.house import House
from app.storage import Storage
from transcode.tables import UNDER_WAY, Package, Video

log = structlog.get_logger()

KEPT_FOR = timedelta(days=7)


def sweep_video(house: House, sha256: str) -> None:
    """Drop a video's work files and unfinished packages, unless a retry may still use them."""
    with house.db.begin() as session:
        video = _locked(session, Video.source_sha256 == sha256)
        if video is None or video.state in (*UNDER_WAY, "failed"):
            return
        house.storage.delete_tree(f"work/{sha256}")
        for package in {place[2] for place in _trees(house.storage, f"videos/{video.id}/", 3)}:
            _drop_unknown_package(session, house.storage, str(video.id), package)


def sweep_leftovers(house: House, now: datetime) -> int:
    """Drop work and unfinished packages that nobody wrote to for a week; gives how many."""
    before = now - KEPT_FOR
    swept = 0
    for _, sha256 in _old_trees(house.storage, "work/", 2, before):
        with house.db.begin() as session:
            video = _locked(session, Video.source_sha256 == sha256)
            if video is None or video.state not in UNDER_WAY:
                house.storage.delete_tree(f"work/{sha256}")
                swept += 1
    for _, video_id, package in _old_trees(house.storage, "videos/", 3, before):
        with house.db.begin() as session:
            video = _locked(session, Video.id == _uuid(video_id))
            if video is None or video.state not in UNDER_WAY:
                swept += _drop_unknown_package(session, house.storage, video_id, package)
    return swept


def _locked(session: Session, condition: ColumnElement[bool]) -> Video | None:
    """The video's row; until the transaction ends, no retry can set it to work."""
    return session.scalars(select(Video).where(condition).with_for_update(of=Video)).one_or_none()


def _drop_unknown_package(session: Session, storage: Storage, video_id: str, package: str) -> bool:
    """Delete a package's files if no row names it: its worker died before it was complete."""
    package_id = _uuid(package)
    if package_id is not None and session.get(Package, package_id) is not None:
        return False
    storage.delete_tree(f"videos/{video_id}/{package}")
    log.info("unfinished_package_swept", video=video_id, package=package)
    return True


def _old_trees(
    storage: Storage, prefix: str, depth: int, before: datetime
) -> list[tuple[str, ...]]:
    newest = _trees(storage, prefix, depth)
    return [place for place, modified_at in newest.items() if modified_at < before]


def _trees(storage: Storage, prefix: str, depth: int) -> dict[tuple[str, ...], datetime]:
    """The folders so deep below the root, each with the time of its newest object."""
    newest: dict[tuple[str, ...], datetime] = {}
    for stored in storage.list(prefix):
        place = tuple(stored.key.split("/")[:depth])
        newest[place] = max(newest.get(place, stored.modified_at), stored.modified_at)
    return newest


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
