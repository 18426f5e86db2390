"""Scenes of fields, tea hills, sheds and orchards."""

import math
from functools import partial

from app.demo.scenes.motifs import (
    HEIGHT,
    WIDTH,
    Scene,
    bird,
    cloud,
    each,
    grown,
    ridge,
    scattered,
    slope,
    sun,
    sway,
)
from app.demo.shapes import (
    Shape,
    band,
    circle,
    ellipse,
    leaf,
    place,
    polygon,
    rectangle,
    star,
    stroke,
    under,
)


def _terrace_line(step: int, x: float) -> float:
    return 330 + step * 52 + 26 * math.sin(x / 170 + step * 0.9) + 10 * math.sin(x / 61 + step)


def _terraces_still() -> list[Shape]:
    shapes = [ridge(330, 130, "#7f9fb0", 0.4), ridge(360, 90, "#5f8f86", 1.7)]
    for step in range(8):
        line = partial(_terrace_line, step)
        green = ("#3f8f4a", "#4c9c50", "#357f43")[step % 3]
        water = ("#cfe6ea", "#b9dbe6", "#dcebdc")[step % 3]
        shapes.append(Shape(path=under(line, 0, WIDTH, HEIGHT), color=green))
        shapes.append(Shape(path=band(line, 0, WIDTH, 24 + step, drop=14), color=water))
    return shapes


def _terraces(t: float) -> list[Shape]:
    shapes = sun(960, 250 - 9 * t, 58, t)
    shapes += [cloud((x + 16 * t) % 1500 - 110, y, 46) for x, y in ((120, 130), (620, 90))]
    for k in range(26):
        step = k % 8
        x = (scattered(k) * 1400 + (18 + 4 * step) * t) % 1400 - 60
        y = _terrace_line(step, x) + 24 + step / 2
        shapes.append(Shape(path=ellipse(x, y, 22, 2.2), color="#ffffff", opacity=0.7))
    shapes += [
        bird((k * 70 + 95 * t) % 1500 - 80, 210 + k * 22 + 12 * sway(t, 3, k), 24, t)
        for k in range(4)
    ]
    rice = ""
    for k in range(33):
        x = k * 40 + 8 * scattered(k)
        for lean in (-0.35, 0.0, 0.35):
            turn = -math.pi / 2 + lean + 0.14 * sway(t, 2.4, k * 0.35)
            rice += leaf((x, 724), 92 + 26 * scattered(k + 9), 13, turn)
    return [*shapes, Shape(path=rice, color="#8fc14a")]


def _tea_still() -> list[Shape]:
    shapes = [ridge(300, 120, "#a9c7c4", 2.2), ridge(340, 80, "#82b19c", 0.3)]
    shapes.append(slope(380, 40, 190, "#3f8a4d", 0.6))
    for row in range(9):
        y = 372 + row * row * 3.4 + row * 15
        size = 11 + row * 3.6
        bushes = "".join(
            ellipse(x, y - 34 * math.sin(x / 190 + 0.6) * (1 - row / 11), size * 1.5, size)
            for x in range(-20, WIDTH + 60, int(size * 2.1))
        )
        shapes.append(Shape(path=bushes, color=("#2f7a3e", "#4a9c48")[row % 2]))
    return shapes


def _tea(t: float) -> list[Shape]:
    shapes = sun(230, 170, 46, t, "#fff3c9")
    for k in range(3):
        x = (k * 520 + 34 * t) % 1800 - 260
        shapes.append(Shape(path=ellipse(x, 318 + k * 34, 270, 17), color="#ffffff", opacity=0.45))
    for k, x in enumerate((150, 420, 860, 1120)):
        shapes += _tea_shoot(x, 730, 0.55 + 0.45 * grown(t, k * 1.5, 5), 0.1 * sway(t, 3, k))
    return shapes


