"""The ladder that is fitted to the title against PeerTube's: bits of all rungs, quality on top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import explore, ours, peers, vmaf
from tests.bench.bench import Bench
from tests.bench.curves import Point, keep_curves
from tests.bench.table import Figure

GOALS = {"slides": 0.5, "talk": 0.75, "field": 0.95}
MEAN_MAY_FALL, P5_MAY_FALL = 0.3, 1.0
# Lower rungs, which only the chart shows, are compared on every n-th frame.
CHART_STEP = 7


def figures(bench: Bench) -> Iterator[Figure]:
    for kind in bench.kinds:
        yield from _compared(bench, kind)


def _compared(bench: Bench, kind: str) -> Iterator[Figure]:
    source = bench.source(kind)
    with bench.scratch() as scratch:
        _, package, report = ours.package(source, scratch)
        peers.peertube(source, scratch, heights_px=peers.PEERTUBE_HEIGHTS_PX)
        lines = {
            "Nongke": _line(_own(package, report), source, bench),
            "PeerTube": _line(_peertube(scratch), source, bench),
        }
        yield _figure(kind, lines, _bytes(package), _bytes(*(r.file for r in _peertube(scratch))))
        if bench.curves:
            peers.mediacms(source, scratch)
            lines["MediaCMS"] = _line(_mediacms(scratch), source, bench)
            keep_curves(bench.results, kind, lines)


@dataclass(frozen=True, kw_only=True)
class _Rendition:
    """slower: it has every n-th frame only."""

    height_px: int
    file: Path
    slower: int = 1


def _own(package: Path, report: dict[str, Any]) -> list[_Rendition]:
    """The largest first."""
    return [
        _Rendition(
            height_px=rung["height_px"],
            file=package / rung["name"] / "media.m3u8",
            slower=round(peers.FPS / rung["fps"]),
        )
        for rung in sorted(report["rungs"], key=lambda rung: -rung["height_px"])
    ]


def _peertube(folder: Path) -> list[_Rendition]:
    return [
        _Rendition(height_px=height_px, file=peers.peertube_file(folder, height_px))
        for height_px in peers.PEERTUBE_HEIGHTS_PX
    ]


def _mediacms(folder: Path) -> list[_Rendition]:
    return [
        _Rendition(height_px=height_px, file=peers.mediacms_file(folder, height_px))
        for height_px in peers.HEIGHTS_PX
    ]


def _line(renditions: Sequence[_Rendition], source: Path, bench: Bench) -> list[Point]:
    """Rate and quality of each rung; without curves the quality of the first alone."""
    top, *lower = renditions
    points = [_point(top, bench, vmaf.quality(top.file, source))]
    for rendition in lower:
        # A step that is prime to the groups of pictures, so that every place in one is seen.
        quality = _lower_quality(rendition, source) if bench.curves else None
        points.append(_point(rendition, bench, quality))
    return points


def _lower_quality(rendition: _Rendition, source: Path) -> vmaf.Quality:
    late = vmaf.late_frames(rendition.file, source) if rendition.slower == 1 else 0
    return vmaf.quality(rendition.file, source, step=CHART_STEP, slower=rendition.slower, late=late)


def _point(rendition: _Rendition, bench: Bench, quality: vmaf.Quality | None) -> Point:
    return Point(
        height_px=rendition.height_px,
        bps=explore.video_bits(rendition.file) / bench.length_s,
        vmaf=quality.mean if quality else None,
        p5=quality.p5 if quality else None,
    )


def _figure(
    kind: str, lines: Mapping[str, Sequence[Point]], own_bytes: int, their_bytes: int
) -> Figure:
    own, theirs = lines["Nongke"], lines["PeerTube"]
    ratio = sum(point.bps for point in own) / sum(point.bps for point in theirs)
    top, other = own[0], theirs[0]
    assert top.vmaf and other.vmaf and top.p5 and other.p5
    as_good = top.vmaf >= other.vmaf - MEAN_MAY_FALL and top.p5 >= other.p5 - P5_MAY_FALL
    return Figure(
        measure=f"fitted ladder's bits against PeerTube's ({kind})",
        goal=GOALS[kind],
        measured=ratio,
        reached=ratio <= GOALS[kind] and as_good,
        detail=f"top rung's VMAF {top.vmaf:.1f}, 5th percentile {top.p5:.1f} against "
        f"{other.vmaf:.1f}, {other.p5:.1f}; kbit/s {_rates(own)} against {_rates(theirs)}; "
        f"with sound and packaging {own_bytes / their_bytes:.2f} ×",
    )


def _rates(points: Sequence[Point]) -> str:
    return " ".join(f"{point.height_px}:{point.bps / 1000:.0f}" for point in points)


def _bytes(*places: Path) -> int:
    """Of files, and of all files in folders."""
    files = [file for place in places for file in (place, *place.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file())
