"""Files that nobody needs go after a week; those of a video under way never do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.house import House
from tests.service import Service, wait_until
from tests.studio.films import add_video, make_ready
from transcode.scratch import scratch_folder
from transcode.tables import Package

WEEK_S = 7 * 24 * 3600


@pytest.fixture
def sweep(house: House, service: Service) -> Iterator[object]:
    """Starts a worker, and returns when its first sweep is through."""

    def swept() -> None:
        service.start_worker()
        wait_until(
            lambda: "leftovers_swept" in service.log("worker"),
            what="the sweep",
            gone=service._gone("worker"),
        )

    yield swept


def put(house: House, key: str, *, age_s: float) -> str:
    house.storage.put(key, b"x")
    path = house.settings.home / "storage" / key
    os.utime(path, (time.time() - age_s,) * 2)
    return key


def keys(house: House) -> set[str]:
    return {stored.key for stored in house.storage.list("")}


def test_work_of_a_failed_video_is_kept_for_a_week(house: House, sweep: object) -> None:
    with house.db.begin() as session:
        old, fresh, busy = (
            add_video(session, state=state, code="x" if state == "failed" else None)
            for state in ("failed", "failed", "encoding")
        )
    put(house, f"work/{old.source_sha256}/plan/all-0000/720p.mp4", age_s=WEEK_S + 60)
    kept = {
        put(house, f"work/{fresh.source_sha256}/plan/all-0000/720p.mp4", age_s=WEEK_S - 600),
        put(house, f"work/{busy.source_sha256}/plan/all-0000/720p.mp4", age_s=WEEK_S + 60),
    }
    sweep()  # type: ignore[operator]
    assert keys(house) == kept


def test_packages_that_no_row_names_go_after_a_week(house: House, sweep: object) -> None:
    with house.db.begin() as session:
        ready = add_video(session)
        busy = add_video(session, state="verifying")
    unknown = uuid4()
    put(house, f"videos/{ready.id}/{unknown}/720p/00001.ts", age_s=WEEK_S + 60)
    kept = {
        put(house, f"{ready.package_prefix}/720p/00001.ts", age_s=WEEK_S + 60),
        put(house, f"videos/{ready.id}/{uuid4()}/720p/00001.ts", age_s=60),
        put(house, f"videos/{busy.id}/{unknown}/720p/00001.ts", age_s=WEEK_S + 60),
    }
    sweep()  # type: ignore[operator]
    assert keys(house) == kept


def test_a_replaced_package_goes_after_the_grace_time(house: House, sweep: object) -> None:
    grace = timedelta(hours=house.settings.package_grace_h)
    now = datetime.now(UTC)
    with house.db.begin() as session:
        video = add_video(session)
        for retired_at in (now - grace - timedelta(seconds=60), now - grace + timedelta(hours=1)):
            session.get_one(Package, video.package_id).retired_at = retired_at
            put(house, f"{video.package_prefix}/720p/00001.ts", age_s=60)
            make_ready(session, video, duration_ms=60_000)
        put(house, f"{video.package_prefix}/720p/00001.ts", age_s=60)
        packages = select(Package.id).order_by(Package.id)
        _, retired_lately, played = session.scalars(packages)
    sweep()  # type: ignore[operator]
    kept = {f"videos/{video.id}/{package}/720p/00001.ts" for package in (retired_lately, played)}
    assert keys(house) == kept
    with house.db.begin() as session:
        assert set(session.scalars(packages)) == {retired_lately, played}


def test_scratch_of_killed_workers_goes_and_that_of_living_ones_stays(
    house: House, service: Service
) -> None:
    orphan = house.settings.scratch_dir / "job-of-a-killed-worker"
    orphan.mkdir(parents=True)
    (orphan / "source.mp4").write_bytes(b"x")
    with scratch_folder(house.settings.scratch_dir, "of-a-living-one") as living:
        service.start_worker()
        wait_until(lambda: not orphan.exists(), what="the sweep", gone=service._gone("worker"))
        assert living.exists()