def _tea_shoot(x: float, y: float, size: float, lean: float) -> list[Shape]:
    """One bud and two leaves, the picking standard of spring tea."""
    up = -math.pi / 2 + lean
    top = place((250 * size, 0), (x, y), up)
    middle = place((150 * size, 0), (x, y), up)
    return [
        Shape(path=stroke([(x, y), middle, top], 12 * size, 5 * size), color="#6aa636"),
        Shape(path=leaf(middle, 170 * size, 52 * size, up - 0.95), color="#57a63c"),
        Shape(path=leaf(middle, 165 * size, 50 * size, up + 0.9), color="#6fb944"),
        Shape(path=leaf(top, 118 * size, 34 * size, up - 0.42), color="#86c94f"),
        Shape(path=leaf(top, 122 * size, 26 * size, up + 0.16), color="#b5e069"),
    ]


def _chili(x: float, y: float, length: float, turn: float) -> str:
    return leaf((x, y), length, length * 0.24, turn)


def _chilies_still() -> list[Shape]:
    shapes = [Shape(path=rectangle(0, 0, WIDTH, 92), color="#6b3f22")]
    shapes.append(Shape(path=rectangle(0, 84, WIDTH, 14), color="#4c2b16"))
    for x in range(40, WIDTH, 200):
        shapes.append(Shape(path=rectangle(x, 98, 26, 622), color="#8a552e", opacity=0.35))
    for x in (250, 660, 1070):
        shapes.append(Shape(path=ellipse(x, 640, 226, 84), color="#8a6a2c"))
        shapes.append(Shape(path=ellipse(x, 630, 214, 74), color="#d9b65c"))
        pile = "".join(
            _chili(
                x + 170 * math.cos(k * 2.4) * math.sqrt(k / 60),
                625 + 48 * math.sin(k * 2.4) * math.sqrt(k / 60),
                42,
                scattered(k) * math.tau,
            )
            for k in range(60)
        )
        shapes.append(Shape(path=pile, color="#c81e1e"))
    return shapes


def _chilies(t: float) -> list[Shape]:
    shapes: list[Shape] = []
    for k in range(11):
        shapes += _chili_string(k * 120 + 44, 0.07 * sway(t, 2.6, k * 0.6))
    for k in range(9):
        fall = (t * 0.55 + scattered(k)) % 1.0
        x = (250, 660, 1070)[k % 3] + 120 * (scattered(k + 30) - 0.5)
        pod = _chili(x, 430 + 190 * fall * fall, 52, t * 3 + k)
        shapes.append(Shape(path=pod, color="#ef3b2c", opacity=1 - fall**6))
    return shapes


def _chili_string(x: float, lean: float) -> list[Shape]:
    knots = [place((0, 26 + row * 38), (x, 96), lean * (1 + row / 8)) for row in range(8)]
    bright = "".join(
        _chili(*knot, 64, math.pi / 2 - side * turn + lean)
        for knot in knots
        for side, turn in ((-1, 0.95), (1, 0.95))
    )
    dark = "".join(_chili(*knot, 62, math.pi / 2 + lean) for knot in knots)
    stalks = "".join(circle(*knot, 8) for knot in knots)
    return [
        Shape(path=bright, color="#e02a20"),
        Shape(path=dark, color="#b3161b"),
        Shape(path=stalks, color="#5e8f2f"),
    ]


def _shed_still() -> list[Shape]:
    shapes = [
        Shape(path=circle(640, 640, 760 - k * 60), color=color, opacity=0.5)
        for k, color in enumerate(("#6f8f7f", "#5c7f70", "#4a6d60", "#3b5b50"))
    ]
    for shelf in range(3):
        y = 330 + shelf * 130
        shapes.append(Shape(path=rectangle(60, y + 66, 1160, 12), color="#3a2a1d"))
        logs = "".join(ellipse(x, y + 38, 46, 30) for x in range(120, 1200, 104))
        shapes.append(Shape(path=logs, color="#8a6746"))
        ends = "".join(ellipse(x + 30, y + 38, 12, 27) for x in range(120, 1200, 104))
        shapes.append(Shape(path=ends, color="#c9a77c"))
    return shapes


