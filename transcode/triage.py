"""Refuse a source, or decide what must be mended; every mending is told to the editor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from transcode.errors import Damaged, StillPicture, TooLargePicture, TooLong
from transcode.probe import AudioTrack, Source, VideoTrack

MAX_DURATION_S = 6 * 3600
MAX_SIDE_PX = 8192
LEAST_READABLE = 0.9
MAX_FPS = 60
# In less time than this, the first picture alone would exceed the rate of the thinnest line.
LEAST_DURATION_S = 2.0

_NTSC = [Fraction(n * 1000, 1001) for n in (24, 30, 60)]
STANDARD_FPS = sorted([Fraction(n) for n in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60)] + [
    Fraction(15, 2), Fraction(25, 2), Fraction(15000, 1001), *_NTSC,
])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that was mended, in words for the editor."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What the filters must do. Serialisable by ``to_dict`` and ``from_dict``."""

    fps: Fraction
    deinterlace: bool
    tonemap: str | None  # "pq" or "hlg": to SDR
    matrix: str  # colour matrix to read the source with
    full_range: bool
    width_px: int  # shown size, square pixels, not yet even
    height_px: int
    audio_stream: int | None  # None: silence
    clock_zero_s: float  # the file's own time stamp at the zero of our clock
    origin_s: float  # where on our clock the lesson begins
    duration_s: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"fps": str(self.fps)}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Treatment:
        notes = tuple(Note(**note) for note in plain["notes"])
        return cls(**plain | {"fps": Fraction(plain["fps"]), "notes": notes})


def triage(source: Source) -> Treatment:
    """Decide what to mend, or raise the SourceRefused."""
    _refuse(source)
    video, audio = source.video, _choose_audio(source.audio)
    origin_s = _origin_s(video)
    return Treatment(
        fps=standard_fps(video.fps),
        deinterlace=video.interlaced,
        tonemap=video.hdr,
        matrix=video.matrix or _usual_matrix(video),
        full_range=video.full_range,
        width_px=video.width_px,
        height_px=video.height_px,
        audio_stream=audio.stream if audio else None,
        clock_zero_s=source.clock_zero_s,
        origin_s=origin_s,
        duration_s=max(round(_end_s(video, audio) - origin_s, 6), LEAST_DURATION_S),
        notes=tuple(_notes(source, audio)),
    )


def standard_fps(fps: Fraction) -> Fraction:
    """The nearest constant standard rate, at most 60; doubled rates are halved first."""
    while fps > MAX_FPS * Fraction(101, 100):
        fps /= 2
    return min(STANDARD_FPS, key=lambda standard: abs(standard - fps))


def _refuse(source: Source) -> None:
    video = source.video
    if max(video.coded_width_px, video.coded_height_px) > MAX_SIDE_PX:
        raise TooLargePicture(f"{video.coded_width_px}×{video.coded_height_px} px")
    if max(source.declared_duration_s, source.duration_s) > MAX_DURATION_S:
        raise TooLong(f"{source.declared_duration_s:.0f} s")
    if video.frames == 1 and not source.audio:
        raise StillPicture("a single frame without sound")
    reached_s = max(video.end_s, *(track.end_s for track in source.audio), 0.0)
    if reached_s < LEAST_READABLE * source.declared_duration_s:
        raise Damaged(f"{reached_s:.1f} of {source.declared_duration_s:.1f} s can be read")


def _choose_audio(tracks: tuple[AudioTrack, ...]) -> AudioTrack | None:
    """The first usable track: files put their main sound first."""
    return next((track for track in tracks if track.channels and track.rate_hz), None)


def _origin_s(video: VideoTrack) -> float:
    """A picture that starts a little after the sound sets the start; a late one is held back
    to the start of the sound, so that no speech is lost."""
    return video.start_s if video.start_s <= 0.5 else 0.0


def _end_s(video: VideoTrack, audio: AudioTrack | None) -> float:
    """Where sound goes on for more than a second, the last picture is held to its end."""
    return audio.end_s if audio and audio.end_s > video.end_s + 1 else video.end_s


def _usual_matrix(video: VideoTrack) -> str:
    """Files that don't name their matrix: high definition has BT.709, the rest BT.601."""
    return "bt709" if max(video.coded_height_px, video.coded_width_px) > 1024 else "smpte170m"


def _notes(source: Source, audio: AudioTrack | None) -> list[Note]:
    video = source.video
    fps = standard_fps(video.fps)
    turned = video.rotation_deg in (90, 270)
    shape = (video.coded_height_px, video.coded_width_px) if turned else (
        video.coded_width_px, video.coded_height_px
    )  # fmt: skip
    told = {
        "rotated": (video.rotation_deg, "画面方向已转正", "The picture was turned upright"),
        "square_pixels": (
            shape != (video.width_px, video.height_px),
            "画面比例已校正为方形像素",
            "Anamorphic pixels were made square",
        ),
        "deinterlaced": (video.interlaced, "已去除隔行扫描条纹", "Interlaced lines were removed"),
        "hdr_to_sdr": (video.hdr, "HDR 画面已转为普通亮度", "HDR was mapped to standard range"),
        "steady_rate": (
            video.variable_rate or abs(fps - video.fps) > fps / 50,
            f"帧率已统一为每秒 {float(fps):g} 帧",
            f"The frame rate was made a steady {float(fps):g} per second",
        ),
        "silence": (audio is None, "视频没有声音，已补静音", "No sound: silence was added"),
        "downmixed": (
            audio and audio.channels > 2,
            "多声道声音已混为立体声",
            "Surround sound was mixed down to stereo",
        ),
        "one_track": (
            len(source.audio) > 1,
            f"共有 {len(source.audio)} 条音轨，使用了第一条",
            f"Of {len(source.audio)} sound tracks the first was used",
        ),
        "picture_held": (
            max(_end_s(video, audio), LEAST_DURATION_S) > video.end_s + 0.5,
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
            or max(video.end_s, audio.end_s if audio else 0) + 1 < source.declared_duration_s,
            "文件末尾有缺损，缺损部分已略去",
            "The end of the file is damaged and was left out",
        ),
    }
    return [Note(code=code, zh=zh, en=en) for code, (mended, zh, en) in told.items() if mended]
