"""What the work on a plan takes of the disk is known beforehand, and never too little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.transcode.conftest import X264, Film, moving, tone
from transcode.assemble import assemble
from transcode.captions import encode_audio_and_captions
from transcode.copying import make_piece
from transcode.ffmpeg import folder_bytes
from transcode.footprint import estimate_bytes, package_bytes, step_bytes
from transcode.oneshot import Report
from transcode.plan import Options
from transcode.planning import plan_file, with_hevc


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
    extra = with_hevc(plan)
    sound_bps = {track.name: track.bps for track in plan.audio}
    sound_bytes = sum(sound_bps[r.audio] for r in extra.hevc) * plan.duration_s / 8
    assert package_bytes(extra) - package_bytes(plan) > 1.2 * sound_bytes


def test_foretold_rates_count_for_more_than_ceilings(packaged: tuple[Path, Report]) -> None:
    plan = packaged[1].plan
    slides = replace(plan, rungs=tuple(replace(r, expected_bps=20_000) for r in plan.rungs))
    assert estimate_bytes(slides) < estimate_bytes(plan)


def test_the_estimate_covers_every_package_on_the_way(film: Film, tmp_path: Path) -> None:
    """The small rungs, all of them, and HEVC beside: what is replaced is not gone at once."""
    source = film("film.mp4", *moving(8, "640x480", "5"), *tone(8), *X264, "-c:a", "aac")
    options = Options(chunk_s=4, hevc=True)
    plan = plan_file(source, source_sha256="0" * 64, options=options).plan
    assert len(plan.stages) == 3

    dirs = {piece.name: tmp_path / piece.name for piece in plan.pieces}
    for piece in plan.pieces:
        make_piece(plan, source, piece, dirs[piece.name])
        assert folder_bytes(dirs[piece.name]) <= step_bytes(plan, piece.name)
    encode_audio_and_captions(plan, source, tmp_path / "audio")
    assert folder_bytes(tmp_path / "audio") <= step_bytes(plan, "audio")
    for number, stage in enumerate(plan.stages):
        steps = [piece.name for piece in plan.pieces if piece.part in stage]
        out_dir = tmp_path / f"package-{number}"
        assemble(plan, {step: dirs[step] for step in steps}, tmp_path / "audio", out_dir)
        assert folder_bytes(out_dir) <= package_bytes(plan, stage)
    assert folder_bytes(tmp_path) <= estimate_bytes(plan)
    # One package is less than half of it: the chunks and two packages lie beside it.
    assert estimate_bytes(plan) > 2 * package_bytes(plan)
