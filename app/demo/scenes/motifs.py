"""What several scenes share: the stage itself, sky, hills, swaying and growing."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.demo.shapes import Shape, circle, ellipse, polygon, star, under

WIDTH, HEIGHT = 1280, 720


def nothing() -> list[Shape]:
    return []


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture that moves."""

    sky: tuple[str, str]  # colours at the top and at the bottom
    still: Callable[[], list[Shape]]  # drawn once, behind everything
    moving: Callable[[float], list[Shape]]  # the shapes at a second of the film
    kept: Callable[[], list[Shape]] = nothing  # shapes that come and stay, with their times
    # Animated on twos, as cartoons are: half the work, and grass in the wind still looks alive.
    hold_frames: int = 2


def each(paths: Iterable[str], color: str, opacity: float = 1.0) -> list[Shape]:
    """One shape for every path.

    Small things far apart must not share a shape: FFmpeg blends the whole rectangle around it.
    """
    return [Shape(path=path, color=color, opacity=opacity) for path in paths]


def sway(t: float, period_s: float, phase: float = 0.0) -> float:
    """A swing between -1 and 1."""
    return math.sin(math.tau * t / period_s + phase)


def grown(t: float, start_s: float, length_s: float) -> float:
    """From 0 to 1, starting and ending gently."""
    part = min(max((t - start_s) / length_s, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def scattered(seed: int) -> float:
    """A number in [0, 1) that looks random and is always the same for a seed."""
    return math.fmod(abs(math.sin(seed * 12.9898)) * 43758.5453, 1.0)


def sun(x: float, y: float, radius: float, t: float = 0.0, color: str = "#ffe9a8") -> list[Shape]:
    """A sun with a soft glow and slowly turning rays."""
    return [
        Shape(path=circle(x, y, radius * 1.7), color=color, opacity=0.22),
        Shape(path=star((x, y), radius * 2.1, 14, 0.62, t * 0.15), color=color, opacity=0.25),
        Shape(path=circle(x, y, radius), color=color),
    ]


def cloud(x: float, y: float, size: float, opacity: float = 0.75) -> Shape:
    puffs = ((-1.1, 0.15, 0.55), (-0.4, -0.15, 0.75), (0.4, 0.0, 0.65), (1.1, 0.2, 0.45))
    path = "".join(circle(x + dx * size, y + dy * size, r * size) for dx, dy, r in puffs)
    path += ellipse(x, y + size * 0.45, size * 1.7, size * 0.32)
    return Shape(path=path, color="#ffffff", opacity=opacity)


def ridge(level: float, height: float, color: str, seed: float, opacity: float = 1.0) -> Shape:
    """A range of karst hills across the whole picture: round cones, as around Xingyi."""

    def line(x: float) -> float:
        cone = math.pow(abs(math.sin(x / 96 + seed)), 0.8) * (
            0.6 + 0.4 * math.sin(x / 53 + seed * 3)
        )
        return level - height * cone

    return Shape(path=under(line, 0, WIDTH, HEIGHT), color=color, opacity=opacity)


def slope(level: float, height: float, wave_px: float, color: str, phase: float = 0.0) -> Shape:
    """A soft hill across the whole picture."""
    return Shape(
        path=under(lambda x: level - height * math.sin(x / wave_px + phase), 0, WIDTH, HEIGHT),
        color=color,
    )


def bird(x: float, y: float, size: float, t: float, color: str = "#ffffff") -> Shape:
    """A bird on the wing."""
    lift = size * 0.5 * sway(t, 0.8, x / 90)
    wings = [(-size, -lift), (-size * 0.4, -lift * 0.7 - size * 0.08), (0, 0)]
    wings += [(size * 0.4, -lift * 0.7 - size * 0.08), (size, -lift), (0, size * 0.2)]
    return Shape(path=polygon((x + dx, y + dy) for dx, dy in wings), color=color)
