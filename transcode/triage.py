"""Refuse a source, or decide what must be mended; ``notes`` tells the editor of every mending."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from transcode.errors import (
    BrokenClock,
    Damaged,
    DolbyVision,
    StillPicture,
    TooLargePicture,
    TooLong,
)
from transcode.ladder import make_rungs
from transcode.loudness import TARGET_LUFS
from transcode.notes import APART_S, Note, Noted, notes
from transcode.probe import AudioTrack, Source, VideoTrack
from transcode.sniff import LEAST_READABLE
from transcode.voices import further_tracks, main_track

MAX_DURATION_S = 6 * 3600
MAX_SIDE_PX = 8192
# Boxes play 60, which on a clock of milliseconds look like up to 62.5, one every 16 ms.
MAX_FPS = 63
# In less time than this, the first picture alone would exceed the rate of the thinnest line.
LEAST_DURATION_S = 2.0

_NTSC = [Fraction(n * 1000, 1001) for n in (24, 30, 60)]
STANDARD_FPS = sorted([Fraction(n) for n in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60)] + [
    Fraction(15, 2), Fraction(25, 2), Fraction(15000, 1001), *_NTSC,
])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What the filters must do. Serialisable by ``to_dict`` and ``from_dict``."""

    fps: Fraction
    deinterlace: str | None  # order of the fields: "tff", "bff", or "auto": as flagged
    tonemap: str | None  # "pq" or "hlg": to SDR
    matrix: str  # colour matrix to read the source with
    wide_gamut: bool  # BT.2020 primaries, to be brought into BT.709
    full_range: bool
    width_px: int  # shown size, square pixels, not yet even
    height_px: int
    audio_stream: int | None  # None: silence
    further_audio: tuple[AudioTrack, ...]
    loudness_lufs: float | None  # None: the sound is left as loud as it is
    clock_zero_s: float  # the file's own time stamp at the zero of our clock
    origin_s: float  # where on our clock the lesson begins
    duration_s: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"fps": str(self.fps)}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Treatment:
        return cls(
            **plain
            | {
                "fps": Fraction(plain["fps"]),
                "notes": tuple(Note(**note) for note in plain["notes"]),
                "further_audio": tuple(AudioTrack(**track) for track in plain["further_audio"]),
            }
        )


def triage(source: Source, *, loudness_lufs: float | None = TARGET_LUFS) -> Treatment:
    """Decide what to mend, or raise the SourceRefused.

    loudness_lufs: what the sound is brought to; None leaves it alone.
    """
    _refuse(source)
    video, audio = source.video, main_track(source.audio)
    further = further_tracks(source.audio, audio)
    origin_s = _origin_s(video)
    end_s = _end_s(video, audio)
    _refuse_long(end_s - origin_s)
    fps = standard_fps(video.fps)
    top = make_rungs(video.width_px, video.height_px, fps)[0]
    return Treatment(
        fps=fps,
        deinterlace=video.field_order,
        tonemap=video.hdr,
        matrix=video.matrix or _usual_matrix(video),
        wide_gamut=video.wide_gamut,
        full_range=video.full_range,
        width_px=video.width_px,
        height_px=video.height_px,
        audio_stream=audio.stream if audio else None,
        further_audio=further,
        loudness_lufs=loudness_lufs,
        clock_zero_s=source.clock_zero_s,
        origin_s=origin_s,
        duration_s=max(round(end_s - origin_s, 6), LEAST_DURATION_S),
        notes=notes(
            Noted(
                source=source,
                audio=audio,
                further=further,
                fps=fps,
                top_px=(top.width_px, top.height_px),
                origin_s=origin_s,
                end_s=max(end_s, origin_s + LEAST_DURATION_S),
            )
        ),
    )


def standard_fps(fps: Fraction) -> Fraction:
    """The nearest constant standard rate, at most 60; doubled rates are halved first."""
    while fps > MAX_FPS:
        fps /= 2
    return min(STANDARD_FPS, key=lambda standard: abs(standard - fps))


def _refuse(source: Source) -> None:
    video = source.video
    if max(video.coded_width_px, video.coded_height_px) > MAX_SIDE_PX:
        raise TooLargePicture(f"{video.coded_width_px}×{video.coded_height_px} px")
    if video.dolby_only:
        raise DolbyVision("Dolby Vision without a base that others can show")
    # First, because durations mean nothing on such a clock.
    if source.clock_jumps:
        raise BrokenClock(f"the clock jumps {source.clock_jumps} times")
    _refuse_long(max(source.declared_duration_s, source.duration_s))
    if video.frames == 1 and not source.audio:
        raise StillPicture("a single frame without sound")
    sound_s = (track.end_s for track in source.audio)
    reached_s = max(video.end_s, source.captions_end_s, *sound_s, 0.0)
    if reached_s < LEAST_READABLE * source.declared_duration_s:
        raise Damaged(f"{reached_s:.1f} of {source.declared_duration_s:.1f} s can be read")
    _refuse_broken_off(video)
    if audio := main_track(source.audio):
        _refuse_broken_off(audio)


def _refuse_long(duration_s: float) -> None:
    if duration_s > MAX_DURATION_S:
        raise TooLong(f"{duration_s:.0f} s")


def _refuse_broken_off(track: VideoTrack | AudioTrack) -> None:
    """A file whose tracks lie one behind the other may lose most of one and nothing of another.
    A picture that is made shorter than the sound says so itself, and is held."""
    readable_s = track.end_s - track.start_s
    if readable_s < LEAST_READABLE * track.declared_s:
        raise Damaged(
            f"of track {track.stream} {readable_s:.1f} of {track.declared_s:.1f} s can be read"
        )


def _origin_s(video: VideoTrack) -> float:
    """A picture that starts a little after the sound sets the start; a late one is held back
    to the start of the sound, so that no speech is lost."""
    return video.start_s if video.start_s <= 0.5 else 0.0


def _end_s(video: VideoTrack, audio: AudioTrack | None) -> float:
    """Where sound goes on, the last picture is held to its end."""
    sound_s = audio.heard_until_s if audio else 0.0
    return sound_s if sound_s > video.end_s + APART_S else video.end_s


def _usual_matrix(video: VideoTrack) -> str:
    """Files that don't name their matrix: high definition has BT.709, the rest BT.601."""
    return "bt709" if max(video.coded_height_px, video.coded_width_px) > 1024 else "smpte170m"
