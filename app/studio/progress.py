"""How far a video is, in words that help an editor on."""

from __future__ import annotations

from functools import cache

from transcode.errors import all_kinds
from transcode.tables import Video

BADGE_OF_STATE = {
    "uploaded": "busy",
    "probing": "busy",
    "queued": "busy",
    "encoding": "busy",
    "verifying": "busy",
    "ready": "good",
    "refused": "bad",
    "failed": "bad",
    "cancelled": "wait",
}


def remedy_of(video: Video, language: str) -> str | None:
    """What to do about a refused or failed video."""
    if language == "zh" or video.code is None:
        return video.remedy
    return _english_remedies().get(video.code, video.detail or video.code)


@cache
def _english_remedies() -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in all_kinds():
        found.setdefault(kind.code, kind.remedy_en)
    return found
