"""Which rungs a film gets, and why; the source's own picture and HEVC as rungs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.transcode.conftest import X264, Film, moving, tone
from tests.transcode.reading import decode
from tests.transcode.test_plan import a_plan
from transcode.content import UNKNOWN, Content, RungCost
from transcode.copying import make_piece
from transcode.encode import video_options
from transcode.errors import EncodeFailed
from transcode.fitting import fit
from transcode.oneshot import package_file
from transcode.plan import Options, Plan
from transcode.planning import plan_file
from transcode.verify import verify

NAMES = ("1080p", "720p", "480p", "360p")
# Rates of the four rungs in kbit/s as the scenes of three kinds of film gave them.
SLIDES, TALK, FIELD = (206, 129, 74, 47), (2060, 1026, 453, 271), (3260, 1216, 568, 356)
ON_GRID = ("-g", "100", "-keyint_min", "100", "-sc_threshold", "0", "-flags", "+cgop")


def content(kbits: tuple[int, ...], moving_share: float = 0.9) -> Content:
    costs = [
        RungCost(rung=n, average_bps=k * 1000, busiest_bps=k * 1200, moving_share=moving_share)
        for n, k in zip(NAMES, kbits, strict=True)
    ]
    return Content(scenes=2, costs=tuple(costs))


@pytest.mark.parametrize(
    ("kbits", "rungs", "crf"),
    [
        (SLIDES, ["1080p", "720p", "360p", "floor"], 27.8),
        (TALK, ["1080p", "720p", "480p", "360p", "floor"], 24.2),
        (FIELD, ["1080p", "720p", "480p", "360p", "floor"], 23.2),
    ],
)
def test_a_film_gets_the_rungs_and_the_quality_that_it_needs(
    kbits: tuple[int, ...], rungs: list[str], crf: float
) -> None:
    plan = fit(a_plan(), content(kbits))
    assert [rung.name for rung in plan.rungs] == rungs
    assert plan.rungs[0].crf == crf


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 800), (1280, 534)])
def test_high_definition_of_any_shape_keeps_its_two_largest_rungs(size: tuple[int, int]) -> None:
    draft = a_plan(width_px=size[0], height_px=size[1])
    costs = tuple(
        RungCost(
            rung=r.name, average_bps=200_000 - 9_000 * n, busiest_bps=240_000, moving_share=0.3
        )
        for n, r in enumerate(draft.rungs[:-1])
    )
    fitted = fit(draft, Content(scenes=2, costs=costs))
    assert [r.name for r in fitted.rungs[:2]] == [r.name for r in draft.rungs[:2]]


def test_caps_leave_room_above_the_busiest_scene_and_below_the_ceiling() -> None:
    draft = a_plan()
    for kbits in (SLIDES, TALK, FIELD):
        ceilings = {rung.name: rung.max_bps for rung in draft.rungs}
        fitted = content(kbits)
        for rung in fit(draft, fitted).rungs[:-1]:
            cost = fitted.cost_of(rung.name)
            assert cost
            assert rung.max_bps <= ceilings[rung.name]
            assert rung.max_bps >= min(ceilings[rung.name], 1.5 * cost.busiest_bps)


def test_every_rung_that_is_left_out_or_capped_has_its_reason() -> None:
    reasons = fit(a_plan(), content(SLIDES)).reasons
    assert {"480p", "quality", "1080p", "720p"} <= {reason.about for reason in reasons}
    assert all(reason.zh and reason.en for reason in reasons)


@pytest.mark.parametrize(("moving_share", "coarse"), [(0.3, True), (0.7, False)])
def test_motion_is_searched_coarsely_where_hardly_anything_moves(
    moving_share: float, coarse: bool
) -> None:
    plan = fit(a_plan(), content(SLIDES, moving_share))
    assert ("motion" in {reason.about for reason in plan.reasons}) == coarse
    searched = {r.name: "subme=1" in video_options(plan, r)["x264-params"] for r in plan.rungs}
    # The floor is small, and every bit is dear there.
    assert searched.pop("floor") is False
    assert set(searched.values()) == {coarse}


def test_a_long_film_without_a_readable_scene_is_not_called_short() -> None:
    (reason,) = fit(a_plan(duration_s=100), UNKNOWN).reasons
    assert reason.en.startswith("None of the sampled scenes")
    (reason,) = fit(a_plan(duration_s=10), UNKNOWN).reasons
    assert reason.en.startswith("The film is short")


def test_words_do_not_change_the_hash_but_numbers_do() -> None:
    plan = fit(a_plan(), content(TALK))
    assert replace(plan, reasons=()).hash == plan.hash
    assert fit(a_plan(), content(FIELD)).hash != plan.hash
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def test_the_plan_command_gives_the_same_plan_twice(film: Film) -> None:
    source = film("twice.mp4", *moving(21, size="640x360"), *X264)
    printed = [CliRunner().invoke(cli, ["plan", str(source), "--json"]) for _ in range(2)]
    plans = [json.loads(result.stdout) for result in printed]
    assert plans[0] == plans[1]
    assert plans[0]["content"]["scenes"] == 2
    assert plans[0]["rungs"][0]["expected_bps"] > 0
    assert plans[0]["reasons"]


def test_films_of_different_kinds_get_different_plans(film: Film) -> None:
    """What was measured on their scenes tells a slide from a field."""
    grain = "noise=alls=40:allf=t"
    still = film("still.mp4", "-f", "lavfi", "-i", "smptebars=s=640x360:r=10:d=24", *X264)
    busy = film("busy.mp4", *moving(24, size="640x360", fps="10"), "-vf", grain, *X264)
    plans = [
        json.loads(CliRunner().invoke(cli, ["plan", str(source), "--json"]).stdout)
        for source in (still, busy)
    ]
    calm, lively = (plan["rungs"][0] for plan in plans)
    assert calm["crf"] > lively["crf"] + 1
    assert calm["expected_bps"] < lively["expected_bps"] / 4
    assert calm["max_bps"] < lively["max_bps"]
    told = [next(r for r in plan["reasons"] if r["about"] == "quality") for plan in plans]
    assert "mostly still" in told[0]["en"]
    assert "基本静止" in told[0]["zh"]
    assert "moving pictures" in told[1]["en"]
    assert "有运动" in told[1]["zh"]


def test_the_plan_is_shown_with_its_reasons(short_film: Path) -> None:
    shown = CliRunner().invoke(cli, ["plan", str(short_film)])
    assert shown.exit_code == 0
    assert "floor" in shown.stdout
    assert "影片很短" in shown.stdout


@pytest.fixture(scope="session")
def on_grid(film: Film) -> Path:
    """Nine seconds whose key frames lie where ours would, with B-frames and an odd frame count."""
    return film(
        "grid.mp4", *moving(9, size="640x360"), *tone(9), "-c:v", "libx264", "-preset", "veryfast",
        "-b:v", "300k", "-maxrate", "400k", "-bufsize", "400k", "-pix_fmt", "yuv420p",
        "-vf", "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709",
        *ON_GRID, "-c:a", "aac",
    )  # fmt: skip


@pytest.mark.parametrize("chunk_s", [4, 60])
def test_a_source_on_the_grid_is_copied_bit_for_bit(
    on_grid: Path, tmp_path: Path, ffmpeg: str, chunk_s: int
) -> None:
    out = tmp_path / "out"
    report = package_file(on_grid, out, options=Options(copy_top=True, chunk_s=chunk_s))
    assert "copy" in [part.name for part in report.plan.passes]
    assert verify(out).passed
    # Of the rung below: nothing but a process of its own decodes what others encoded.
    with av.open(str(out / "poster.jpg")) as poster:
        assert poster.streams.video[0].width == 426
    copied = decode(ffmpeg, out / "360p" / "media.m3u8")
    with av.open(str(on_grid)) as source:
        assert len(copied) == source.streams.video[0].frames == report.plan.total_frames
    hashes = [frame.split(",")[-1] for frame in copied]
    assert hashes == [frame.split(",")[-1] for frame in decode(ffmpeg, on_grid)]


def test_a_copy_that_dies_takes_no_worker_with_it(on_grid: Path, tmp_path: Path) -> None:
    plan = plan_file(on_grid, source_sha256="0" * 64, options=Options(copy_top=True)).plan
    copy = next(piece for piece in plan.pieces if piece.part.copied)
    with pytest.raises(EncodeFailed, match="reading the source ended with"):
        # Too little for an interpreter: its process ends before it can say why.
        make_piece(plan, on_grid, copy, tmp_path / "out", memory_bytes=16 << 20)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-g", "37", "-sc_threshold", "0"), "IDR"),
        (("-g", "100", "-keyint_min", "100", "-x264-params", "open-gop=1:scenecut=0"), "IDR"),
        ((*ON_GRID, "-b:v", "3M", "-minrate", "3M"), "peak"),
    ],
)
def test_a_source_that_cannot_serve_is_encoded_and_the_plan_says_why(
    film: Film, options: tuple[str, ...], reason: str
) -> None:
    source = film(
        f"{abs(hash(options))}.mp4", *moving(9, size="640x360"), "-c:v", "libx264",
        "-preset", "veryfast", "-pix_fmt", "yuv420p",
        "-vf", "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709", *options,
    )  # fmt: skip
    shown = CliRunner().invoke(cli, ["plan", str(source), "--copy-top", "--json"])
    plan = json.loads(shown.stdout)
    assert [part["copied"] for part in plan["passes"]] == [False]
    told = next(r for r in plan["reasons"] if r["about"] == "copy")
    assert reason in told["en"]
    # The editor reads no English: units aside, the Chinese reason has none.
    assert re.findall(r"[A-Za-z/]+", told["zh"].replace("kbit/s", "")) == []


BT709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
INTERLACED = ("-flags", "+ildct+ilme", "-x264-params", "tff=1:keyint=100:scenecut=0")
# What is told, by how the film differs from one that can serve.
UNFIT = {
    "not H.264": ("mkv", ["-c:v", "libx265", *X264[2:], "-vf", BT709]),
    "4:2:0 with 8 bit": ("mp4", [*X264[:4], "-pix_fmt", "yuv422p", "-vf", BT709]),
    "BT.709": ("mp4", [*X264, "-vf", "setparams=colorspace=smpte170m"]),
    "turned": ("mp4", [*X264, "-vf", BT709]),
    "interlaced": ("mkv", [*X264, "-vf", f"{BT709},tinterlace=interleave_top", *INTERLACED]),
    "size": ("mp4", [*X264, "-vf", f"{BT709},scale=342:192"]),
    "standard one": ("mp4", [*X264, "-vf", BT709, "-r", "23"]),
    "starts late": ("mp4", [*X264, "-vf", f"{BT709},setpts=PTS+0.7/TB", "-c:a", "aac"]),
    "held or cut": ("mp4", [*X264, "-vf", f"{BT709},trim=end=3", "-c:a", "aac"]),
    "at level 5": ("mp4", [*X264, "-vf", BT709, "-level", "5.0"]),
    "missing or twice": ("mp4", [*X264, "-vf", f"{BT709},select=not(eq(n\\,20))"]),
}


@pytest.mark.parametrize("reason", UNFIT)
def test_a_source_that_must_be_mended_is_not_copied(film: Film, reason: str) -> None:
    ending, codecs = UNFIT[reason]
    sound = tone(4) if "-c:a" in codecs else []
    source = film(f"unfit.{ending}", *moving(4, size="320x180"), *sound, *codecs, *ON_GRID)
    if reason == "turned":
        source = film("turned.mp4", "-display_rotation", "90", "-i", source, "-c", "copy")
    plan = plan_file(source, source_sha256="0" * 64, options=Options(copy_top=True)).plan
    assert not any(part.copied for part in plan.passes)
    assert reason in next(told.en for told in plan.reasons if told.about == "copy")


def test_hevc_is_an_extra_ladder_with_a_playlist_of_its_own(
    film: Film, tmp_path: Path, ffmpeg: str
) -> None:
    source = film("hevc.mp4", *moving(5, size="426x240"), *tone(5), *X264, "-c:a", "aac")
    report = package_file(source, tmp_path / "out", options=Options(hevc=True))
    plain = (tmp_path / "out" / "multivariant.m3u8").read_text()
    assert "hevc" not in plain
    assert "hvc1" not in plain
    extra = (tmp_path / "out" / "hevc.m3u8").read_text()
    assert 'CODECS="hvc1.1.6.L' in extra
    shown = decode(ffmpeg, tmp_path / "out" / "hevc-240p" / "media.m3u8")
    assert len(shown) == report.plan.total_frames
    assert [rung["name"] for rung in report.contents["hevc"]] == ["hevc-240p"]
    assert verify(tmp_path / "out").passed
