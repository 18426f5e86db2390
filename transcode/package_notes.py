"""How loud the sound was, what was done about it, and what could not be read or
encoded: for the editor.

Known only when the film is encoded, so it is told from what ``package.json`` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transcode.notes import Note
from transcode.sound import MAIN
from transcode.voices import spoken_name

# Less is hardly heard.
LEAST_TOLD_DB = 1.0
# Broadcasts begin with a few pictures that refer to ones before the recording.
LEAST_TOLD_S = 1.0
# What is read of ``package.json`` here: with its files it may be megabytes.
TOLD = ("lost_s", "loudness", "failed_soundtracks", "failed_captions")
_SIDES = {"left": ("左", "left"), "right": ("右", "right")}


def package_notes(package: Mapping[str, Any]) -> tuple[Note, ...]:
    """package: ``package.json``, which earlier releases wrote with less in it."""
    return (
        *_of_the_lost(package.get("lost_s") or {}),
        *_of_the_loudness(package.get("loudness") or ()),
        *_of_the_failed(package.get("failed_soundtracks") or ()),
        *_of_the_captions(package.get("failed_captions") or ()),
    )


def _of_the_lost(lost_s: Mapping[str, float]) -> tuple[Note, ...]:
    """Damage within the film: what stands before it goes on, or it is silent."""
    words = {
        "picture": (
            "画面有约 {} 秒读不出来，已用相邻的画面代替，请检查原文件",
            "About {} s of the picture could not be read: the one beside it stands still there",
        ),
        "sound": (
            "声音有约 {} 秒读不出来，已改为静音，请检查原文件",
            "About {} s of the sound could not be read: it is silent there",
        ),
    }
    return tuple(
        Note(code=f"lost_{what}", zh=zh.format(f"{lost:g}"), en=en.format(f"{lost:g}"))
        for what, (zh, en) in words.items()
        if (lost := lost_s.get(what, 0.0)) >= LEAST_TOLD_S
    )


def _of_the_failed(languages: Sequence[str | None]) -> tuple[Note, ...]:
    """Further tracks that were promised when the film was looked at, and did not come."""
    if not languages:
        return ()
    names = [spoken_name(language) for language in languages]
    zh, en = "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
    return (
        Note(
            code="tracks_failed",
            zh=f"有 {len(names)} 条音轨读不出来，没有采用：{zh}",
            en=f"{len(names)} sound tracks could not be read and were left out: {en}",
        ),
    )


def _of_the_captions(languages: Sequence[str | None]) -> tuple[Note, ...]:
    """Text captions that could not be read, or were too large for text that anybody reads."""
    if not languages:
        return ()
    return (
        Note(
            code="captions_failed",
            zh=f"有 {len(languages)} 条字幕读不出来或过大，没有采用",
            en=f"Captions that are unreadable or too large were left out: {len(languages)}",
        ),
    )


def _of_the_loudness(tracks: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    """What was done to the main track."""
    main = next((track for track in tracks if track["track"] == MAIN), None)
    if main is None:
        return ()
    if main["source_lufs"] is None:
        return (_SILENT,)
    return (*_of_the_sides(main["only_side"]), *_of_the_gain(main["source_lufs"], main["gain_db"]))


_SILENT = Note(
    code="silent_track",
    zh="音轨里听不到声音，请检查录音",
    en="Nothing can be heard on the sound track: please check the recording",
)


def _of_the_sides(only_side: str | None) -> tuple[Note, ...]:
    if only_side is None:
        return ()
    zh, en = _SIDES[only_side]
    return (
        Note(
            code="one_sided",
            zh=f"只有{zh}声道有声音，已让两边都能听到",
            en=f"Only the {en} side had sound: now both have it",
        ),
    )


def _of_the_gain(source_lufs: float, gain_db: float) -> tuple[Note, ...]:
    if abs(gain_db) < LEAST_TOLD_DB:
        return ()
    # A minus sign, not a hyphen: it stands beside words.
    was, by = f"{source_lufs:.0f} LUFS".replace("-", "−"), f"{abs(gain_db):.0f} dB"
    if gain_db > 0:
        zh, en = f"声音偏小（{was}），已提高 {by}", f"The sound was low ({was}): raised by {by}"
        return (Note(code="louder", zh=zh, en=en),)
    zh, en = f"声音偏大（{was}），已降低 {by}", f"The sound was loud ({was}): lowered by {by}"
    return (Note(code="softer", zh=zh, en=en),)
