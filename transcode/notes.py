"""What was mended, in words for the editor."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from transcode.ladder import STEPS
from transcode.pixels import depth_bits, finer_colour
from transcode.probe import AudioTrack, Source
from transcode.voices import spoken

# Sound and picture that are less apart than this come from how files are cut, and nobody minds.
APART_S = 0.5
# Sound that ends so much earlier than the picture is missed.
MISSING_S = 1.0
# Recorders and containers begin a little after zero; more is a clock of another day.
OFF_ZERO_S = 10.0

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
    """What notes are made of: the source, and what was decided.

    top_px: width and height of the largest rung. origin_s, end_s: on the source's clock.
    """

    source: Source
    audio: AudioTrack | None
    further: tuple[AudioTrack, ...]
    fps: Fraction
    top_px: tuple[int, int]
    origin_s: float
    end_s: float


def notes(seen: Noted) -> tuple[Note, ...]:
    """What was mended, one note each."""
    told = _of_the_picture(seen) | _of_the_size(seen) | _of_the_colours(seen) | _of_the_rate(seen)
    told |= _of_the_sound(seen) | _of_the_captions(seen) | _of_the_times(seen)
    told |= _of_what_is_left_out(seen)
    return tuple(Note(code=code, zh=zh, en=en) for code, (mended, zh, en) in told.items() if mended)


def _of_the_picture(seen: Noted) -> Told:
    video = seen.source.video
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
    }


def _of_the_size(seen: Noted) -> Told:
    video, (width, height) = seen.source.video, seen.top_px
    # One pixel less is the rounding to even sides.
    scaled = video.width_px > width + 1 or video.height_px > height + 1
    odd = video.coded_width_px % 2 or video.coded_height_px % 2
    larger = video.width_px > STEPS[0].width_px or video.height_px > STEPS[0].height_px
    why_zh, why_en = (
        ("画面大于电视的清晰度", "The picture is larger than television shows")
        if larger
        else ("画面略大于标准尺寸", "The picture is a little larger than a usual size")
    )
    return {
        "scaled_down": (
            scaled,
            f"{why_zh}，已缩小为 {width}×{height}",
            f"{why_en}: it was scaled down to {width}×{height}",
        ),
        "even_size": (
            odd and not scaled,
            f"画面宽高是奇数，已调整为 {width}×{height}",
            f"Odd width or height: the picture was made {width}×{height}",
        ),
    }


def _of_the_colours(seen: Noted) -> Told:
    video = seen.source.video
    bits, sampling = depth_bits(video.pixel_format), finer_colour(video.pixel_format)
    return {
        "hdr_to_sdr": (video.hdr, "HDR 画面已转为普通亮度", "HDR was mapped to standard range"),
        "wide_gamut": (
            video.wide_gamut and not video.hdr,
            "广色域色彩已转为电视通用的色彩",
            "Wide-gamut colour was brought to that of television",
        ),
        "eight_bit": (
            bits > 8 and not video.hdr,  # standard range says it already
            f"{bits} 位色彩已转为电视通用的 8 位",
            f"{bits}-bit colour was brought to the 8 bits of television",
        ),
        "coarser_colour": (
            sampling,
            f"{sampling} 色彩已转为电视通用的 4:2:0",
            f"{sampling} colour was brought to the 4:2:0 of television",
        ),
    }


def _of_the_rate(seen: Noted) -> Told:
    video, fps = seen.source.video, seen.fps
    # Only rates above what boxes play are so far from the standard one: those are halved.
    halved = not video.variable_rate and video.fps > fps * 3 / 2
    was, now = f"{float(video.fps):.4g}", f"{float(fps):.4g}"
    return {
        "steady_rate": (
            video.variable_rate or abs(fps - video.fps) > fps / 50,
            f"每秒 {was} 帧已减为 {now} 帧" if halved else f"帧率已统一为每秒 {now} 帧",
            f"{was} frames a second were cut to {now}"
            if halved
            else f"The frame rate was made a steady {now} per second",
        ),
    }


def _of_the_sound(seen: Noted) -> Told:
    audio, further = seen.audio, seen.further
    left_out = len(seen.source.audio) - len(further) - (audio is not None)
    zh, en = spoken(further)
    late_s = audio.start_s - seen.origin_s if audio else 0.0
    short_s = seen.end_s - audio.heard_until_s if audio else 0.0
    return {
        "silence": (audio is None, "视频没有声音，已补静音", "No sound: silence was added"),
        "late_sound": (
            late_s > APART_S,
            f"声音比画面晚 {_seconds(late_s)} 秒开始，开头已补静音",
            f"The sound starts {_seconds(late_s)} s late: silence was put before it",
        ),
        "short_sound": (
            short_s > MISSING_S,
            f"声音比画面短 {_seconds(short_s)} 秒，末尾已补静音",
            f"The sound ends {_seconds(short_s)} s early: silence was put after it",
        ),
        "stray_sound": (
            audio and audio.breaks_off_s is not None,
            "画面结束很久以后还有零星的声音，没有采用",
            "Sound that comes again long after the picture was left out",
        ),
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
        "clock_zero": (
            abs(source.clock_zero_s) > OFF_ZERO_S,
            "文件的时间不从零开始，已改为从零计时",
            "The file's clock does not begin at zero: it was set to zero",
        ),
        "picture_held": (
            seen.end_s > video.end_s + APART_S,
            "画面比声音短或太短，最后一个画面已延长",
            "The picture is shorter than the sound, or very short: the last one is held",
        ),
        "late_picture": (
            video.start_s > APART_S,
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


def _of_what_is_left_out(seen: Noted) -> Told:
    source = seen.source
    return {
        "pictures_left_out": (
            source.other_pictures,
            f"另有 {source.other_pictures} 路画面没有采用，只保留主画面",
            f"Only the main picture is kept; further ones left out: {source.other_pictures}",
        ),
        "cover_left_out": (
            source.cover_pictures,
            "文件自带的封面图没有采用，封面从视频画面中选取",
            "The file's own cover was left out: posters are taken from the film",
        ),
        "data_left_out": (
            source.data_tracks,
            f"有 {source.data_tracks} 条附加数据（如时间码、附件）没有采用，不影响播放",
            f"Data that no box plays, such as time codes, was left out: {source.data_tracks} tracks"
            if source.data_tracks > 1
            else "Data that no box plays, such as a time code, was left out",
        ),
    }


def _seconds(length_s: float) -> str:
    return f"{round(length_s, 1):g}"
