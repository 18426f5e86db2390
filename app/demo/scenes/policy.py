"""Scenes for policy lessons: clear figures, and the road home."""

import math

from app.demo.scenes.motifs import Scene, bird, cloud, each, grown, ridge, slope, sun, sway
from app.demo.shapes import (
    Shape,
    circle,
    ellipse,
    leaf,
    polygon,
    rectangle,
    star,
    stroke,
    under,
)

_BARS = (0.34, 0.46, 0.42, 0.6, 0.68, 0.82, 0.95)


def _charts_still() -> list[Shape]:
    shapes = [Shape(path=rectangle(64, 130, 1152, 450), color="#ffffff", opacity=0.10)]
    shapes += each((rectangle(210, y, 860, 2) for y in range(200, 540, 68)), "#ffffff", 0.35)
    shapes.append(Shape(path=rectangle(210, 540, 860, 5), color="#ffffff"))
    return shapes


def _charts(t: float) -> list[Shape]:
    shapes = []
    tops = []
    for k, part in enumerate(_BARS):
        high = 340 * part * grown(t, 0.3 + k * 0.8, 1.6)
        x = 240 + k * 120
        tops.append((x + 36.0, 540 - high - 34 - 6 * sway(t, 2, k)))
        color = ("#ffd166", "#ff9f5a", "#7ee0b0")[k % 3]
        shapes.append(Shape(path=rectangle(x, 540 - high, 72, high + 0.5), color=color))
        shapes.append(
            Shape(path=rectangle(x, 540 - high, 14, high + 0.5), color="#ffffff", opacity=0.3)
        )
    drawn = max(2, min(len(tops), 1 + int(grown(t, 3, 5) * len(tops))))
    shapes.append(Shape(path=stroke(tops[:drawn], 8), color="#ffffff"))
    shapes += each((circle(*top, 13) for top in tops[:drawn]), "#e4405f")
    shapes += _coins(t)
    return shapes


def _coins(t: float) -> list[Shape]:
    shapes = []
    for k in range(6):
        landed = grown(t, 1.5 + k * 1.3, 0.9)
        y = 150 + (400 - k * 18) * landed
        if landed <= 0:
            continue
        shapes.append(Shape(path=ellipse(1130, y + 6, 52, 16), color="#b37a17"))
        shapes.append(Shape(path=ellipse(1130, y, 52, 16), color="#ffd45a"))
        shapes.append(Shape(path=ellipse(1130, y, 34, 9), color="#f0b632"))
    sheet = [(96, 300), (186, 300), (186, 420), (96, 420)]
    shapes.append(Shape(path=polygon(sheet), color="#ffffff", opacity=0.95))
    for k in range(4):
        length = 62 * grown(t, 1 + k * 2.2, 1.2)
        if length > 1:
            shapes.append(Shape(path=rectangle(110, 322 + k * 22, length, 7), color="#6b9fd8"))
    if t > 8.6:
        size = 34 * grown(t, 8.6, 0.6)
        tick = [
            (176 - size * 0.5, 410),
            (176 - size * 0.1, 410 + size * 0.4),
            (176 + size, 410 - size),
        ]
        shapes.append(Shape(path=circle(184, 408, size), color="#2fae6a"))
        shapes.append(Shape(path=stroke([(x - 4, y) for x, y in tick], 9), color="#ffffff"))
    return shapes


def _road(part: float) -> tuple[float, float]:
    """The middle of the road: part 0 at the front edge, 1 at the village."""
    return 330 + 430 * part + 170 * math.sin(part * 5.4) * (1 - part), 730 - 300 * part**0.8


def _sunrise_still() -> list[Shape]:
    return [
        ridge(410, 130, "#b5748a", 0.7, 0.9),
        ridge(440, 80, "#8d6a86", 2.1),
        slope(450, 26, 250, "#6c9a5a", 0.8),
        Shape(path=under(lambda x: 520 + 18 * math.sin(x / 140), 0, 1280, 720), color="#5b8b4a"),
        Shape(path=stroke([_road(k / 30) for k in range(31)], 190, 14), color="#d8cbb5"),
        Shape(path=stroke([_road(k / 30) for k in range(31)], 10, 2), color="#ffffff"),
        *_village(),
    ]


