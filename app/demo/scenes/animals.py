"""Scenes of goats on the hill and fish in the paddy."""

import math

from app.demo.scenes.motifs import (
    WIDTH,
    Scene,
    cloud,
    ridge,
    scattered,
    slope,
    sun,
    sway,
)
from app.demo.shapes import (
    Shape,
    circle,
    ellipse,
    leaf,
    place,
    polygon,
    stroke,
    under,
)


def _pasture_still() -> list[Shape]:
    return [
        ridge(320, 120, "#93b9c9", 0.9),
        ridge(350, 70, "#79a58d", 2.4),
        slope(400, 46, 230, "#86b95a", 2.0),
        slope(490, 34, 310, "#6aa548", 0.2),
    ]


def _goat(x: float, y: float, size: float, t: float) -> list[Shape]:
    """A black goat walking to the right, now and then lowering its head to graze."""
    coat = "#26222a"
    nod = 0.5 + 0.5 * sway(t, 4.0, x / 300)
    neck = place((0.0, 0.0), (x + 44 * size, y - 66 * size), 0)
    head = (x + 82 * size, y - (96 - 70 * nod) * size)
    legs = ""
    for k, dx in enumerate((-40, -28, 30, 42)):
        step = 13 * size * sway(t, 0.9, k * math.pi / 2 * 3)
        legs += stroke(
            [(x + dx * size, y - 44 * size), (x + dx * size + step, y)], 11 * size, 7 * size
        )
    body = ellipse(x, y - 62 * size, 60 * size, 31 * size)
    body += stroke([neck, head], 30 * size, 20 * size)
    body += ellipse(head[0] + 12 * size, head[1], 24 * size, 13 * size, 0.45)
    body += leaf((x - 56 * size, y - 74 * size), 26 * size, 12 * size, -2.4)
    horn = [(head[0] - 4 * size, head[1] - 8 * size), (head[0] - 18 * size, head[1] - 30 * size)]
    horn.append((head[0] - 34 * size, head[1] - 34 * size))
    beard = leaf((head[0] + 22 * size, head[1] + 8 * size), 22 * size, 8 * size, 1.7)
    return [
        Shape(path=legs, color="#15131a"),
        Shape(path=body + beard, color=coat),
        Shape(path=stroke(horn, 8 * size, 2 * size), color="#d9cfb8"),
        Shape(path=circle(head[0] + 12 * size, head[1] - 4 * size, 2.6 * size), color="#ffd970"),
    ]


def _pasture(t: float) -> list[Shape]:
    shapes = sun(880, 130, 46, t)
    shapes += [cloud((x + 18 * t) % 1560 - 140, y, 50) for x, y in ((80, 120), (560, 190))]
    herd = ((60, 470, 0.62), (420, 490, 0.7), (-260, 580, 1.05), (250, 610, 1.25), (760, 590, 1.1))
    for x, y, size in herd:
        shapes += _goat((x + 46 * size * t + 200) % 1700 - 220, y, size, t)
    grass = ""
    for k in range(64):
        turn = -math.pi / 2 + 0.5 * (scattered(k) - 0.5) + 0.2 * sway(t, 2, k * 0.21)
        grass += leaf((k * 20.5, 726), 60 + 40 * scattered(k + 4), 8, turn)
    return [*shapes, Shape(path=grass, color="#4f8f37")]


def _fish_field_still() -> list[Shape]:
    shapes = [
        Shape(path=ellipse(640, 380, 700 - k * 130, 330 - k * 60), color="#7cc4c4", opacity=0.18)
        for k in range(4)
    ]
    bank = under(lambda x: 96 + 12 * math.sin(x / 70), 0, WIDTH, -10)
    return [*shapes, Shape(path=bank, color="#6a8f3c")]


def _carp(x: float, y: float, size: float, turn: float, beat: float) -> str:
    spine = [
        place((60 * size * (1 - i / 4), 12 * size * (i / 8) ** 2 * beat * 8), (x, y), turn)
        for i in range(9)
    ]
    tail = spine[-1]
    return (
        stroke(spine[:1] + spine[1:], 30 * size, 6 * size)
        + ellipse(spine[2][0], spine[2][1], 42 * size, 20 * size, turn)
        + leaf(tail, 34 * size, 20 * size, turn + math.pi - 0.5 + beat * 0.5)
        + leaf(tail, 34 * size, 20 * size, turn + math.pi + 0.5 + beat * 0.5)
    )


def _ripple(x: float, y: float, age: float) -> Shape:
    outer = ellipse(x, y, 14 + 90 * age, 7 + 44 * age)
    # The inner edge runs backwards and cuts the hole.
    inner = polygon(
        (x + (10 + 88 * age) * math.cos(-a / 4), y + (4 + 42 * age) * math.sin(-a / 4))
        for a in range(25)
    )
    return Shape(path=outer + inner, color="#e9ffff", opacity=0.55 * (1 - age))


def _fish_field(t: float) -> list[Shape]:
    shapes = [
        _ripple(
            120 + scattered(k + 11) * 1040,
            190 + scattered(k + 23) * 400,
            (t * 0.5 + scattered(k)) % 1.0,
        )
        for k in range(7)
    ]
    for k in range(9):
        a = t * (0.32 + 0.1 * scattered(k)) + k * 1.9
        rx, ry = 170 + 44 * k, 70 + 20 * k
        x, y = 640 + rx * math.cos(a), 390 + ry * math.sin(a)
        turn = math.atan2(ry * math.cos(a), -rx * math.sin(a))
        color = ("#3f5560", "#ef6a3a", "#f7a13d")[k % 3]
        shapes.append(Shape(path=_carp(x, y, 1.0 + 0.06 * k, turn, sway(t, 0.7, k)), color=color))
    near, far = "", ""
    for k in range(30):
        for lean in (-0.5, -0.2, 0.2, 0.5):
            turn = -math.pi / 2 + lean + 0.12 * sway(t, 2.2, k)
            near += leaf((k * 44 + 8, 716), 84, 9, turn)
            far += leaf((k * 44 + 8, 130), 84, 9, turn)
    return [*shapes, Shape(path=far, color="#8fbf45"), Shape(path=near, color="#a5cf52")]


ANIMALS = {
    "pasture": Scene(sky=("#6fb4e0", "#e4f2ee"), still=_pasture_still, moving=_pasture),
    "fish-field": Scene(sky=("#1f7f8c", "#0f5568"), still=_fish_field_still, moving=_fish_field),
}
