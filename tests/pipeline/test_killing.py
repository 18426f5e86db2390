"""The worker is killed again and again; no chunk that was finished is ever encoded twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.house import House
from tests.conftest import make_film
from tests.pipeline.flaky import flaky_ffmpeg
from tests.pipeline.following import ffmpegs_below, send, video_of, wait_for
from tests.service import Service, wait_until
from tests.transcode.reading import decode
from transcode.tables import Step
from transcode.verify import verify

KILLS = 10
FILM_S, CHUNK_S, FPS = 80, 4, 25
LONGEST_LIFE_S = 1.2


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """Twenty chunks in two passes, each about a second's work."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    make_film(ffmpeg, path, duration_s=FILM_S, size="854x480")
    return path


def test_ten_kills_at_random_moments_cost_no_finished_chunk(
    house: House, service: Service, film: Path, tmp_path: Path, ffmpeg: str
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", "-first-*/out/*|*-rest-*/out/")
    service.env |= {"NONGKE_CHUNK_S": str(CHUNK_S), "NONGKE_FFMPEG": str(flaky.path)}
    # The same chunk may meet several of the kills.
    service.env["NONGKE_WORKER_LOSSES"] = str(KILLS + 1)
    chance = random.Random(20261124)
    video_id = send(house, film)
    finished: dict[str, int] = {}

    def ends() -> int:
        return len(finished_steps(house))

    def signs() -> int:
        return len(flaky.starts()) + ends()

    for kill in range(KILLS):
        # From the first sign of work on, whatever it then does; every other time from the end of
        # a step on, which a slow machine never reaches in so short a life.
        counted = ends if kill % 2 else signs
        before = counted()
        service.start_worker()
        wait_until(
            lambda counted=counted, before=before: counted() > before,
            what="the worker to take something up",
            gone=service._gone("worker"),
        )
        time.sleep(chance.uniform(0, LONGEST_LIFE_S))
        service.kill("worker")
        wait_until(lambda: not ffmpegs_below(service.home), what="FFmpeg to die", patience_s=5)
        assert video_of(house, video_id).state != "ready", "the film is too short for this test"
        finished |= finished_steps(house)

    service.start_worker()
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    assert finished, "nothing was finished before the last kill"
    after = finished_steps(house)
    again = {step: n for step, n in finished.items() if after[step] != n}
    assert not again, "finished chunks were encoded again"
    # The worker has one chunk in hand at a time: a kill costs one start.
    pieces = [n for step, n in after.items() if step != "audio"]
    assert len(flaky.starts()) <= len(pieces) + KILLS
    package = service.home / "storage" / (video_of(house, video_id).package_prefix or "")
    assert verify(package).passed
    for rung in ("480p", "360p"):
        assert len(decode(ffmpeg, package / rung / "media.m3u8")) == FILM_S * FPS


def finished_steps(house: House) -> dict[str, int]:
    """How often each step that is done was started."""
    with house.db.begin() as session:
        steps = session.scalars(select(Step).where(Step.done_at.is_not(None)))
        return {step.name: step.starts for step in steps}
