"""Captions as they are found in a source, and which of them are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

_TEXT = ("mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text")
# More languages than a viewer walks through with a remote control.
MOST_CAPTIONS = 16


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


@dataclass(frozen=True, kw_only=True)
class PlannedCaptions:
    """A track of text captions, as the source describes it."""

    name: str
    stream: int
    language: str | None
    title: str | None
    forced: bool


def caption_track(stream: SubtitleStream) -> CaptionTrack:
    title = stream.metadata.get("title") or stream.metadata.get("name")
    return CaptionTrack(
        stream=stream.index,
        codec=stream.codec_context.name if stream.codec_context else "unknown",
        language=stream.language,
        title=title,
        forced=bool(stream.disposition & Disposition.forced),
    )


def planned_captions(tracks: Sequence[CaptionTrack]) -> tuple[PlannedCaptions, ...]:
    """The text tracks; captions that are pictures can't become text."""
    text = [track for track in tracks if track.is_text][:MOST_CAPTIONS]
    return tuple(
        PlannedCaptions(
            name=f"captions-{number}",
            stream=track.stream,
            language=track.language,
            title=track.title,
            forced=track.forced,
        )
        for number, track in enumerate(text, 1)
    )