def _shed(t: float) -> list[Shape]:
    shapes: list[Shape] = []
    for k in range(33):
        size = 38 * grown(t, 0.4 + 6 * scattered(k), 4.0) * (0.7 + 0.5 * scattered(k + 50))
        if size > 1:
            x = 120 + (k % 11) * 104 + 20 * (scattered(k + 7) - 0.5)
            shapes += _mushroom(x, 349 + (k // 11) * 130, size)
    mist = (
        circle(scattered(k) * WIDTH + 14 * sway(t, 4, k), (k * 53 + 70 * t) % HEIGHT, 3.2)
        for k in range(44)
    )
    return shapes + each(mist, "#e6fbff", 0.5)


def _mushroom(x: float, y: float, size: float) -> list[Shape]:
    top = y - size * 1.1
    arch = [(math.cos(-a / 12 * math.pi), math.sin(-a / 12 * math.pi)) for a in range(12, -1, -1)]
    return [
        Shape(path=stroke([(x, y), (x, top)], size * 0.5, size * 0.36), color="#f3e3c8"),
        Shape(path=ellipse(x, top + size * 0.08, size * 0.95, size * 0.24), color="#d8bd95"),
        Shape(path=polygon((x + size * c, top + size * 0.8 * s) for c, s in arch), color="#a8642f"),
    ]


_TREES = ((170, 1.0), (470, 1.15), (800, 1.05), (1110, 1.2))
_CROWN = ((0, -150, 96), (-80, -110, 74), (80, -110, 74), (-40, -190, 66), (44, -186, 66))


def _orchard_still() -> list[Shape]:
    shapes = [ridge(380, 120, "#a8cfc0", 1.1), slope(430, 30, 240, "#8cbf6a")]
    shapes.append(slope(540, 26, 300, "#6fae52", 1.4))
    for x, size in _TREES:
        trunk = stroke([(x, 640), (x + 6, 560), (x, 480)], 40 * size, 22 * size)
        shapes.append(Shape(path=trunk, color="#7a5233"))
    return shapes


def _orchard(t: float) -> list[Shape]:
    shapes = [*sun(920, 110, 46, t), cloud((420 + 20 * t) % 1500 - 100, 150, 44)]
    for x, size in _TREES:
        shapes += _tree(x + 7 * sway(t, 3.2, x), size, t)
    petals = (
        ellipse(
            (scattered(k) * 1500 + 40 * t + 30 * sway(t, 2, k)) % 1400 - 60,
            (scattered(k + 3) * 720 + 90 * t) % 720,
            8,
            4,
            t * 2 + k,
        )
        for k in range(26)
    )
    return shapes + each(petals, "#fff0f5", 0.85 * (1 - grown(t, 6, 3)))


def _tree(x: float, size: float, t: float) -> list[Shape]:
    """Blossom, then green fruit, then ripe fruit."""
    crown = "".join(circle(x + dx * size, 640 + (dy - 40) * size, r * size) for dx, dy, r in _CROWN)
    # The golden angle spreads the fruit evenly over the crown.
    spots = [
        place((26 * size * math.sqrt(k + 0.5), 0), (x, 640 - 175 * size), k * 2.4 + x / 400)
        for k in range(17)
    ]
    fruit = "".join(circle(*at, 2 + 13 * size * grown(t, 4, 4)) for at in spots)
    blossom = "".join(star(at, 14 * size, 5, 0.5, t + at[0]) for at in spots)
    return [
        Shape(path=crown, color="#4f9a45"),
        Shape(path=blossom, color="#ffe3ee", opacity=1 - grown(t, 3, 2)),
        Shape(path=fruit, color="#b9d04a", opacity=grown(t, 3.6, 1.5)),
        Shape(path=fruit, color="#f59a1e", opacity=grown(t, 7, 3)),
    ]


FIELDS = {
    "terraces": Scene(sky=("#f2b27a", "#fbe6c0"), still=_terraces_still, moving=_terraces),
    "tea-hills": Scene(sky=("#8fc3d9", "#eaf5e6"), still=_tea_still, moving=_tea),
    "chilies": Scene(sky=("#f6dca8", "#e2b878"), still=_chilies_still, moving=_chilies),
    "mushroom-shed": Scene(sky=("#24443c", "#14261f"), still=_shed_still, moving=_shed),
    "orchard": Scene(sky=("#8ccbe8", "#f4f3d8"), still=_orchard_still, moving=_orchard),
}
