"""Scenes of the workshop, the kitchen, the home and the telephone."""

import math

from app.demo.scenes.motifs import Scene, each, grown, scattered, sway
from app.demo.shapes import (
    Shape,
    circle,
    ellipse,
    gear,
    leaf,
    pill,
    place,
    polygon,
    rectangle,
    star,
    stroke,
)


def _sparks_still() -> list[Shape]:
    shapes = [
        Shape(path=rectangle(x, 0, 3, 520), color="#33424f", opacity=0.6)
        for x in range(80, 1280, 160)
    ]
    shapes.append(Shape(path=rectangle(0, 520, 1280, 200), color="#1a1f26"))
    shapes.append(Shape(path=rectangle(120, 430, 1040, 96), color="#5b6875"))
    shapes.append(Shape(path=rectangle(120, 430, 1040, 14), color="#8796a3"))
    shapes.append(Shape(path=rectangle(180, 526, 60, 150), color="#2a323b"))
    shapes.append(Shape(path=rectangle(1040, 526, 60, 150), color="#2a323b"))
    return shapes


def _sparks(t: float) -> list[Shape]:
    x, y = 190 + 78 * t, 428 + 3 * sway(t, 0.5)
    seam = "".join(ellipse(190 + k * 15, 432, 13, 8) for k in range(int(5.2 * t) + 1))
    glow = 1 + 0.12 * sway(t, 0.16)
    shapes = [
        Shape(path=seam, color="#b9a79a"),
        Shape(path=stroke([(x - 120, 436), (x, 432)], 4, 16), color="#ff8a3c"),
        Shape(path=circle(x, y, 150 * glow), color="#7fc4ff", opacity=0.14),
        Shape(path=circle(x, y, 84 * glow), color="#bfe4ff", opacity=0.25),
        Shape(path=star((x, y), 96 * glow, 9, 0.3, t * 9), color="#e8f6ff", opacity=0.7),
        Shape(path=circle(x, y, 24), color="#ffffff"),
        Shape(path=stroke([(x + 8, y - 8), (x + 90, y - 150)], 9), color="#c9c2b4"),
        Shape(path=stroke([(x + 78, y - 128), (x + 190, y - 320)], 30, 44), color="#38434d"),
    ]
    return shapes + _spark_shower(t)


def _spark_shower(t: float) -> list[Shape]:
    shapes = []
    for k in range(46):
        age = (t * 1.4 + scattered(k)) % 1.0
        born_x = 190 + 78 * (t - age / 1.4)
        turn = -math.pi * (0.05 + 0.9 * scattered(k + 77))
        reach = 130 + 260 * scattered(k + 5)
        x = born_x + math.cos(turn) * reach * age
        y = 428 + math.sin(turn) * reach * age + 420 * age * age
        if y < 700:
            tail = (x - math.cos(turn) * 18, y - math.sin(turn) * 18 - 16 * age)
            color = ("#fff3b0", "#ffc94d", "#ff8a2a")[int(age * 3)]
            path = stroke([tail, (x, y)], 1.5, 5.5)
            shapes.append(Shape(path=path, color=color, opacity=1 - age * 0.7))
    return shapes


def _gears_still() -> list[Shape]:
    shapes = [
        Shape(path=rectangle(x, y, 76, 76), color="#ffffff", opacity=0.035)
        for x in range(0, 1280, 160)
        for y in range(0, 720, 160)
    ]
    shapes.append(Shape(path=pill(860, 520, 380, 92), color="#25333d"))
    return shapes


