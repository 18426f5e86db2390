"""What fails is tried once more, elsewhere if there is another worker; then it is said why."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.house import House
from tests.conftest import make_film
from tests.pipeline.flaky import flaky_ffmpeg
from tests.pipeline.following import send, wait_for
from tests.service import Service, wait_until
from transcode import publish
from transcode.tables import FailedAttempt, Step

ENCODE, ASSEMBLE = "-all-0000-*/out/", "hls_segment_filename"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """So small that encoding it takes no time."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    make_film(ffmpeg, path, duration_s=8, size="320x180")
    return path


@pytest.mark.parametrize("match", [ENCODE, ASSEMBLE])
def test_a_job_that_fails_once_is_tried_again(
    house: House, service: Service, film: Path, tmp_path: Path, match: str
) -> None:
    service.env["NONGKE_FFMPEG"] = str(flaky_ffmpeg(tmp_path / "flaky", match, fail=1).path)
    video_id = send(house, film)
    service.start_worker()
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    with house.db.begin() as session:
        attempt = session.scalars(select(FailedAttempt)).one()
    assert (attempt.code, "the tape is torn" in attempt.detail) == ("encode_failed", True)


def test_a_job_that_fails_twice_ends_with_the_last_words_of_ffmpeg(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", ENCODE, fail=9)
    service.env["NONGKE_FFMPEG"] = str(flaky.path)
    video_id = send(house, film)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "failed")
    assert (video.state, video.code) == ("failed", "encode_failed")
    assert "the tape is torn" in (video.detail or "")
    assert len(flaky.starts()) == 2


def test_a_job_that_failed_goes_to_another_worker(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", ENCODE, fail=1)
    service.env["NONGKE_FFMPEG"] = str(flaky.path)
    service.start_worker()
    service._start("another worker", "work")
    wait_until(
        lambda: all("worker_starting" in service.log(part) for part in service.parts),
        what="both workers",
    )
    video_id = send(house, film)
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    first, second = flaky.starts()
    assert first[0] != second[0]


def test_a_film_that_kills_three_workers_has_failed_and_a_retry_starts_anew(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", ENCODE, kill=3)
    service.env["NONGKE_FFMPEG"] = str(flaky.path)
    video_id = send(house, film)
    for _ in range(3):
        service.start_worker()
        wait_until(lambda: service.parts["worker"].poll() is not None, what="the worker's end")
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "failed")
    assert (video.state, video.code) == ("failed", "worker_lost")
    assert "encode all-0000" in (video.detail or "")
    assert len(flaky.starts()) == 3

    with house.db.begin() as session:
        publish.retry(session, video_id)
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"


def test_what_the_database_refuses_is_not_tried_for_ever(
    house: House, service: Service, film: Path
) -> None:
    with house.db.begin() as session:
        session.execute(text("ALTER TABLE step ADD CONSTRAINT refused CHECK (weight < 0)"))
    video_id = send(house, film)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "failed")
    assert (video.state, video.code) == ("failed", "internal_error")
    assert "refused" in (video.detail or "")


def test_a_refused_film_is_not_tried_again(house: House, service: Service, tmp_path: Path) -> None:
    text = tmp_path / "作业.mp4"
    text.write_text("今天学习养羊。\n" * 100)
    video_id = send(house, text)
    service.start_worker()
    assert wait_for(house, service, video_id, "refused", "failed").state == "refused"
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(FailedAttempt)) == 1
        assert session.scalar(select(func.count()).select_from(Step)) == 0
