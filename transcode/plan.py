"""The plan of one package: a value that says everything the encoders need, and its hash.

The same source, settings and code version make the same plan, so work that is done is found
again by the plan's hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from transcode.caption_tracks import PlannedCaptions, planned_captions
from transcode.chapters import Chapter, of_lesson
from transcode.chunks import Chunk, counted, cut, last_picture_frame, seek_margin_s
from transcode.content import UNKNOWN, Content
from transcode.ladder import IFrames, Rung, make_iframes, make_rungs
from transcode.loudness import TARGET_LUFS
from transcode.probe import Source
from transcode.triage import Treatment

# Part of the hash: raise it whenever the same plan would give other bytes.
CODE_VERSION = 6
SEGMENT_S = 4
AUDIO_RATE_HZ = 48_000
HEVC_PASS = "hevc"
# Rungs up to this size are the first to be made: a film in 360 lines can be followed.
FIRST_PX = 360


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why the plan is as it is, in words for the editor. about: a rung, or another topic."""

    about: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Options:
    """What whoever runs the service may choose.

    gop_s: 2 or 4 seconds from key frame to key frame; four saves bits. chunk_s:
    about how long a chunk is. loudness_lufs: what sound is brought to; None leaves it alone.
    copy_top: take the source's own picture as the top rung where it can serve. hevc: make the
    largest rungs in HEVC as well, for newer boxes.
    """

    gop_s: int = 4
    chunk_s: int = 60
    loudness_lufs: float | None = TARGET_LUFS
    copy_top: bool = False
    hevc: bool = False

    def __post_init__(self) -> None:
        if self.gop_s not in (2, 4):
            raise ValueError("gop_s must be 2 or 4, so that segments of 4 s are whole GOPs")


