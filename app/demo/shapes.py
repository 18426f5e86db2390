"""Drawing for the demonstration films: shapes as paths, frames as subtitle drawings.

FFmpeg's ass filter (libass) fills vector paths quickly and with soft edges, so a film is
a script in Advanced SubStation format. A shape without times is drawn once a frame by its
scene, like a cartoon cel. Coordinates are pixels of the design canvas, y downwards.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

FRAMES_PER_S = 25
# A quarter of the circle as one cubic curve.
_ARC = 0.5523


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A filled path."""

    path: str
    color: str  # "#rrggbb"
    opacity: float = 1.0
    blur_px: float = 0.0
    start_s: float | None = None  # with end_s: shown for that time; without: for its frame
    end_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Caption:
    """A line of text from start_s to end_s; anchor as on a numeric keypad (7: top left)."""

    text: str
    at: Point
    size_px: int
    start_s: float
    end_s: float
    color: str = "#ffffff"
    anchor: int = 7
    outline_px: float = 0.0
    fade_ms: int = 0


def polygon(points: Iterable[Point]) -> str:
    """A closed path along the points."""
    first, *rest = (_xy(point) for point in points)
    return f"m {first} l {' '.join(rest)} "


def rectangle(x: float, y: float, width: float, height: float) -> str:
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def pill(x: float, y: float, width: float, height: float) -> str:
    """A bar with round ends."""
    radius = height / 2
    return (
        rectangle(x + radius, y, width - height, height)
        + circle(x + radius, y + radius, radius)
        + circle(x + width - radius, y + radius, radius)
    )


