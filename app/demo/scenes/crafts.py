"""Scenes of silver, reed pipes and clay."""

import math

from app.demo.scenes.motifs import Scene, each, grown, ridge, scattered, sway
from app.demo.shapes import (
    Shape,
    circle,
    ellipse,
    leaf,
    place,
    polygon,
    rectangle,
    star,
    stroke,
)


def _silver_still() -> list[Shape]:
    return [
        Shape(path=circle(640, 360, 420 - 70 * k), color="#6a5a8f", opacity=0.13) for k in range(5)
    ]


def _silver(t: float) -> list[Shape]:
    centre = (640.0, 205.0)
    shapes = []
    for ring, (radius, width, color) in enumerate(
        ((270, 34, "#b9c2cc"), (222, 26, "#dfe5ea"), (184, 20, "#aab4bf"))
    ):
        # A necklace hangs as a wide arc, open at the neck.
        span = 2.5 * grown(t, ring * 0.8, 2.4)
        arc = [place((radius, 0), centre, math.pi / 2 + span * (k / 20 - 1)) for k in range(41)]
        shapes.append(Shape(path=stroke(arc, width), color=color))
    shapes += _silver_pendants(centre, t)
    for k in range(26):
        at = place((246 if k % 2 else 203, 0), centre, math.pi / 2 + (k / 25 - 0.5) * 4.4)
        light = max(0.0, sway(t, 3.0, -k * 0.42)) ** 4
        shapes.append(Shape(path=circle(*at, 6), color="#7f8a96", opacity=grown(t, 2, 1)))
        if light > 0.05:
            path = star(at, 30 * light, 4, 0.18, t)
            shapes.append(Shape(path=path, color="#ffffff", opacity=grown(t, 2, 1)))
    return shapes


def _silver_pendants(centre: tuple[float, float], t: float) -> list[Shape]:
    shapes = []
    for k in range(13):
        turn = math.pi / 2 + (k / 12 - 0.5) * 2.5
        top = place((288, 0), centre, turn)
        lean = math.pi / 2 + 0.16 * sway(t, 1.5, k * 0.7)
        low = place((74, 0), top, lean)
        shown = grown(t, 3 + k * 0.18, 1.0)
        shapes.append(Shape(path=stroke([top, low], 4), color="#c8d0d8", opacity=shown))
        bell = circle(*low, 15) + leaf(low, 46, 14, lean)
        shapes.append(Shape(path=bell, color="#e6ebf0", opacity=shown))
    flower = "".join(
        leaf(centre_of, 66, 22, t * 0.3 + k * math.tau / 10)
        for centre_of in ((640.0, 407.0),)
        for k in range(10)
    )
    shapes.append(Shape(path=flower, color="#f7f9fb", opacity=grown(t, 4, 2)))
    shapes.append(Shape(path=circle(640, 407, 20), color="#d8475a", opacity=grown(t, 5, 2)))
    return shapes


def _reeds_still() -> list[Shape]:
    shapes = [ridge(430, 130, "#3d3468", 1.3), ridge(470, 80, "#2d2750", 0.2)]
    shapes.append(Shape(path=ellipse(640, 640, 760, 150), color="#5a3f3a"))
    shapes.append(Shape(path=ellipse(640, 640, 470, 84), color="#7a5240"))
    stars = (circle(scattered(k) * 1280, scattered(k + 9) * 260, 2) for k in range(50))
    return shapes + each(stars, "#ffffff", 0.7)


def _dancer(x: float, y: float, size: float, t: float, color: str) -> list[Shape]:
    hop = 10 * size * abs(sway(t, 1.2))
    swing = 10 * size * sway(t, 1.2)
    y -= hop
    skirt = [
        (x - 16 * size, y - 96 * size),
        (x + 16 * size, y - 96 * size),
        (x + 48 * size + swing, y - 26 * size),
        (x - 48 * size + swing, y - 26 * size),
    ]
    hat = polygon(
        [
            (x - 38 * size, y - 200 * size),
            (x - 12 * size, y - 176 * size),
            (x + 12 * size, y - 176 * size),
            (x + 38 * size, y - 200 * size),
            (x + 18 * size, y - 160 * size),
            (x - 18 * size, y - 160 * size),
        ]
    )
    legs = stroke([(x - 12 * size, y - 30 * size), (x - 14 * size - swing, y)], 12 * size)
    legs += stroke([(x + 12 * size, y - 30 * size), (x + 14 * size - swing, y)], 12 * size)
    return [
        Shape(path=legs, color="#2a2233"),
        Shape(path=polygon(skirt), color=color),
        Shape(path=ellipse(x, y - 112 * size, 23 * size, 32 * size), color="#27345f"),
        Shape(path=circle(x, y - 154 * size, 19 * size), color="#f0c8a0"),
        Shape(path=hat, color="#e3e9f0"),
    ]


def _reeds(t: float) -> list[Shape]:
    shapes: list[Shape] = []
    pipes_y, played = 560, False
    ring = sorted((610 + 60 * math.sin(t * 0.35 + k * math.tau / 7), k) for k in range(7))
    for y, k in ring:
        # Who stands behind the pipes is drawn before them.
        if y > pipes_y + 40 and not played:
            shapes += _pipes(640 + 14 * sway(t, 2.4), pipes_y, 0.05 * sway(t, 2.4), t)
            played = True
        turn = t * 0.35 + k * math.tau / 7
        color = ("#d8344a", "#e8912c", "#2f9a8a", "#c23f86")[k % 4]
        x = 640 + 500 * math.cos(turn)
        shapes.append(Shape(path=ellipse(x, y + 4, 46, 9), color="#000000", opacity=0.25))
        shapes += _dancer(x, y, 0.85 + 0.22 * math.sin(turn), t + k * 0.3, color)
    return shapes + _notes(t)


