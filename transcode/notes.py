"""What was mended, in words for the editor."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from transcode.probe import AudioTrack, Source
from transcode.voices import spoken

# Code → whether it was done, and the words for it.
Told = dict[str, tuple[object, str, str]]


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that was mended."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What notes are made of: the source, and what was decided. end_s: on the source's clock."""

    source: Source
    audio: AudioTrack | None
    further: tuple[AudioTrack, ...]
    fps: Fraction
    end_s: float


def notes(seen: Noted) -> tuple[Note, ...]:
    """What was mended, one note each."""
    told = _of_the_picture(seen) | _of_the_sound(seen) | _of_the_captions(seen)
    told |= _of_the_times(seen)
    return tuple(Note(code=code, zh=zh, en=en) for code, (mended, zh, en) in told.items() if mended)


def _of_the_picture(seen: Noted) -> Told:
    video, fps = seen.source.video, seen.fps
    turned = video.rotation_deg in (90, 270)
    shape = (video.coded_height_px, video.coded_width_px) if turned else (
        video.coded_width_px, video.coded_height_px
    )  # fmt: skip
    return {
        "rotated": (
            video.rotation_deg or video.mirrored,
            "画面方向已转正",
            "The picture was turned upright",
        ),
        "square_pixels": (
            shape != (video.width_px, video.height_px),
            "画面比例已校正为方形像素",
            "Anamorphic pixels were made square",
        ),
        "deinterlaced": (video.field_order, "已去除隔行扫描条纹", "Interlaced lines were removed"),
        "hdr_to_sdr": (video.hdr, "HDR 画面已转为普通亮度", "HDR was mapped to standard range"),
        "steady_rate": (
            video.variable_rate or abs(fps - video.fps) > fps / 50,
            f"帧率已统一为每秒 {float(fps):g} 帧",
            f"The frame rate was made a steady {float(fps):g} per second",
        ),
    }


def _of_the_sound(seen: Noted) -> Told:
    audio, further = seen.audio, seen.further
    left_out = len(seen.source.audio) - len(further) - (audio is not None)
    zh, en = spoken(further)
    return {
        "silence": (audio is None, "视频没有声音，已补静音", "No sound: silence was added"),
        "downmixed": (
            audio and audio.channels > 2,
            "多声道声音已混为立体声",
            "Surround sound was mixed down to stereo",
        ),
        "further_tracks": (
            further,
            f"另有 {len(further)} 条音轨可供选择：{zh}",
            f"{len(further)} further sound tracks can be chosen: {en}",
        ),
        "tracks_left_out": (
            left_out > 0,
            f"有 {left_out} 条音轨没有采用（没有标明语言、重复、无法解码或数量太多）",
            f"{left_out} sound tracks were left out: unnamed, alike, unreadable or too many",
        ),
    }


def _of_the_captions(seen: Noted) -> Told:
    pictures = sum(not track.is_text for track in seen.source.captions)
    return {
        "picture_captions": (
            pictures,
            f"有 {pictures} 条图片形式的字幕无法转换，请另外提供文字字幕",
            f"{pictures} caption tracks are pictures of text and were left out",
        ),
    }


def _of_the_times(seen: Noted) -> Told:
    source, video, audio = seen.source, seen.source.video, seen.audio
    return {
        "picture_held": (
            seen.end_s > video.end_s + 0.5,
            "画面比声音短或太短，最后一个画面已延长",
            "The picture is shorter than the sound, or very short: the last one is held",
        ),
        "late_picture": (
            video.start_s > 0.5,
            "画面比声音晚开始，第一个画面已提前",
            "The picture starts late: the first one is shown from the start",
        ),
        "cut_off": (
            not source.readable_to_end
            or any(t.end_s - t.start_s + 1 < t.declared_s for t in (video, audio) if t)
            or max(video.end_s, audio.end_s if audio else 0) + 1 < source.declared_duration_s,
            "文件末尾有缺损，缺损部分已略去",
            "The end of the file is damaged and was left out",
        ),
    }