def ellipse(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> str:
    """An ellipse, turned by ``turn`` radians about its centre."""
    k = _ARC
    unit = [(1, 0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0)]
    unit += [(-1, -k), (-k, -1), (0, -1), (k, -1), (1, -k), (1, 0)]
    first, *rest = (_xy(place((x * rx, y * ry), (cx, cy), turn)) for x, y in unit)
    return f"m {first} b {' '.join(rest)} "


def circle(cx: float, cy: float, radius: float) -> str:
    return ellipse(cx, cy, radius, radius)


def stroke(points: Sequence[Point], width: float, end_width: float | None = None) -> str:
    """A line of the given width along the points, tapering to end_width."""
    last = len(points) - 1
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        ax, ay = points[max(i - 1, 0)]
        bx, by = points[min(i + 1, last)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = (width + ((end_width if end_width is not None else width) - width) * i / last) / 2
        nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    # Clockwise like every other shape: overlaps of one direction fill, of two cut holes.
    return polygon(right + left[::-1])


def leaf(base: Point, length: float, width: float, turn: float) -> str:
    """A pointed leaf from its base; turn 0 points right, -pi/2 up."""
    ends = [(0.0, 0.0), (0.3, -0.62), (0.75, -0.4), (1.0, 0.0)]
    back = [(0.75, 0.4), (0.3, 0.62), (0.0, 0.0)]
    first, *rest = (_xy(place((x * length, y * width), base, turn)) for x, y in ends + back)
    return f"m {first} b {' '.join(rest)} "


def under(curve: Callable[[float], float], left: float, right: float, floor: float) -> str:
    """The ground below a curve, from left to right, down to the floor."""
    steps = 48
    xs = [left + (right - left) * i / steps for i in range(steps + 1)]
    return polygon([*((x, curve(x)) for x in xs), (right, floor), (left, floor)])


def band(
    curve: Callable[[float], float], left: float, right: float, thick: float, *, drop: float = 0
) -> str:
    """A ribbon of even height along a curve, ``drop`` below it."""
    steps = 40
    xs = [left + (right - left) * i / steps for i in range(steps + 1)]
    upper = [(x, curve(x) + drop) for x in xs]
    return polygon(upper + [(x, y + thick) for x, y in upper[::-1]])


def gear(centre: Point, radius: float, teeth: int, turn: float) -> str:
    """A toothed wheel with a hole."""
    outline: list[Point] = []
    for tooth in range(teeth):
        for part, reach in ((-0.28, 1.0), (-0.17, 1.13), (0.17, 1.13), (0.28, 1.0)):
            angle = turn + (tooth + part) * math.tau / teeth
            outline.append(place((radius * reach, 0), centre, angle))
    # The hole runs the other way round: the fill rule is non-zero winding.
    hole = [place((radius * 0.28, 0), centre, -i * math.tau / 24) for i in range(24)]
    return polygon(outline) + polygon(hole)


def star(centre: Point, radius: float, points: int, inner: float, turn: float = 0.0) -> str:
    """A star; inner is the waist as a part of the radius."""
    step = math.pi / points
    return polygon(
        place((radius * (inner if i % 2 else 1.0), 0), centre, turn + i * step)
        for i in range(points * 2)
    )


def spiral(centre: Point, radius: float, turns: float, width: float, turn: float = 0.0) -> str:
    """A line that winds outwards."""
    steps = int(turns * 14)
    track = [
        place((radius * (i + 1) / steps, 0), centre, turn + math.tau * turns * i / steps)
        for i in range(steps)
    ]
    return stroke(track, width)


def place(point: Point, at: Point, turn: float) -> Point:
    """The point turned about the origin and moved to ``at``."""
    cos, sin = math.cos(turn), math.sin(turn)
    return at[0] + point[0] * cos - point[1] * sin, at[1] + point[0] * sin + point[1] * cos


def script(canvas: tuple[int, int], lines: Iterable[str]) -> str:
    """A whole subtitle script."""
    head = (
        "[Script Info]\nScriptType: v4.00+\nScaledBorderAndShadow: yes\nWrapStyle: 2\n"
        f"PlayResX: {canvas[0]}\nPlayResY: {canvas[1]}\n\n"
        "[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
        "Style: D,Noto Sans CJK TC,40\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
    )
    return head + "\n".join(lines) + "\n"


def drawn(shape: Shape, *, layer: int, start_s: float, end_s: float) -> str:
    """The script line of a shape."""
    start = start_s if shape.start_s is None else shape.start_s
    end = end_s if shape.end_s is None else shape.end_s
    tags = f"\\an7\\pos(0,0)\\bord0\\shad0\\1c{_color(shape.color)}"
    if shape.opacity < 1:
        tags += f"\\1a&H{round(255 * (1 - max(shape.opacity, 0))):02X}&"
    if shape.blur_px:
        tags += f"\\blur{shape.blur_px:g}"
    return _line(layer, start, end, f"{{{tags}\\p4}}{shape.path}")


def written(caption: Caption, *, layer: int) -> str:
    """The script line of a caption."""
    x, y = caption.at
    tags = (
        f"\\an{caption.anchor}\\pos({x:g},{y:g})\\fs{caption.size_px}\\shad0"
        f"\\1c{_color(caption.color)}\\bord{caption.outline_px:g}\\3c&H201810&"
    )
    if caption.fade_ms:
        tags += f"\\fad({caption.fade_ms},{caption.fade_ms})"
    return _line(layer, caption.start_s, caption.end_s, f"{{{tags}}}{caption.text}")


def _line(layer: int, start_s: float, end_s: float, text: str) -> str:
    return f"Dialogue: {layer},{_clock(start_s)},{_clock(end_s)},D,{text}"


def _clock(at_s: float) -> str:
    # Hundredths of a second: at 25 frames a second every frame starts on one.
    hundredths = round(at_s * 100)
    return f"0:{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _color(rgb: str) -> str:
    return f"&H{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}&"


def _xy(point: Point) -> str:
    # Drawing mode 4 counts in eighths of a pixel: slow movements stay smooth.
    return f"{round(point[0] * 8)} {round(point[1] * 8)}"
