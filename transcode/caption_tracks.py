"""Captions as they are found in a source."""

from __future__ import annotations

from dataclasses import dataclass

from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

_TEXT = ("mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text")


@dataclass(frozen=True, kw_only=True)
class CaptionTrack:
    """Subtitles in the file."""

    stream: int
    codec: str
    language: str | None
    title: str | None
    forced: bool  # only what even speakers of the language can't follow, such as signs

    @property
    def is_text(self) -> bool:
        """Text can be shown by any player; pictures of text only by those that know the format."""
        return self.codec in _TEXT


def caption_track(stream: SubtitleStream) -> CaptionTrack:
    title = stream.metadata.get("title") or stream.metadata.get("name")
    return CaptionTrack(
        stream=stream.index,
        codec=stream.codec_context.name if stream.codec_context else "unknown",
        language=stream.language,
        title=title,
        forced=bool(stream.disposition & Disposition.forced),
    )
