"""A source that kills whoever looks at it takes no worker along."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from app.house import House
from tests.conftest import make_film
from tests.pipeline.following import send, wait_for
from tests.service import Service, wait_until


@pytest.fixture
def slow_film(tmp_path: Path, ffmpeg: str) -> Path:
    path = tmp_path / "film.mp4"
    make_film(ffmpeg, path, duration_s=60)
    return path


def lookers(worker: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(worker).children(recursive=True) if is_looker(p)]


def is_looker(process: psutil.Process) -> bool:
    try:
        return "transcode.apart" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # of a looker that has just crashed, too
        return False


def test_a_looker_that_crashes_twice_fails_the_video_and_the_worker_goes_on(
    house: House, service: Service, slow_film: Path, clip: Path
) -> None:
    video_id = send(house, slow_film)
    service.start_worker()
    worker = service.parts["worker"].pid
    crashed: set[int] = set()
    for _ in range(2):
        looker = wait_until(
            lambda: next((p for p in lookers(worker) if p.pid not in crashed), None),
            what="somebody to look at the film",
        )
        crashed.add(looker.pid)
        looker.send_signal(signal.SIGSEGV)
    video = wait_for(house, service, video_id, "failed", "ready", "refused")
    assert (video.state, video.code) == ("failed", "encode_failed")
    assert f"-{int(signal.SIGSEGV)}" in (video.detail or "")
    assert service.parts["worker"].poll() is None
    assert wait_for(house, service, send(house, clip), "ready", "failed").state == "ready"