@dataclass(frozen=True, kw_only=True)
class PlannedAudio:
    """One file of sound. The main track is muxed into the rungs, at the rate of each."""

    name: str
    channels: int
    bps: int
    main: bool = True
    thin: bool = False  # of a further track: the file that goes with the floor
    stream: int | None = None  # of a further track, in the source
    language: str | None = None  # as the source writes it, ISO 639-2 as a rule
    title: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pass:
    """Rungs that one decode feeds, chunk by chunk; done passes make a package of their own."""

    name: str
    rungs: tuple[str, ...]
    iframes: bool  # whether the I-frame stream is made along
    copied: bool = False  # the source's own picture, in one piece, without encoding


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One encoding job: a pass over a chunk."""

    part: Pass
    chunk: Chunk

    @property
    def name(self) -> str:
        return f"{self.part.name}-{self.chunk.index:04d}"


AUDIO = (
    PlannedAudio(name="stereo", channels=2, bps=128_000),
    PlannedAudio(name="stereo96", channels=2, bps=96_000),
    PlannedAudio(name="mono", channels=1, bps=32_000),
)
FURTHER_AUDIO = (AUDIO[1], replace(AUDIO[2], thin=True))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything there is to know before encoding. Serialisable."""

    code_version: int
    source_sha256: str
    video_stream: int
    treatment: Treatment
    seek_margin_s: int
    source_frames: int  # pictures in the source, to tell how many of them decoded
    last_picture_frame: int  # of the grid: where the source's last picture begins
    total_frames: int
    gop_frames: int
    segment_frames: int
    chunks: tuple[Chunk, ...]
    rungs: tuple[Rung, ...]
    hevc: tuple[Rung, ...]  # the extra ladder, none as a rule
    iframes: IFrames
    passes: tuple[Pass, ...]
    audio: tuple[PlannedAudio, ...]
    captions: tuple[PlannedCaptions, ...]
    chapters: tuple[Chapter, ...]
    content: Content
    still: bool = False  # hardly anything moves: encoders need not look far for where it went
    reasons: tuple[Reason, ...]  # why the ladder is as it is; not part of the hash

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every encoding job, in the order of their worth: what makes the film playable first."""
        whole = (Chunk(index=0, start_frame=0, frames=self.total_frames),)
        return tuple(
            Piece(part=part, chunk=chunk)
            for part in self.passes
            for chunk in (whole if part.copied else self.chunks)
        )

    @property
    def stages(self) -> tuple[tuple[Pass, ...], ...]:
        """The passes whose rungs make a package worth publishing, as they come to be done: the
        small rungs if there are several, all of H.264, and last everything."""
        early = self.passes[:1] if len(self.passes[0].rungs) > 1 else ()
        plain = tuple(part for part in self.passes if part.name != HEVC_PASS)
        return tuple(dict.fromkeys(stage for stage in (early, plain, self.passes) if stage))

    @property
    def all_rungs(self) -> tuple[Rung, ...]:
        """The ladder, and the extra one behind it."""
        return (*self.rungs, *self.hevc)

    def rungs_of(self, part: Pass) -> tuple[Rung, ...]:
        return tuple(rung for rung in self.all_rungs if rung.name in part.rungs)

    @property
    def fps(self) -> Fraction:
        return self.treatment.fps

    @property
    def duration_s(self) -> float:
        return float(self.total_frames / self.fps)

    @property
    def hash(self) -> str:
        """Sixteen hex digits over all that decides the bytes."""
        decided = {name: value for name, value in self.to_dict().items() if name != "reasons"}
        canonical = json.dumps(decided, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        plain = asdict(self) | {"treatment": self.treatment.to_dict()}
        for ladder in ("rungs", "hevc"):
            plain[ladder] = [rung | {"fps": str(rung["fps"])} for rung in plain[ladder]]
        plain["iframes"] |= {"fps": str(self.iframes.fps)}
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Plan:
        return cls(
            **plain
            | {
                "treatment": Treatment.from_dict(plain["treatment"]),
                "chunks": tuple(Chunk(**chunk) for chunk in plain["chunks"]),
                "rungs": _rungs(plain["rungs"]),
                "hevc": _rungs(plain["hevc"]),
                "iframes": IFrames(**plain["iframes"] | {"fps": Fraction(plain["iframes"]["fps"])}),
                "passes": tuple(Pass(**p | {"rungs": tuple(p["rungs"])}) for p in plain["passes"]),
                "audio": tuple(PlannedAudio(**track) for track in plain["audio"]),
                "captions": tuple(PlannedCaptions(**track) for track in plain["captions"]),
                "chapters": tuple(Chapter(**chapter) for chapter in plain["chapters"]),
                "content": Content.from_dict(plain["content"]),
                "reasons": tuple(Reason(**reason) for reason in plain["reasons"]),
            }
        )


def _rungs(plain: Sequence[dict[str, Any]]) -> tuple[Rung, ...]:
    return tuple(Rung(**rung | {"fps": Fraction(rung["fps"])}) for rung in plain)


def make_plan(
    source: Source,
    treatment: Treatment,
    *,
    source_sha256: str,
    options: Options | None = None,
) -> Plan:
    """Decide grid and chunks, with the full ladder; ``fitting`` fits it to the content."""
    options = options or Options()
    further = further_audio(treatment)
    rungs = make_rungs(
        treatment.width_px, treatment.height_px, treatment.fps, further_sound=bool(further)
    )
    frame_step = max(rung.frame_step for rung in rungs)
    gops_a_segment = SEGMENT_S // options.gop_s
    segment_frames = frames_of(SEGMENT_S, treatment.fps, multiple_of=frame_step * gops_a_segment)
    total = total_frames(treatment, multiple_of=frame_step)
    names = {rung.audio for rung in rungs}
    chunks = cut(total, segment_frames, options.chunk_s // SEGMENT_S)
    return Plan(
        code_version=CODE_VERSION,
        source_sha256=source_sha256,
        video_stream=source.video.stream,
        treatment=treatment,
        seek_margin_s=seek_margin_s(source),
        source_frames=source.video.frames,
        last_picture_frame=last_picture_frame(source, treatment),
        total_frames=total,
        gop_frames=segment_frames // gops_a_segment,
        segment_frames=segment_frames,
        chunks=counted(chunks, source, treatment),
        rungs=rungs,
        hevc=(),
        iframes=make_iframes(rungs, treatment.fps, segment_frames, SEGMENT_S),
        passes=passes_of(rungs, len(chunks)),
        audio=(*main_audio(source, treatment, names), *further),
        captions=planned_captions(source.captions),
        chapters=of_lesson(source.chapters, treatment.origin_s, float(total / treatment.fps)),
        content=UNKNOWN,
        reasons=(),
    )


def passes_of(rungs: Sequence[Rung], chunks: int) -> tuple[Pass, ...]:
    """A film of several chunks gets its small rungs first: they cost a fraction of the whole, and
    with them households can watch while the rest is made. A second decode is the price."""
    small = tuple(rung.name for rung in rungs if min(rung.width_px, rung.height_px) <= FIRST_PX)
    rest = tuple(rung.name for rung in rungs if rung.name not in small)
    if chunks == 1 or not rest or len(small) < 2:
        return (Pass(name="all", rungs=(*rest, *small), iframes=True),)
    return (
        Pass(name="first", rungs=small, iframes=True),
        Pass(name="rest", rungs=rest, iframes=False),
    )


def main_audio(
    source: Source, treatment: Treatment, names: Container[str]
) -> tuple[PlannedAudio, ...]:
    """The main track at the rates of these names, called as the source calls it."""
    tracks = [track for track in source.audio if track.stream == treatment.audio_stream]
    language, title = next(((track.language, track.title) for track in tracks), (None, None))
    return tuple(
        replace(track, language=language, title=title) for track in AUDIO if track.name in names
    )


def further_audio(treatment: Treatment) -> tuple[PlannedAudio, ...]:
    """The tracks beside the main one, each as a rendition of its own, and once more as the floor
    has its sound: with the usual one its line would be too thin."""
    return tuple(
        replace(
            file,
            name=f"audio-{number}{'-thin' if file.thin else ''}",
            main=False,
            stream=track.stream,
            language=track.language,
            title=track.title,
        )
        for number, track in enumerate(treatment.further_audio, start=2)
        for file in FURTHER_AUDIO
    )


def frames_of(duration_s: int, fps: Fraction, *, multiple_of: int) -> int:
    """A whole number of frames near the duration, which every rung's GOP divides."""
    return max(1, round(duration_s * fps / multiple_of)) * multiple_of


def total_frames(treatment: Treatment, *, multiple_of: int) -> int:
    """Frames of the lesson; up to three more so that rungs at a lower rate end together."""
    frames = max(1, round(Fraction(treatment.duration_s) * treatment.fps))
    return -(-frames // multiple_of) * multiple_of
