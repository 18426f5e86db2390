"""Pictures of a lesson at given moments, cut out of its storyboard by the browser."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from app.storage import ObjectNotFound, Storage
from transcode import webvtt
from transcode.tables import Video

PIECE = re.compile(r"(?P<sheet>[\w.-]+)#xywh=(?P<x>\d+),(?P<y>\d+),(?P<w>\d+),(?P<h>\d+)")
LARGEST_INDEX_BYTES = 512 * 1024


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a sheet, as CSS places it: sizes in percent of one picture."""

    at_ms: int
    url: str
    width_px: int
    height_px: int
    columns: int
    x_percent: float
    y_percent: float


@dataclass(frozen=True, kw_only=True)
class _Piece:
    start_s: float
    sheet: str
    x: int
    y: int
    w: int
    h: int


def frames_at(storage: Storage, video: Video, moments_ms: Sequence[int]) -> list[Frame]:
    """The picture shown at each moment; none when the package has no storyboard."""
    prefix = f"{video.package_prefix}/storyboard"
    pieces = _pieces(cast("Hashable", storage), prefix)
    if not pieces:
        return []
    return [_frame(storage, prefix, pieces, at_ms) for at_ms in moments_ms]


# Packages never change, and their prefix names them.
@lru_cache(maxsize=256)
def _pieces(storage: Any, prefix: str) -> tuple[_Piece, ...]:
    try:
        with storage.open(f"{prefix}/storyboard.vtt") as file:
            words = file.read(LARGEST_INDEX_BYTES).decode()
    except ObjectNotFound:
        return ()
    found = []
    for cue in webvtt.parse(words).cues:
        if told := PIECE.fullmatch(cue.text.strip()):
            x, y, w, h = (int(told[name]) for name in "xywh")
            found.append(_Piece(start_s=cue.start_s, sheet=told["sheet"], x=x, y=y, w=w, h=h))
    return tuple(found)


def _frame(storage: Storage, prefix: str, pieces: Sequence[_Piece], at_ms: int) -> Frame:
    shown = max(
        (piece for piece in pieces if piece.start_s * 1000 <= at_ms),
        key=lambda piece: piece.start_s,
        default=pieces[0],
    )
    sheet = [piece for piece in pieces if piece.sheet == shown.sheet]
    columns = max(piece.x for piece in sheet) // shown.w + 1
    rows = max(piece.y for piece in sheet) // shown.h + 1
    return Frame(
        at_ms=at_ms,
        url=storage.url(f"{prefix}/{shown.sheet}"),
        width_px=shown.w,
        height_px=shown.h,
        columns=columns,
        x_percent=_percent(shown.x // shown.w, columns),
        y_percent=_percent(shown.y // shown.h, rows),
    )


def _percent(place: int, places: int) -> float:
    """CSS measures a background's place by what is left over: first 0, last 100."""
    return round(place * 100 / (places - 1), 3) if places > 1 else 0