def _gears(t: float) -> list[Shape]:
    turn = t * 0.7
    # Meshing wheels turn against each other, the faster the fewer teeth they have.
    wheels = (
        ((370, 380), 210, 24, turn, "#e0902f"),
        ((690, 270), 122, 14, -turn * 24 / 14 + 0.12, "#7d93a3"),
        ((885, 415), 114, 13, turn * 24 / 13 + 0.1, "#c9d2d8"),
        ((150, 168), 104, 12, -turn * 2 + 0.05, "#4f7f9b"),
    )
    shapes: list[Shape] = []
    for centre, radius, teeth, angle, color in wheels:
        shapes.append(Shape(path=gear(centre, radius, teeth, angle), color=color))
        spokes = "".join(
            circle(*place((radius * 0.62, 0), centre, angle + k * math.tau / 6), radius * 0.13)
            for k in range(6)
        )
        shapes.append(Shape(path=spokes, color="#1d2a33", opacity=0.55))
    pin = place((70, 0), (885, 415), turn * 24 / 13)
    piston = 1010 + 60 * math.cos(turn * 24 / 13)
    shapes.append(Shape(path=stroke([pin, (piston, 566)], 20), color="#f3f6f8"))
    shapes.append(Shape(path=pill(piston - 40, 536, 190, 60), color="#f0b24a"))
    shapes.append(Shape(path=circle(*pin, 15), color="#e05a2a"))
    drops = (
        leaf((640 + 40 * k, 150 + (t * 0.6 + k * 0.37) % 1 * 460), 24, 10, -math.pi / 2)
        for k in range(5)
    )
    return shapes + each(drops, "#ffcf5c", 0.8)


def _hearth_still() -> list[Shape]:
    shapes = [Shape(path=rectangle(0, 430, 1280, 290), color="#4a2b1f")]
    for row in range(6):
        for k in range(9):
            x = k * 160 - (row % 2) * 80
            shapes.append(Shape(path=rectangle(x + 3, 433 + row * 55, 154, 49), color="#6d3d2a"))
    shapes.append(Shape(path=rectangle(0, 418, 1280, 20), color="#2c1912"))
    shapes.append(Shape(path=ellipse(640, 520, 210, 84), color="#180b07"))
    for k, x in enumerate((90, 190, 1080, 1180)):
        shapes.append(Shape(path=pill(x - 44, 334, 88, 84), color="#8b4a2b"))
        shapes.append(
            Shape(path=ellipse(x, 340, 34, 11), color=("#c8211c", "#e8b23a", "#5e9a3b")[k % 3])
        )
    return shapes


def _flames(t: float) -> list[Shape]:
    shapes = []
    for color, size in (("#e8481c", 1.0), ("#ff9a2e", 0.72), ("#ffe27a", 0.42)):
        path = ""
        for k in range(11):
            high = (110 + 70 * scattered(k)) * size * (0.8 + 0.25 * sway(t, 0.46, k * 2.1))
            turn = -math.pi / 2 + 0.16 * sway(t, 0.7, k * 1.3)
            path += leaf((490 + k * 30, 556), high, high * 0.32, turn)
        shapes.append(Shape(path=path, color=color, opacity=0.92))
    return shapes


def _hearth(t: float) -> list[Shape]:
    tilt = 0.06 * sway(t, 1.2)
    bowl = [
        place(
            (310 * math.cos(a / 20 * math.pi), 150 * math.sin(a / 20 * math.pi)), (640, 320), tilt
        )
        for a in range(21)
    ]
    shapes = [*_flames(t), Shape(path=polygon(bowl), color="#23262b")]
    shapes.append(Shape(path=ellipse(640, 320, 310, 46, tilt), color="#3a3f46"))
    shapes.append(Shape(path=ellipse(640, 324, 270, 32, tilt), color="#7a3b16"))
    grip = [place((300, 0), (640, 315), tilt), place((470, -46), (640, 315), tilt)]
    shapes.append(Shape(path=stroke(grip, 26, 20), color="#6b4226"))
    for k in range(24):
        toss = abs(math.sin(math.pi * (t / 1.2 + scattered(k) * 0.4)))
        x = 640 + 460 * (scattered(k + 2) - 0.5) + 20 * sway(t, 1.2, k)
        y = 318 - toss * (50 + 120 * scattered(k + 8))
        color = ("#d7261e", "#63a83b", "#f1d28a", "#e88f2c")[k % 4]
        shapes.append(Shape(path=leaf((x, y), 40, 15, k + t * 3), color=color))
    for k in range(7):
        rise = (t * 0.35 + k / 7) % 1.0
        x = 500 + 48 * k + 34 * sway(t, 3, k)
        steam = ellipse(x, 250 - 220 * rise, 34 + 40 * rise, 22 + 22 * rise)
        shapes.append(Shape(path=steam, color="#ffffff", opacity=0.2 * (1 - rise)))
    return shapes


