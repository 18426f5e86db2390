"""How a picture is to be shown: its shape, its turn, and whether it is mirrored."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Any

from av.video.frame import VideoFrame


def shown_size(frame: VideoFrame, pixel: Fraction | None, turn_deg: int) -> tuple[int, int]:
    """Anamorphic pixels are stretched along the width, as players do; then the turn."""
    shape = pixel if pixel and Fraction(1, 8) < pixel < 8 else Fraction(1)
    width, height = round(frame.width * shape), frame.height
    return (height, width) if turn_deg in (90, 270) else (width, height)


def upright_turn(frame: VideoFrame) -> int:
    """FFmpeg takes an angle within a degree of a quarter turn for one, and so do we."""
    turn = -frame.rotation % 360
    quarter = round(turn / 90) * 90
    return quarter % 360 if abs(turn - quarter) <= 1 else turn


def mirrored(frame: VideoFrame) -> bool:
    """A display matrix that turns the picture over has a negative determinant."""
    sides: Any = frame.side_data  # the library's own type for it is wrong
    matrix = sides.get("DISPLAYMATRIX")
    if matrix is None:
        return False
    a, b, _, c, d, *_ = array("i", bytes(matrix))
    return a * d - b * c < 0
