"""What the work on a plan takes of the disk is known beforehand, and never too little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from transcode.footprint import estimate_bytes, package_bytes, quota_bytes, step_bytes
from transcode.hevc import hevc_rungs
from transcode.oneshot import Report


def test_the_estimate_covers_a_real_package(packaged: tuple[Path, Report]) -> None:
    _, report = packaged
    assert report.size_bytes <= package_bytes(report.plan)
    assert 2 * report.size_bytes <= estimate_bytes(report.plan) <= 20 * report.size_bytes


def test_the_copy_of_the_source_counts_where_one_is_made(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    assert estimate_bytes(plan, copied_source_bytes=10**9) == estimate_bytes(plan) + 10**9


def test_a_longer_film_takes_more(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    twice = replace(plan, total_frames=2 * plan.total_frames)
    assert 1.9 < estimate_bytes(twice) / estimate_bytes(plan) < 2.1


def test_further_sound_tracks_count(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    other = replace(plan.audio[0], name="other", main=False)
    with_other = replace(plan, audio=(*plan.audio, other))
    assert package_bytes(with_other) > package_bytes(plan)


def test_the_extra_ladder_counts_in_pictures_and_sound(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    extra = replace(plan, hevc=hevc_rungs(plan.rungs))
    sound_bps = {track.name: track.bps for track in plan.audio}
    sound_bytes = sum(sound_bps[r.audio] for r in extra.hevc) * plan.duration_s / 8
    assert package_bytes(extra) - package_bytes(plan) > 1.2 * sound_bytes


def test_foretold_rates_count_for_more_than_ceilings(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    slides = replace(plan, rungs=tuple(replace(r, expected_bps=20_000) for r in plan.rungs))
    assert estimate_bytes(slides) < estimate_bytes(plan)


def test_a_job_may_write_more_than_it_is_expected_to(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    for step in (*(piece.name for piece in plan.pieces), "audio", "assemble"):
        assert quota_bytes(step_bytes(plan, step)) > 3 * step_bytes(plan, step) > 0
