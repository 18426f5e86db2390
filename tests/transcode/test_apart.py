"""Whoever looks at a source in a process of its own is ended when it hangs or writes too much."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.pipeline.test_probing import lookers
from transcode.apart import copy_apart, plan_apart
from transcode.copying import copy_picture
from transcode.errors import EncodeStalled, OverQuota, Stopped
from transcode.leash import Limits
from transcode.plan import Options
from transcode.planning import plan_file
from transcode.probe import probe


@pytest.mark.parametrize(
    ("limit", "told"),
    [({"stall_s": 1}, "stood still for 1 s"), ({"timeout_s": 1}, "took too long")],
    ids=["still", "long"],
)
def test_a_looker_that_waits_for_what_never_comes_is_ended(
    tmp_path: Path, limit: dict[str, float], told: str
) -> None:
    os.mkfifo(tmp_path / "never.mp4")
    with pytest.raises(EncodeStalled, match=told):
        plan_apart(
            tmp_path / "never.mp4", source_sha256="0" * 64, options=Options(),
            scratch=tmp_path, **limit,
        )  # fmt: skip
    assert lookers(os.getpid()) == []


def test_a_looker_that_reads_on_gives_signs_of_life(short_film: Path, tmp_path: Path) -> None:
    plan_apart(short_film, source_sha256="0" * 64, options=Options(), scratch=tmp_path)
    begun, signed = tmp_path / "stderr", tmp_path / "order.json"
    assert signed.stat().st_mtime_ns > begun.stat().st_mtime_ns


def test_who_reads_a_source_asks_whether_to_stop(short_film: Path, tmp_path: Path) -> None:
    plan = plan_file(short_film, source_sha256="0" * 64).plan
    with pytest.raises(Stopped):
        probe(short_film, stop=lambda: True)
    with pytest.raises(Stopped):
        copy_picture(plan, short_film, tmp_path / "copy.mp4", stop=lambda: True)


def test_a_copy_beyond_its_quota_fails(short_film: Path, tmp_path: Path) -> None:
    plan = plan_file(short_film, source_sha256="0" * 64).plan
    with pytest.raises(OverQuota):
        copy_apart(plan, short_film, tmp_path / "copy.mp4", limits=Limits(file_bytes=4000))