def _home_still() -> list[Shape]:
    shapes = [
        Shape(path=rectangle(0, 590, 1280, 130), color="#c99a66"),
        Shape(path=rectangle(300, 110, 680, 430), color="#ffffff"),
        Shape(path=rectangle(318, 128, 644, 394), color="#9ed6f2"),
        Shape(path=ellipse(500, 522, 300, 120), color="#7cbf6b"),
        Shape(path=ellipse(820, 540, 320, 150), color="#5ea659"),
        Shape(path=rectangle(280, 540, 720, 22), color="#f4ead9"),
    ]
    # The lower hill edges hang over the sill; the wall covers them.
    shapes.append(Shape(path=rectangle(0, 562, 1280, 28), color="#e9c9a0"))
    shapes.append(Shape(path=rectangle(0, 590, 1280, 130), color="#b98a58"))
    shapes += each((rectangle(x, 590, 4, 130) for x in range(90, 1280, 180)), "#a67a4c")
    shapes.append(Shape(path=rectangle(0, 100, 300, 462), color="#f3dcb8"))
    shapes.append(Shape(path=rectangle(980, 100, 300, 462), color="#f3dcb8"))
    return shapes


def _home(t: float) -> list[Shape]:
    clean = grown(t, 0.8, 8.4)
    edge = 330 + 620 * clean
    shapes = [Shape(path=rectangle(edge, 128, 962 - edge, 394), color="#b9a98c", opacity=0.62)]
    shapes.append(Shape(path=rectangle(634, 128, 12, 394), color="#ffffff"))
    shapes.append(Shape(path=rectangle(318, 316, 644, 12), color="#ffffff"))
    x, y = edge, 325 + 160 * sway(t, 1.0)
    shapes.append(Shape(path=pill(x - 60, y - 36, 120, 72), color="#f28f5b"))
    shapes.append(Shape(path=stroke([(x + 10, y), (x + 150, y + 250)], 44, 62), color="#f0c09a"))
    for side, base in ((1, 296), (-1, 984)):
        wave = 14 * sway(t, 3.2, base)
        cloth = [
            (base - side * 130, 96),
            (base + side * 34, 96),
            (base + side * (12 + wave), 330),
            (base + side * (46 + wave * 1.6), 560),
            (base - side * 130, 560),
        ]
        shapes.append(Shape(path=polygon(cloth), color="#e2725b"))
    for k in range(9):
        rise = (t * 0.22 + scattered(k)) % 1.0
        at = (360 + 560 * scattered(k + 3) + 20 * sway(t, 2, k), 540 - 420 * rise)
        shapes.append(Shape(path=circle(*at, 10 + 12 * scattered(k)), color="#ffffff", opacity=0.4))
    for k in range(5):
        at = (330 + (edge - 330) * scattered(k + 40), 170 + 300 * scattered(k + 60))
        shine = abs(sway(t, 2.2, k)) * 20 * clean
        shapes.append(Shape(path=star(at, shine + 0.1, 4, 0.25), color="#ffffff", opacity=0.9))
    return shapes


def _live_still() -> list[Shape]:
    rings = [
        Shape(path=circle(360, 470, 330 - 60 * k), color="#ffffff", opacity=0.09) for k in range(4)
    ]
    table = Shape(path=rectangle(0, 960, 720, 320), color="#a8623a")
    return [*rings, table, Shape(path=rectangle(0, 960, 720, 22), color="#d08a55")]


