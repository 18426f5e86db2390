"""Scenes of thread, indigo and woven bamboo."""

import math

from app.demo.scenes.motifs import Scene, each, grown, scattered, sway
from app.demo.shapes import (
    Shape,
    circle,
    ellipse,
    leaf,
    place,
    rectangle,
    spiral,
    star,
    stroke,
)

_CLOTH_COLORS = ("#e23a3a", "#f2b233", "#4fa3d1", "#ef7fb0", "#6dbf5a")
_STITCH_PX = 20
_SEWN_S = 9.8  # the pattern is complete shortly before the film ends


def _stitches() -> list[tuple[float, float, str]]:
    """The crosses of an eight-pointed star with its border, row by row."""
    found = []
    for row in range(-11, 12):
        for column in range(-22, 23):
            x, y = abs(column % 22 if abs(column) == 22 else abs(column)), abs(row)
            far, wave = x + y, max(x, y)
            if wave > 11 and (x + y) % 4 not in (0, 1):
                continue
            if far in (5, 9, 13, 16) or x == y or (wave in (3, 8) and far < 14) or wave > 17:
                found.append((float(column), float(row), _CLOTH_COLORS[(far // 3 + wave) % 5]))
    return found


def _embroidery_still() -> list[Shape]:
    lines = [rectangle(x, 0, 1, 720) for x in range(0, 1280, 20)]
    lines += [rectangle(0, y, 1280, 1) for y in range(0, 720, 20)]
    frame = [Shape(path=rectangle(0, y, 1280, 26), color="#9c6b3f") for y in (0, 694)]
    return each(lines, "#ffffff", 0.06) + frame


def _stitch_at(column: float, row: float) -> tuple[float, float]:
    return 640 + column * _STITCH_PX, 326 + row * _STITCH_PX


def _embroidery_kept() -> list[Shape]:
    crosses = _stitches()
    shapes = []
    for i, (column, row, color) in enumerate(crosses):
        x, y = _stitch_at(column, row)
        cross = stroke([(x - 8, y - 8), (x + 8, y + 8)], 6)
        cross += stroke([(x - 8, y + 8), (x + 8, y - 8)], 6)
        start_s = round(_SEWN_S * i / len(crosses) * 25) / 25
        shapes.append(Shape(path=cross, color=color, start_s=start_s, end_s=60))
    return shapes


def _embroidery(t: float) -> list[Shape]:
    crosses = _stitches()
    column, row, color = crosses[min(int(t / _SEWN_S * len(crosses)), len(crosses) - 1)]
    x, y = _stitch_at(column, row)
    dip = 12 * abs(sway(t, 0.5))
    eye = (x + 120, y - 130 + dip)
    thread = [(eye[0] + 14 * k, eye[1] - 20 + 26 * math.sin(k / 2 + t * 3)) for k in range(12)]
    return [
        Shape(path=stroke(thread, 4, 2), color=color),
        Shape(path=stroke([eye, (x, y + dip)], 9, 1), color="#e9eef2"),
        Shape(path=ellipse(*eye, 9, 3, -0.83), color="#51606b"),
    ]


def _indigo_still() -> list[Shape]:
    cracks = []
    for k in range(26):
        x, y = scattered(k) * 1280, scattered(k + 40) * 720
        line = [(x, y)]
        for step in range(6):
            turn = scattered(k * 7 + step) * 2.2 + k
            x, y = x + 46 * math.cos(turn), y + 46 * math.sin(turn)
            line.append((x, y))
        cracks.append(stroke(line, 2.4, 1))
    return each(cracks, "#6f93d8", 0.4)


def _indigo(t: float) -> list[Shape]:
    centre, white = (640.0, 350.0), "#f1f5ff"
    shapes = []
    for ring, (count, reach, size, speed) in enumerate(
        ((8, 92, 74, 0.25), (14, 190, 60, -0.18), (20, 290, 66, 0.12))
    ):
        open_part = grown(t, ring * 1.6, 2.6)
        for k in range(count):
            turn = t * speed + k * math.tau / count
            at = place((reach, 0), centre, turn)
            if ring == 1:
                path = spiral(at, 40 * open_part + 0.5, 1.7, 7, turn)
            else:
                path = leaf(at, size * open_part + 0.5, 26 * open_part + 0.2, turn)
            shapes.append(Shape(path=path, color=white))
    dots = (circle(*place((252, 0), centre, -t * 0.2 + k * math.tau / 36), 6) for k in range(36))
    shapes += each(dots, white, grown(t, 3.5, 1.5))
    shapes.append(Shape(path=circle(*centre, 56), color=white))
    shapes.append(Shape(path=star(centre, 46, 12, 0.45, -t * 0.6), color="#16357f"))
    for side in (-1, 1):
        for k, y in enumerate((250, 500)):
            shapes += _butterfly(640 + side * 505, y, side, t + k, grown(t, 5 + k, 2))
    return shapes


def _butterfly(x: float, y: float, side: int, t: float, shown: float) -> list[Shape]:
    """Mother Butterfly, as the Miao songs tell and the batik shows."""
    flap = 0.55 + 0.4 * abs(sway(t, 1.8))
    wings = ""
    for wing in (-1, 1):
        wings += leaf((x, y), 120, 46 * flap, -math.pi / 2 + wing * 0.95 * flap)
        wings += leaf((x, y), 84, 40 * flap, math.pi / 2 - wing * 0.8 * flap)
    marks = circle(x - 46 * flap, y - 54, 9) + circle(x + 46 * flap, y - 54, 9)
    curl = spiral((x + side * 14, y - 78), 24, 1.3, 4, 1.2) + ellipse(x, y, 9, 44)
    return [
        Shape(path=wings, color="#dfe8ff", opacity=shown),
        Shape(path=marks, color="#16357f", opacity=shown),
        Shape(path=curl, color="#ffffff", opacity=shown),
    ]


_STRIP_PX = 56


def _bamboo_still() -> list[Shape]:
    posts = (rectangle(200 + k * _STRIP_PX, 110, _STRIP_PX - 12, 500) for k in range(16))
    return [
        *each((rectangle(0, y, 1280, 4) for y in range(0, 720, 48)), "#000000", 0.05),
        *each(posts, "#c9b458"),
    ]


def _bamboo(t: float) -> list[Shape]:
    shapes = []
    for row in range(8):
        reach = grown(t, 0.3 + row * 1.15, 1.5)
        if reach <= 0:
            continue
        y = 130 + row * 58
        start, end = (150, 150 + 980 * reach) if row % 2 else (1130 - 980 * reach, 1130)
        color = ("#8fae4a", "#a3bf5c")[row % 2]
        shapes.append(Shape(path=rectangle(start, y, end - start, 42), color=color))
        shapes.append(Shape(path=rectangle(start, y + 33, end - start, 9), color="#6d8a35"))
        # One over, one under: every other post comes to the front again.
        over = (
            rectangle(200 + k * _STRIP_PX, y - 8, _STRIP_PX - 12, 58)
            for k in range(16)
            if (k + row) % 2 and start < 200 + k * _STRIP_PX and end > 250 + k * _STRIP_PX
        )
        shapes += each(over, "#d6c268")
        if reach < 1:
            tip = end if row % 2 else start
            shapes.append(Shape(path=ellipse(tip, y + 20, 60, 44), color="#eabf97"))
            arm = stroke([(tip, y + 20), (tip + (180 if row % 2 else -180), 720)], 60, 90)
            shapes.append(Shape(path=arm, color="#eabf97"))
    return shapes


TEXTILES = {
    "embroidery": Scene(
        sky=("#2b1730", "#1c1226"),
        still=_embroidery_still,
        moving=_embroidery,
        kept=_embroidery_kept,
    ),
    "indigo": Scene(sky=("#1d4296", "#142c68"), still=_indigo_still, moving=_indigo),
    "bamboo": Scene(sky=("#efe6c8", "#d9cb9c"), still=_bamboo_still, moving=_bamboo),
}
