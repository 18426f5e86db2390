"""A film that is followed on its way through real workers."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psutil
from sqlalchemy import select

from app.house import House
from tests.service import Service, wait_until
from transcode.tables import Step, Video
from transcode.uploads import accept_file


def video_of(house: House, video_id: UUID) -> Video:
    with house.db.begin() as session:
        return session.get_one(Video, video_id)


def wait_for(house: House, service: Service, video_id: UUID, *states: str) -> Video:
    return wait_until(
        lambda: (v := video_of(house, video_id)).state in states and v,
        what=f"the video to be {states}",
        patience_s=120,
        gone=service._gone("worker"),
    )


def send(house: House, path: Path) -> UUID:
    return accept_file(house, path, path.name, owner="test", labels={}).id


def done_steps(house: House) -> list[str]:
    with house.db.begin() as session:
        return list(session.scalars(select(Step.name).where(Step.done_at.is_not(None))))


def ffmpegs_below(home: Path) -> list[int]:
    """Process ids of the FFmpegs that work in the service's folder."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        line = process.info["cmdline"] or []
        if "ffmpeg" in process.info["name"] and any(str(home) in part for part in line):
            found.append(process.pid)
    return found
