"""A film goes its way through a real worker: states, percentages, refusals, retry and cancel."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from app.house import House
from tests.conftest import make_film
from tests.pipeline.following import done_steps, ffmpegs_below, send, video_of, wait_for
from tests.service import Service, wait_until
from transcode.tables import Package, Step, Video
from transcode.verify import verify, verify_own


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """Sixteen seconds of noise: four chunks of four seconds that take their time."""
    path = tmp_path_factory.mktemp("films") / "long.mp4"
    make_film(ffmpeg, path, duration_s=16)
    return path


@pytest.fixture(scope="module")
def small_clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """As long, in half the rungs."""
    path = tmp_path_factory.mktemp("films") / "small.mp4"
    make_film(ffmpeg, path, duration_s=16, size="854x480")
    return path


def test_a_film_becomes_a_verified_package(house: House, service: Service, clip: Path) -> None:
    video_id = send(house, clip)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "refused", "failed")
    assert (video.state, video.percent) == ("ready", 100)
    assert video.duration_ms == pytest.approx(8000, abs=50)

    folder = service.home / "storage" / (video.package_prefix or "")
    assert verify(folder).passed
    with house.db.begin() as session:
        package = session.get_one(Package, video.package_id)
        assert package.size_bytes == sum(f.stat().st_size for f in folder.rglob("*.*"))
    # Work files go when boxes have the package.
    wait_until(lambda: not list(house.storage.list("work/")), what="work files to be swept")


def test_a_long_film_plays_in_its_small_rungs_while_the_rest_is_made(
    house: House, service: Service, long_clip: Path
) -> None:
    service.env["NONGKE_CHUNK_S"] = "4"
    video_id = send(house, long_clip)
    service.start_worker()
    early = wait_until(
        lambda: (v := video_of(house, video_id)).package_id and v,
        what="the early package",
        patience_s=90,
        gone=service._gone("worker"),
    )
    assert early.state in ("encoding", "verifying")
    assert rungs_of(house, early) == ["360p", "floor"]
    storage = service.home / "storage"
    assert verify(storage / (early.package_prefix or "")).passed

    video = wait_for(house, service, video_id, "ready", "refused", "failed")
    assert rungs_of(house, video) == ["720p", "480p", "360p", "floor"]
    assert verify(storage / (video.package_prefix or "")).passed
    # Who is watching goes on in the package that he began with.
    assert verify(storage / (early.package_prefix or "")).passed
    small = "360p/00002.ts"
    assert (storage / (video.package_prefix or "") / small).read_bytes() == (
        storage / (early.package_prefix or "") / small
    ).read_bytes()


def test_hevc_and_a_copied_picture_come_last_and_keep_nobody_waiting(
    house: House, service: Service, tmp_path: Path, ffmpeg: str
) -> None:
    film = tmp_path / "film.mp4"
    make_film(ffmpeg, film, duration_s=8, size="640x480")
    service.env |= {"NONGKE_CHUNK_S": "4", "NONGKE_HEVC": "true", "NONGKE_COPY_TOP": "true"}
    video_id = send(house, film)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "refused", "failed")
    assert video.state == "ready", video.detail
    with house.db.begin() as session:
        packages = session.scalars(select(Package).order_by(Package.published_at)).all()
        made = [[len(p.report["rungs"]), len(p.report["hevc"])] for p in packages]
    assert made == [[2, 0], [3, 0], [3, 2]]
    folder = service.home / "storage" / (video.package_prefix or "")
    assert "hvc1" in (folder / "hevc.m3u8").read_text()
    assert verify_own(folder).passed


def rungs_of(house: House, video: Video) -> list[str]:
    with house.db.begin() as session:
        report = session.get_one(Package, video.package_id).report
    return [rung["name"] for rung in report["rungs"]]


def test_a_film_that_is_no_film_is_refused_with_a_remedy(
    house: House, service: Service, tmp_path: Path
) -> None:
    text = tmp_path / "作业.mp4"
    text.write_text("今天学习养羊。\n" * 100)
    video_id = send(house, text)
    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "refused", "failed")
    assert (video.state, video.code) == ("refused", "not_a_video")
    assert re.search("[一-鿿]", video.remedy or "")


def test_the_worker_killed_in_mid_encode_goes_on_where_it_was(
    house: House, service: Service, small_clip: Path
) -> None:
    service.env["NONGKE_CHUNK_S"] = "4"
    video_id = send(house, small_clip)
    service.start_worker()
    wait_until(lambda: done_steps(house), what="a finished chunk", patience_s=90)
    before = done_steps(house)
    service.kill("worker")
    assert not ffmpegs_below(service.home), "FFmpeg outlived its worker"

    service.start_worker()
    video = wait_for(house, service, video_id, "ready", "refused", "failed")
    assert video.state == "ready"
    with house.db.begin() as session:
        starts = {s.name: s.starts for s in session.scalars(select(Step))}
    assert all(starts[name] == 1 for name in before), "a finished chunk was encoded again"
    assert verify(service.home / "storage" / (video.package_prefix or "")).passed


def test_a_worker_asked_to_stop_puts_its_job_back(
    house: House, service: Service, small_clip: Path
) -> None:
    service.env["NONGKE_CHUNK_S"] = "4"
    video_id = send(house, small_clip)
    service.start_worker()
    wait_for(house, service, video_id, "encoding")
    assert service.kill("worker", signal.SIGTERM) == 0
    assert video_of(house, video_id).state == "encoding"
    service.start_worker()
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"


def test_the_same_film_twice_is_one_video(house: House, clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "another name.mp4"
    copy.write_bytes(clip.read_bytes())
    assert send(house, clip) == send(house, copy)
    assert len(list(house.storage.list("sources/"))) == 1
