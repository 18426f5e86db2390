"""Rate against quality, rung by rung: kept between runs, shown as table and as chart."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# Width, height and margins of a panel, one panel a kind.
PANEL_PX, HEIGHT_PX, LEFT_PX, TOP_PX, BOTTOM_PX = 330, 360, 46, 34, 58
COLOURS = {"Nongke": "#1b7f4c", "PeerTube": "#d9822b", "MediaCMS": "#5b6ee1"}
VMAF_TICKS = (20, 40, 60, 80, 100)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A rung. bps: of the picture alone. vmaf, p5: None where they were not measured."""

    height_px: int
    bps: float
    vmaf: float | None
    p5: float | None


Lines = Mapping[str, Sequence[Point]]


def keep_curves(folder: Path, kind: str, lines: Lines) -> None:
    plain = {name: [asdict(point) for point in points] for name, points in lines.items()}
    _file(folder, kind).write_text(json.dumps(plain, indent=1), encoding="utf-8")


def kept_curves(folder: Path, kinds: Sequence[str]) -> dict[str, Lines]:
    """The lines of each kind that has been measured."""
    return {
        kind: {
            name: [Point(**point) for point in points]
            for name, points in json.loads(_file(folder, kind).read_text("utf-8")).items()
        }
        for kind in kinds
        if _file(folder, kind).exists()
    }


def _file(folder: Path, kind: str) -> Path:
    return folder / f"curves-{kind}.json"


def curve_rows(curves: Mapping[str, Lines]) -> list[list[str]]:
    """Kind, whose, and each rung with its rate and quality."""
    return [
        [kind, name, "; ".join(_told(point) for point in points)]
        for kind, lines in curves.items()
        for name, points in lines.items()
    ]


def _told(point: Point) -> str:
    quality = "" if point.vmaf is None else f", {point.vmaf:.1f}"
    return f"{point.height_px}: {point.bps / 1000:.0f}{quality}"


def chart(curves: Mapping[str, Lines]) -> str:
    """An SVG: bit rate on a logarithmic axis, VMAF upwards, a panel for each kind."""
    width = PANEL_PX * len(curves)
    panels = "".join(
        f'<g transform="translate({PANEL_PX * i} 0)">{"".join(_panel(kind, lines))}</g>'
        for i, (kind, lines) in enumerate(curves.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT_PX}" '
        f'font-family="sans-serif" font-size="11"><rect width="{width}" height="{HEIGHT_PX}" '
        f'fill="#fff"/>{panels}{"".join(_legend())}</svg>\n'
    )


def _panel(kind: str, lines: Lines) -> Iterator[str]:
    rates = [point.bps for points in lines.values() for point in points]
    scale = _Scale(low_bps=min(rates) / 1.2, high_bps=max(rates) * 1.2)
    yield _text(LEFT_PX, 20, kind, size=14)
    for vmaf in VMAF_TICKS:
        y = scale.y(vmaf)
        yield _line([(LEFT_PX, y), (PANEL_PX - 10, y)], "#ddd")
        yield _text(LEFT_PX - 6, y + 4, str(vmaf), anchor="end")
    for bps in scale.ticks():
        x = scale.x(bps)
        yield _line([(x, TOP_PX), (x, HEIGHT_PX - BOTTOM_PX)], "#eee")
        yield _text(x, HEIGHT_PX - BOTTOM_PX + 16, _rate(bps), anchor="middle")
    for name, points in lines.items():
        places = [(scale.x(p.bps), scale.y(p.vmaf)) for p in points if p.vmaf is not None]
        yield _line(places, COLOURS[name], 2)
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>'


@dataclass(frozen=True, kw_only=True)
class _Scale:
    low_bps: float
    high_bps: float

    def x(self, bps: float) -> float:
        share = math.log(bps / self.low_bps) / math.log(self.high_bps / self.low_bps)
        return LEFT_PX + share * (PANEL_PX - 10 - LEFT_PX)

    def y(self, vmaf: float) -> float:
        lowest, highest = VMAF_TICKS[0], VMAF_TICKS[-1]
        share = (max(vmaf, lowest) - lowest) / (highest - lowest)
        return HEIGHT_PX - BOTTOM_PX - share * (HEIGHT_PX - BOTTOM_PX - TOP_PX)

    def ticks(self) -> list[float]:
        steps = [digit * 10.0**power for power in range(3, 8) for digit in (1, 2, 5)]
        return [bps for bps in steps if self.low_bps <= bps <= self.high_bps]


def _legend() -> Iterator[str]:
    for i, (name, colour) in enumerate(COLOURS.items()):
        x = LEFT_PX + 110 * i
        yield _line([(x, HEIGHT_PX - 16), (x + 22, HEIGHT_PX - 16)], colour, 3)
        yield _text(x + 28, HEIGHT_PX - 12, name)
    yield _text(LEFT_PX + 350, HEIGHT_PX - 12, "VMAF (mean, at 1080 lines) over bit/s of a rung")


def _rate(bps: float) -> str:
    return f"{bps / 1e6:g} M" if bps >= 1e6 else f"{bps / 1e3:g} k"


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 11) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="#333">{words}</text>'


def _line(places: Sequence[tuple[float, float]], colour: str, width: int = 1) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
