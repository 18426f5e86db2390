"""Chapters: from the container's clock to the lesson's, and as WebVTT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from transcode import webvtt

CHAPTERS = "chapters.vtt"
# More are not chapters but somebody's index; no remote control walks through them.
MOST = 500
# One that lasts less can't be what somebody wants to jump to; some writers leave such ends.
_LEAST_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Chapter:
    start_s: float
    end_s: float
    title: str


def read(container_chapters: Iterable[Mapping[str, Any]], zero_s: float) -> tuple[Chapter, ...]:
    """The chapters that PyAV found, on our clock. zero_s: the file's time stamp at our zero."""
    found = []
    for each in container_chapters:
        tick = Fraction(each["time_base"])
        start_s, end_s = (float(each[end] * tick) - zero_s for end in ("start", "end"))
        title = " ".join(str(each["metadata"].get("title", "")).split())
        found.append(Chapter(start_s=round(start_s, 3), end_s=round(end_s, 3), title=title[:200]))
    return tuple(found[:MOST])


def of_lesson(found: Sequence[Chapter], origin_s: float, duration_s: float) -> tuple[Chapter, ...]:
    """The same on the lesson's clock: in order, each up to the next, none outside.

    origin_s: where on our clock the lesson begins.
    """
    starts: dict[float, str] = {}
    for chapter in sorted(found, key=lambda chapter: chapter.start_s):
        ended = chapter.start_s < chapter.end_s <= origin_s
        if not ended and chapter.start_s < origin_s + duration_s:
            # Of several that begin together the last one counts.
            starts[round(max(0.0, chapter.start_s - origin_s), 3)] = chapter.title
    ends = [*starts, round(duration_s, 3)][1:]
    kept = [
        (start_s, end_s, title)
        for (start_s, title), end_s in zip(starts.items(), ends, strict=True)
        if end_s - start_s >= _LEAST_S
    ]
    return tuple(
        Chapter(start_s=start_s, end_s=end_s, title=title or f"第 {number} 章")
        for number, (start_s, end_s, title) in enumerate(kept, 1)
    )


def write(chapters: Sequence[Chapter], out_dir: Path) -> None:
    """Write ``chapters.vtt``, if there are any."""
    if chapters:
        cues = [
            webvtt.Cue(start_s=c.start_s, end_s=c.end_s, text=webvtt.escaped(c.title))
            for c in chapters
        ]
        (out_dir / CHAPTERS).write_text(webvtt.written(cues), encoding="utf-8")