def _notes(t: float) -> list[Shape]:
    shapes = []
    for k in range(9):
        rise = (t * 0.22 + scattered(k)) % 1.0
        x, y = 640 + 520 * (scattered(k + 5) - 0.5) + 30 * sway(t, 2, k), 420 - 330 * rise
        note = ellipse(x, y, 13, 9, -0.4) + rectangle(x + 8, y - 44, 4, 44)
        note += leaf((x + 10, y - 44), 28, 10, 0.7)
        shapes.append(Shape(path=note, color="#ffe08a", opacity=0.9 * (1 - rise)))
    return shapes


def _pipes(x: float, y: float, lean: float, t: float) -> list[Shape]:
    """A lusheng: six bamboo pipes through a wooden wind chest."""
    shapes = []
    for k in range(6):
        foot = place(((k - 2.5) * 30, 0), (x, y), lean)
        top = place(((k - 2.5) * 44, -(330 + 46 * (3 - abs(k - 2.5)))), (x, y), lean)
        shapes.append(Shape(path=stroke([foot, top], 20, 17), color=("#d9a441", "#c48d2f")[k % 2]))
        ribbon = leaf(top, 54, 9, 0.5 + 0.4 * sway(t, 1.1, k))
        shapes.append(Shape(path=ribbon, color="#e2435a"))
    chest = leaf(place((-150, 0), (x, y - 50), lean), 330, 62, lean)
    shapes.append(Shape(path=chest, color="#7b4a25"))
    band = stroke([place((-96, -96), (x, y - 60), lean), place((96, -96), (x, y - 60), lean)], 14)
    return [*shapes, Shape(path=band, color="#8f2f2a")]


def _kiln_still() -> list[Shape]:
    shapes = [Shape(path=rectangle(0, 268, 1280, 10), color="#3d2317")]
    for k, x in enumerate((70, 190, 310, 970, 1090, 1210)):
        shapes.append(Shape(path=circle(x, 226, 44), color=("#9c5f35", "#6f8f7a")[k % 2]))
        shapes.append(Shape(path=rectangle(x - 20, 166, 40, 28), color="#7d4a29"))
    shapes.append(Shape(path=rectangle(560, 596, 160, 130), color="#4b3324"))
    return shapes


def _pot_edge(part: float, t: float) -> float:
    """Half the width of the pot at a height (0 foot, 1 lip): a lump that becomes a vase."""
    lump = 150 * math.sqrt(max(1 - (part * 0.92) ** 2, 0))
    vase = 92 + 74 * math.sin(part * 2.5 + 0.25) - 62 * part**2 + 74 * part**9
    shaped = grown(t, 2.0, 7.5)
    return lump + (vase - lump) * shaped


def _kiln(t: float) -> list[Shape]:
    high = 130 + 250 * grown(t, 2.0, 7.5)
    rows = [k / 24 for k in range(25)]
    wobble = 4 * sway(t, 0.5) * (1 - grown(t, 0, 4))
    right = [(640 + wobble + _pot_edge(p, t), 574 - high * p) for p in rows]
    left = [(640 + wobble - _pot_edge(p, t), 574 - high * p) for p in rows]
    shapes = [
        Shape(path=ellipse(640, 590, 260, 40), color="#6d4a33"),
        Shape(path=ellipse(640, 582, 250, 34), color="#8a6145"),
        Shape(path=polygon(left + right[::-1]), color="#b5683a"),
    ]
    for k in range(5):
        at = place((225, 0), (0, 0), t * 5 + k * math.tau / 5)
        spot = ellipse(640 + at[0], 582 + at[1] * 0.13, 15, 4)
        shapes.append(Shape(path=spot, color="#5a3d2a"))
    for k in range(7):
        # The throwing lines climb while the wheel turns; light stays on the left.
        part = (k / 7 + t * 0.03) % 1.0
        half = _pot_edge(part, t)
        line = [
            (640 + wobble + half * s / 8, 574 - high * part + 9 * (1 - (s / 8) ** 2))
            for s in range(-8, 9)
        ]
        shapes.append(Shape(path=stroke(line, 3), color="#8f4d28", opacity=0.7))
    shine = [(640 - 0.55 * _pot_edge(p, t), 574 - high * p) for p in rows[3:22]]
    shapes.append(Shape(path=stroke(shine, 18, 10), color="#e0a070", opacity=0.45))
    lip = _pot_edge(1.0, t)
    shapes.append(Shape(path=ellipse(640 + wobble, 574 - high, lip, 16), color="#6f3a1e"))
    return shapes + _hands(high, t)


def _hands(high: float, t: float) -> list[Shape]:
    part = 0.55 + 0.35 * sway(t, 5.0)
    shapes = []
    for side in (-1, 1):
        x, y = 640 + side * (_pot_edge(part, t) + 16), 574 - high * part
        arm = [(640 + side * 520, 690), (x + side * 90, y + 60), (x + side * 20, y + 8)]
        shapes.append(Shape(path=stroke(arm, 110, 46), color="#e8b48c"))
        palm = ellipse(x + side * 14, y, 28, 44, side * 0.25)
        shapes.append(Shape(path=palm, color="#f0c09a"))
    return shapes


CRAFTS = {
    "silver": Scene(sky=("#3a2b57", "#1b1430"), still=_silver_still, moving=_silver),
    "reed-pipes": Scene(sky=("#1f1b45", "#a0526b"), still=_reeds_still, moving=_reeds),
    "kiln": Scene(sky=("#5a3a28", "#2c1a12"), still=_kiln_still, moving=_kiln),
}
