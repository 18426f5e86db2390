"""A package whose bytes are wrong reaches nobody, whoever spoilt it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli import cli
from app.house import House
from tests.conftest import make_film
from tests.pipeline.flaky import flaky_ffmpeg
from tests.pipeline.following import send, wait_for
from tests.service import Service
from transcode.tables import FailedAttempt, Package
from transcode.verify import verify

EARLY, WHOLE = "-assemble-0-*hls_segment_filename", "-assemble-1-*hls_segment_filename"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """Two chunks of four seconds, and a rung that comes after the small ones."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    make_film(ffmpeg, path, duration_s=8, size="640x480")
    return path


def test_what_does_not_verify_is_not_published_and_the_package_before_stays(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", WHOLE, spoil=9)
    service.env |= {"NONGKE_FFMPEG": str(flaky.path), "NONGKE_CHUNK_S": "4"}
    video_id = send(house, film)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "failed")
    assert (video.state, video.code) == ("failed", "package_invalid")
    assert "00002.ts" in (video.detail or "")

    early = one_package(house)
    assert (video.package_id, early.retired_at) == (early.id, None)
    assert [rung["name"] for rung in early.report["rungs"]] == ["360p", "floor"]
    assert verify(service.home / "storage" / (video.package_prefix or "")).passed
    stored = {key.split("/")[2] for key in (o.key for o in house.storage.list("videos/"))}
    assert stored == {str(early.id)}


def test_a_spoilt_early_package_is_dropped_and_the_whole_one_comes_all_the_same(
    house: House, service: Service, film: Path, tmp_path: Path
) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", EARLY, spoil=9)
    service.env |= {"NONGKE_FFMPEG": str(flaky.path), "NONGKE_CHUNK_S": "4"}
    video_id = send(house, film)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "failed")
    assert video.state == "ready"
    assert "early_package_dropped" in service.log("worker")
    assert one_package(house).id == video.package_id
    with house.db.begin() as session:
        assert session.scalars(select(FailedAttempt)).all() == []


def one_package(house: House) -> Package:
    """The only package that was ever published."""
    with house.db.begin() as session:
        return session.scalars(select(Package)).one()


def test_the_package_command_leaves_no_spoilt_package(film: Path, tmp_path: Path) -> None:
    flaky = flaky_ffmpeg(tmp_path / "flaky", "hls_segment_filename", spoil=1)
    order = ["package", str(film), str(tmp_path / "out"), "--ffmpeg", str(flaky.path)]
    done = CliRunner().invoke(cli, order)
    assert done.exit_code != 0
    assert "package_invalid" in done.output
    assert not (tmp_path / "out").exists()
