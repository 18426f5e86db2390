"""Files that nobody needs any more: of cancelled work, of old failures, of killed workers.

A video's files go only under the lock of its row and only while nothing is under way for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.house import House
from app.storage import Storage
from transcode import publish
from transcode.tables import UNDER_WAY, Package, Video

log = structlog.get_logger()

KEPT_FOR = timedelta(days=7)
# A file that is still being written after a day has lost its writer.
WRITE_TAKES_AT_MOST = timedelta(days=1)


def sweep_video(house: House, sha256: str) -> None:
    """Drop a video's work files and unfinished packages, unless a retry may still use them."""
    with house.db.begin() as session:
        video = _locked(session, Video.source_sha256 == sha256)
        if video is None or video.state in (*UNDER_WAY, "failed"):
            return
        house.storage.delete_tree(f"work/{sha256}")
        for package in house.storage.folders(f"videos/{video.id}"):
            _drop_unknown_package(session, house.storage, str(video.id), package)


def sweep_leftovers(house: House, now: datetime) -> int:
    """Drop work and unfinished packages that nobody wrote to for a week; gives how many."""
    before = now - KEPT_FOR
    swept = 0
    for sha256 in house.storage.folders("work"):
        if _is_old(house.storage, f"work/{sha256}/", before):
            with house.db.begin() as session:
                video = _locked(session, Video.source_sha256 == sha256)
                if video is None or video.state not in UNDER_WAY:
                    house.storage.delete_tree(f"work/{sha256}")
                    swept += 1
    for video_id, package in _unknown_packages(house):
        if _is_old(house.storage, f"videos/{video_id}/{package}/", before):
            with house.db.begin() as session:
                video = _locked(session, Video.id == _uuid(video_id))
                if video is None or video.state not in UNDER_WAY:
                    swept += _drop_unknown_package(session, house.storage, video_id, package)
    return swept


def sweep_half_written(house: House, now: datetime) -> int:
    """Drop what killed writers left; gives how many files. It lies beside what is whole, so all of
    the storage is walked, millions of files in a large house: once a night is often enough."""
    return house.storage.sweep(now - WRITE_TAKES_AT_MOST)


def sweep_retired(house: House) -> None:
    """Drop packages that were replaced longer ago than the grace time."""
    grace = timedelta(hours=house.settings.package_grace_h)
    with house.db.begin() as session:
        for package in publish.retired_packages(session, grace):
            house.storage.delete_tree(f"videos/{package.video_id}/{package.id}")
            session.delete(package)


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


def _unknown_packages(house: House) -> Iterator[tuple[str, str]]:
    """Video and package of each folder without a row, seldom any.

    A thousand hours of film are five million files: all others are not even listed.
    """
    with house.db.begin() as session:
        known = {str(package_id) for package_id in session.scalars(select(Package.id))}
    for video_id in house.storage.folders("videos"):
        for package in house.storage.folders(f"videos/{video_id}"):
            if package not in known:
                yield video_id, package


def _is_old(storage: Storage, prefix: str, before: datetime) -> bool:
    newest = max((stored.modified_at for stored in storage.list(prefix)), default=None)
    return newest is not None and newest < before


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