def _goods() -> list[Shape]:
    """Baskets of chilies, oranges and prickly pears, in front of the host."""
    shapes = []
    for x, color in ((120, "#d9342b"), (360, "#f0b429"), (600, "#6aa84f")):
        shapes.append(Shape(path=pill(x - 92, 944, 184, 96), color="#e8cf9c"))
        balls = [(x - 60 + 30 * k, 930) for k in range(5)] + [
            (x - 30 + 30 * k, 898) for k in range(3)
        ]
        shapes.append(Shape(path="".join(circle(*at, 26) for at in balls), color=color))
    return shapes


def _live(t: float) -> list[Shape]:
    bob = 8 * sway(t, 1.6)
    hand = place((190, 0), (480, 760 + bob), -1.0 + 0.35 * sway(t, 0.8))
    shoulders = [(190, 716 + bob), (288, 668 + bob), (432, 668 + bob), (530, 716 + bob)]
    # The coat ends at the table, which stands still.
    coat = [*shoulders, (560, 960), (160, 960)]
    collar = [(304, 664 + bob), (416, 664 + bob), (360, 752 + bob)]
    return [
        Shape(path=polygon(coat), color="#23407c"),
        Shape(path=rectangle(330, 630 + bob, 60, 60), color="#e6b68d"),
        Shape(path=polygon(collar), color="#f3c7a0"),
        Shape(path=stroke([(490, 770 + bob), hand], 66, 48), color="#2f52a0"),
        Shape(path=circle(490, 770 + bob, 33), color="#2f52a0"),
        Shape(path=circle(*hand, 34), color="#f3c7a0"),
        *_face(bob, t),
        *_goods(),
        *_hearts(t),
    ]


def _face(bob: float, t: float) -> list[Shape]:
    eye = 2 if t % 3 < 0.12 else 13
    talk = 6 + 12 * abs(sway(t, 0.5))
    crown = [(216, 400), (270, 450), (450, 450), (504, 400), (474, 496), (246, 496)]
    fringe = "".join(leaf((262 + 39 * k, 488 + bob), 40, 12, math.pi / 2) for k in range(6))
    eyes = ellipse(322, 556 + bob, 10, eye) + ellipse(398, 556 + bob, 10, eye)
    cheeks = circle(298, 596 + bob, 18) + circle(422, 596 + bob, 18)
    return [
        Shape(path=circle(360, 540 + bob, 118), color="#2a1d1a"),
        Shape(path=ellipse(360, 556 + bob, 98, 112), color="#f6d0ac"),
        Shape(path=polygon((x, y + bob) for x, y in crown), color="#e6ebf1"),
        Shape(path=fringe, color="#c3cedb"),
        Shape(path=eyes, color="#2a1d1a"),
        Shape(path=cheeks, color="#f0a08a", opacity=0.5),
        Shape(path=ellipse(360, 616 + bob, 26, talk), color="#c0392b"),
    ]


def _hearts(t: float) -> list[Shape]:
    shapes = []
    for k in range(12):
        rise = (t * 0.3 + scattered(k)) % 1.0
        x, y = 630 + 46 * sway(rise, 0.6, k), 900 - 560 * rise
        size = 13 + 12 * scattered(k + 5)
        heart = circle(x - size * 0.62, y, size * 0.75) + circle(x + size * 0.62, y, size * 0.75)
        heart += polygon(
            [
                (x - size * 1.28, y + size * 0.3),
                (x + size * 1.28, y + size * 0.3),
                (x, y + size * 1.75),
            ]
        )
        color = ("#ff4f78", "#ffd166", "#ff8fab")[k % 3]
        shapes.append(Shape(path=heart, color=color, opacity=1 - rise**2))
    return shapes


SKILLS = {
    "sparks": Scene(sky=("#101720", "#27333f"), still=_sparks_still, moving=_sparks),
    "gears": Scene(sky=("#2c4453", "#16242e"), still=_gears_still, moving=_gears, hold_frames=1),
    "hearth": Scene(sky=("#5b3320", "#8a4f2c"), still=_hearth_still, moving=_hearth),
    "home": Scene(sky=("#f6e2c3", "#eccfa2"), still=_home_still, moving=_home),
    "phone-live": Scene(sky=("#ff9a6b", "#8f3b76"), still=_live_still, moving=_live),
}