def _village() -> list[Shape]:
    shapes = []
    for x, y, size in ((690, 424, 0.8), (790, 410, 1.0), (900, 424, 0.9), (1010, 446, 1.15)):
        wide, high = 74 * size, 56 * size
        roof = [(x - wide * 0.68, y - high), (x, y - high * 1.75), (x + wide * 0.68, y - high)]
        shapes.append(Shape(path=rectangle(x - wide / 2, y - high, wide, high), color="#efe3cc"))
        shapes.append(Shape(path=polygon(roof), color="#4a4656"))
        windows = rectangle(x - wide * 0.3, y - high * 0.72, wide * 0.2, high * 0.3)
        windows += rectangle(x + wide * 0.12, y - high * 0.72, wide * 0.2, high * 0.3)
        shapes.append(Shape(path=windows, color="#f6b94a"))
    return shapes


def _sunrise(t: float) -> list[Shape]:
    # The sun stands before the far range but low enough to look as if it rose from it.
    shapes = sun(400, 300 - 13 * t, 60, t, "#fff0b8")
    shapes += [cloud((x + 15 * t) % 1500 - 110, y, 42, 0.6) for x, y in ((700, 130), (1150, 180))]
    shapes += [
        bird(300 + 60 * t + k * 60, 230 - 6 * t + k * 18, 20, t, "#5b4a63") for k in range(3)
    ]
    part = 0.04 + 0.86 * grown(t, 0.2, 9.6)
    x, y = _road(part)
    shapes += _motorcycle(x + 20 * (1 - part), y, 1.35 - 1.1 * part, t)
    for k in range(7):
        size = grown(t, 2 + k * 1.1, 2.0)
        if size > 0.02:
            shapes += _sapling(860 + 62 * k, 560 + 22 * (k % 3) + 8 * k, size, t)
    return shapes


def _motorcycle(x: float, y: float, size: float, t: float) -> list[Shape]:
    shapes = []
    for dx in (-44, 44):
        shapes.append(Shape(path=circle(x + dx * size, y - 26 * size, 27 * size), color="#26262e"))
        hub = star((x + dx * size, y - 26 * size), 20 * size, 5, 0.35, t * 7)
        shapes.append(Shape(path=hub, color="#b9c0c8"))
    frame = [
        (x - 50 * size, y - 58 * size),
        (x + 18 * size, y - 50 * size),
        (x + 42 * size, y - 88 * size),
    ]
    shapes.append(Shape(path=stroke(frame, 24 * size, 12 * size), color="#d63b3b"))
    load = rectangle(x - 76 * size, y - 112 * size, 44 * size, 46 * size)
    shapes.append(Shape(path=load, color="#c98f4e"))
    back = [(x - 12 * size, y - 64 * size), (x - 2 * size, y - 118 * size)]
    shapes.append(Shape(path=stroke(back, 34 * size, 30 * size), color="#2f6fb5"))
    arm = [(x, y - 110 * size), (x + 40 * size, y - 88 * size)]
    shapes.append(Shape(path=stroke(arm, 13 * size, 10 * size), color="#2a5f9c"))
    shapes.append(Shape(path=circle(x + 2 * size, y - 140 * size, 19 * size), color="#f4c542"))
    return shapes


def _sapling(x: float, y: float, size: float, t: float) -> list[Shape]:
    lean = -math.pi / 2 + 0.08 * sway(t, 2.4, x)
    leaves = "".join(
        leaf((x, y - 52 * size * k), 60 * size, 20 * size, lean + side * (1.1 - 0.35 * k))
        for k in (0.4, 0.8, 1.2)
        for side in (-1, 1)
    )
    trunk = stroke([(x, y), (x, y - 80 * size)], 7 * size, 3 * size)
    return [Shape(path=trunk, color="#7a5233"), Shape(path=leaves, color="#a9d65c")]


POLICY = {
    "charts": Scene(sky=("#2a6fb8", "#174a85"), still=_charts_still, moving=_charts),
    "sunrise": Scene(sky=("#f7a072", "#fde0b4"), still=_sunrise_still, moving=_sunrise),
}
