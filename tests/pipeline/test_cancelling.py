"""Cancel ends FFmpeg whatever it does, and leaves nothing; a retry starts anew."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import select

from app.house import House
from tests.conftest import make_film
from tests.pipeline.flaky import flaky_ffmpeg
from tests.pipeline.following import send, video_of, wait_for
from tests.service import Service, wait_until
from transcode import publish
from transcode.tables import Step

PROBE, ENCODE, SOUND = "/scenes-", "-all-0000-*/out/", "-audio-*/out/"
ASSEMBLE = "hls_segment_filename"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """Long enough that its scenes are looked at, small enough that the rest takes no time."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    make_film(ffmpeg, path, duration_s=20, size="320x180")
    return path


@pytest.mark.parametrize("match", [PROBE, ENCODE, SOUND, ASSEMBLE])
def test_cancel_ends_ffmpeg_and_sweeps_and_a_retry_starts_anew(
    house: House, service: Service, film: Path, tmp_path: Path, match: str
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", match, hang=1)
    service.env["NONGKE_FFMPEG"] = str(flaky.path)
    video_id = send(house, film)
    service.start_worker()
    _, hanging = wait_until(
        lambda: flaky.starts(), what="FFmpeg to hang", gone=service._gone("worker")
    )[0]
    above = {process.pid for process in psutil.Process(hanging).parents()}
    assert service.parts["worker"].pid in above
    cancel(house, video_id)
    wait_until(lambda: not psutil.pid_exists(hanging), what="FFmpeg's end", patience_s=5)
    assert video_of(house, video_id).state == "cancelled"
    wait_until(lambda: not left_behind(house), what="everything to be swept")

    with house.db.begin() as session:
        assert session.scalars(select(Step)).all() == []
        publish.retry(session, video_id)
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    with house.db.begin() as session:
        assert {step.starts for step in session.scalars(select(Step))} == {1}


def test_a_step_that_a_sweep_took_half_away_is_made_again(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", ASSEMBLE, hang=1)
    service.env["NONGKE_FFMPEG"] = str(flaky.path)
    video_id = send(house, film)
    service.start_worker()
    wait_until(lambda: flaky.starts(), what="all steps", gone=service._gone("worker"))
    service.kill("worker")
    cancel(house, video_id)
    # As when the sweep comes while the cancelled job still stores the rest and its note.
    taken = next(o.key for o in house.storage.list("work/") if "/all-0000/floor" in o.key)
    house.storage.delete(taken)
    with house.db.begin() as session:
        publish.retry(session, video_id)

    service.start_worker()
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    with house.db.begin() as session:
        starts = {step.name: step.starts for step in session.scalars(select(Step))}
    assert starts == {"all-0000": 1, "audio": 0}


def cancel(house: House, video_id: UUID) -> None:
    with house.db.begin() as session:
        publish.cancel(session, video_id)


def left_behind(house: House) -> list[str]:
    """Work files, packages and scratch files of whatever was cancelled."""
    scratch = [str(path) for path in house.settings.scratch_dir.iterdir()]
    stored = [o.key for prefix in ("work/", "videos/") for o in house.storage.list(prefix)]
    return scratch + stored
