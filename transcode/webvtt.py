"""WebVTT as values: read what FFmpeg writes, write what players read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_TIME = r"(?:(\d{2,9}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?$")
_MAP = re.compile(
    r"X-TIMESTAMP-MAP=(?:MPEGTS:(\d{1,20}),LOCAL:([\d:.]+)|LOCAL:([\d:.]+),MPEGTS:(\d{1,20}))$"
)
_LOCAL = re.compile(rf"{_TIME}$")


class NotWebVtt(ValueError):
    """The text isn't WebVTT, or a cue in it can't be read."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    start_s: float
    end_s: float
    text: str
    settings: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    cues: tuple[Cue, ...]
    # MPEG-TS ticks of the zero of the cues' clock (RFC 8216 §3.5), where the header says it.
    zero_ticks: int | None


def parse(text: str) -> Document:
    """Raises NotWebVtt. Notes, styles and regions are skipped."""
    header, blocks = _blocks(text)
    return Document(cues=tuple(map(_cue, blocks)), zero_ticks=_zero_ticks(header))


def read_cues(text: str) -> list[Cue]:
    """The cues of what FFmpeg wrote: an empty line in a caption, which ends a cue, does not."""
    cues: list[Cue] = []
    texts: list[list[str]] = []
    for block in _blocks(text)[1]:
        try:
            cues.append(_cue(block))
            texts.append([cues[-1].text])
        except NotWebVtt:
            if texts:
                texts[-1].append(block)
    return [replace(cue, text="\n".join(lines)) for cue, lines in zip(cues, texts, strict=True)]


def _blocks(text: str) -> tuple[list[str], list[str]]:
    """The lines of the header, and what may be cues."""
    head, *blocks = re.split(r"\n{2,}", text.lstrip("\ufeff").replace("\r\n", "\n").strip("\n"))
    first, *rest = head.split("\n")
    if first != "WEBVTT" and not first.startswith(("WEBVTT ", "WEBVTT\t")):
        raise NotWebVtt("does not begin with WEBVTT")
    return rest, [block for block in blocks if not block.startswith(("NOTE", "STYLE", "REGION"))]


def _zero_ticks(header: Sequence[str]) -> int | None:
    told = next((line for line in header if line.startswith("X-TIMESTAMP-MAP")), None)
    if told is None:
        return None
    found = _MAP.match(told)
    local = found and _LOCAL.match(found[2] or found[3])
    if not found or not local:
        raise NotWebVtt(f"unreadable {told}")
    return int(found[1] or found[4]) - round(90_000 * _seconds(local.groups()))


def _cue(block: str) -> Cue:
    lines = block.split("\n")
    if "-->" not in lines[0]:
        lines = lines[1:]  # the first line is the cue's name
    timing = _TIMING.match(lines[0]) if lines else None
    if timing is None:
        raise NotWebVtt(f"unreadable cue {block[:40]!r}")
    fields = timing.groups()
    return Cue(
        start_s=_seconds(fields[:4]),
        end_s=_seconds(fields[4:8]),
        text="\n".join(lines[1:]),
        settings=fields[8] or "",
    )


def _seconds(fields: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = (int(field or 0) for field in fields)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def written(cues: Iterable[Cue]) -> str:
    return "\n\n".join(["WEBVTT", *(_written(cue, 0) for cue in cues)]) + "\n"


def segment_written(cues: Iterable[Cue], zero_ticks: int) -> str:
    """A segment of captions (RFC 8216 §3.5). zero_ticks: the MPEG-TS time of the cues' zero.

    The cues are written on the clock of the transport stream, so that players that don't know
    the map, such as FFmpeg, show them at the right time, too: without one, the clocks are one.
    """
    zero_s = round(zero_ticks / 90_000, 3)
    head = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{zero_ticks},LOCAL:{clock(zero_s)}"
    return "\n\n".join([head, *(_written(cue, zero_s) for cue in cues)]) + "\n"


def _written(cue: Cue, zero_s: float) -> str:
    timing = (
        f"{clock(zero_s + cue.start_s)} --> {clock(zero_s + cue.end_s)} {cue.settings}".rstrip()
    )
    # An empty line would end the cue.
    return "\n".join([timing, *(line for line in cue.text.split("\n") if line.strip())])


def escaped(text: str) -> str:
    """Plain words as the text of a cue."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
