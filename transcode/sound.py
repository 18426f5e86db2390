"""Encode the sound of the whole file, once for all rungs, at an even loudness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ffmpeg

from transcode.encode import (
    INPUT,
    Encoded,
    Progress,
    Stop,
    address,
    compiled,
    keep_parts,
    part,
    parts_swept,
)
from transcode.errors import Damaged, EncodeFailed
from transcode.ffmpeg import run
from transcode.footprint import quota_bytes, sound_bytes
from transcode.leash import Limits
from transcode.loudness import (
    Level,
    Loudness,
    Measured,
    Summary,
    corrected,
    is_silence,
    leveled,
    limited,
    metered,
    report,
    settle,
)
from transcode.plan import AUDIO_RATE_HZ, Plan, PlannedAudio
from transcode.sniff import LEAST_READABLE

MAIN = "main"
LOUDNESS_FILE = "loudness.json"
LOST_FILE = "lost.json"
# Only sound of an odd kind, such as pure noise, needs more than one.
_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One sound track of the source and the files that are made of it."""

    name: str
    stream: int | None  # None: silence
    files: tuple[PlannedAudio, ...]


def voices(plan: Plan) -> tuple[Voice, ...]:
    main = tuple(track for track in plan.audio if track.main)
    further = [track for track in plan.audio if not track.main]
    return (
        Voice(name=MAIN, stream=plan.treatment.audio_stream, files=main),
        *(
            Voice(
                name=track.name,
                stream=track.stream,
                files=tuple(file for file in further if file.stream == track.stream),
            )
            for track in further
            if not track.thin
        ),
    )


def audio_arguments(
    plan: Plan, source: Path, out_dir: Path, voice: Voice | None = None, level: Level | None = None
) -> list[str]:
    """The command line that makes ``out_dir/<track>.m4a.part`` for every file of a voice.

    voice: the main one unless named.
    """
    voice = voice or voices(plan)[0]
    level = level or Level()
    sound = leveled(_sound(plan, source, voice.stream), level)
    copies = sound.filter_multi_output("asplit", len(voice.files))
    outputs = [
        _mixed(copies[i], track.channels, level).output(
            str(part(audio_file(out_dir, track))), **_audio_options(track)
        )
        for i, track in enumerate(voice.files)
    ]
    return compiled(ffmpeg.merge_outputs(*outputs))


def _mixed(stereo: Any, channels: int, level: Level) -> Any:
    """As many channels as the file has. FFmpeg's own mix to mono is 3 dB louder than the sides
    are, unless no sum may exceed one; a box that changes rungs would get louder with it."""
    if channels > 1:
        return stereo
    mono = stereo.filter("aresample", rematrix_maxval=1).filter("aformat", channel_layouts="mono")
    return limited(mono, level.thin_limit_dbtp)


def meter_arguments(plan: Plan, source: Path, voice: Voice, level: Level) -> list[str]:
    """The command line that only measures a voice, as it would come out at a level."""
    sound = leveled(_sound(plan, source, voice.stream), level)
    # Of the sides only the source tells anything new.
    sound = metered(sound, sides=level == Level())
    return compiled(sound.output("-", f="null"))


def _sound(plan: Plan, source: Path, stream: int | None) -> Any:
    """Stereo at 48 kHz, exactly as long as the picture: padded, cut, or silence."""
    samples = round(plan.total_frames / plan.fps * AUDIO_RATE_HZ)
    if stream is None:
        silence = ffmpeg.input(f"anullsrc=r={AUDIO_RATE_HZ}:cl=stereo", f="lavfi")
        return silence.audio.filter("atrim", end_sample=samples)
    start_s = plan.treatment.clock_zero_s + plan.treatment.origin_s
    # How much must decode is our rule, not FFmpeg's, which gives up at two thirds.
    options: dict[str, Any] = INPUT | {"max_error_rate": 1}
    if plan.treatment.origin_s > 0:
        options["ss"] = f"{plan.treatment.origin_s:.6f}"
    return (
        ffmpeg.input(address(source), **options)[str(stream)]
        # On our clock first: the resampler counts its own start in samples of the source's rate,
        # which isn't always what the header says.
        .filter("asetpts", f"PTS-{start_s:.6f}/TB")
        # What comes hours later, the resampler would fill the memory with silence up to.
        .filter("atrim", end=f"{plan.duration_s + 1:.6f}")
        # Late sound gets silence before it, gaps are filled, drift is stretched away.
        .filter("aresample", AUDIO_RATE_HZ, **{"async": 1000}, first_pts=0)
        .filter("asetpts", "PTS-STARTPTS")
        .filter("aformat", channel_layouts="stereo")
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
    )


def _audio_options(track: PlannedAudio) -> dict[str, Any]:
    return {
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": track.bps,
        "ar": AUDIO_RATE_HZ,
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
        "f": "mp4",
    }


def encode_audio(
    plan: Plan,
    source: Path,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    on_progress: Progress | None = None,
    stop: Stop | None = None,
    memory_bytes: int | None = None,
) -> Encoded:
    """Make ``out_dir/<track>.m4a`` for every audio track, whole files or none, and a note of
    how loud they were. A further track that fails is left out: the lesson goes on without it.

    Raises Damaged when too little of the main track decodes.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    limits = Limits(memory_bytes=memory_bytes, scratch_bytes=quota_bytes(sound_bytes(plan)))
    work = _Work(plan=plan, source=source, out_dir=out_dir, ffmpeg=ffmpeg, stop=stop, limits=limits)
    all_voices, furthest_s = voices(plan), 0.0
    for number, voice in enumerate(all_voices):

        def advance(done_s: float, number: int = number) -> None:
            # A second attempt at a track begins anew; the bar doesn't go back.
            nonlocal furthest_s
            furthest_s = max(furthest_s, (number * plan.duration_s + done_s) / len(all_voices))
            if on_progress:
                on_progress(furthest_s)

        try:
            work.encode(voice, advance)
        except (Damaged, EncodeFailed) as error:
            # A full disk or too little memory says nothing of the track.
            if voice.name == MAIN or type(error) not in (Damaged, EncodeFailed):
                raise
    note = out_dir / LOUDNESS_FILE
    note.write_text(json.dumps([found.to_dict() for found in work.loudness]))
    lost = out_dir / LOST_FILE
    lost.write_text(json.dumps({"sound_s": work.lost_s}))
    return Encoded(
        files=(*work.files, note, lost),
        cpu_s=round(work.cpu_s, 3),
        wall_s=work.wall_s,
        decoded_frames=0,
    )


@dataclass(kw_only=True)
class _Work:
    """The job in hand: what to read, and what has come of it so far."""

    plan: Plan
    source: Path
    out_dir: Path
    ffmpeg: str | Path | None
    stop: Stop | None
    limits: Limits
    files: list[Path] = field(default_factory=list)
    loudness: list[Loudness] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    lost_s: float = 0.0  # of the main track: what did not decode

    def encode(self, voice: Voice, advance: Progress) -> None:
        files = [audio_file(self.out_dir, track) for track in voice.files]
        with parts_swept(files):
            self._encode_parts(voice, advance)
            keep_parts(files)
        self.files += files

    def _encode_parts(self, voice: Voice, advance: Progress) -> None:
        target_lufs = self.plan.treatment.loudness_lufs
        if target_lufs is None or voice.stream is None:
            return self._code(voice, Level(), advance)
        found = self._meter(voice, Level())
        if is_silence(found):
            self.loudness.append(report(voice.name, found, Level(), None))
            return self._code(voice, Level(), advance)
        level = settle(found, target_lufs, lambda level: self._meter(voice, level))
        for attempt in range(_ATTEMPTS):
            self._code(voice, level, advance)
            coded, *others = [self._meter_part(file) for file in _best_and_thinnest(voice)]
            better = corrected(level, target_lufs, found, coded, *others)
            if better == level or attempt == _ATTEMPTS - 1:
                break
            level = better
        self.loudness.append(report(voice.name, found, level, coded))
        return None

    def _code(self, voice: Voice, level: Level, advance: Progress) -> None:
        arguments = audio_arguments(self.plan, self.source, self.out_dir, voice, level)
        self._expect_decoded(voice, self._run(arguments, advance))

    def _meter(self, voice: Voice, level: Level) -> Measured:
        summary = Summary()
        arguments = meter_arguments(self.plan, self.source, voice, level)
        self._expect_decoded(voice, self._run(arguments, summary=summary))
        return summary.measured()

    def _expect_decoded(self, voice: Voice, undecoded: float) -> None:
        if undecoded > 1 - LEAST_READABLE:
            raise Damaged(f"{undecoded:.0%} of the sound in track {voice.stream} can't be decoded")
        if voice.name == MAIN:
            self.lost_s = round(undecoded * self.plan.duration_s, 1)

    def _meter_part(self, track: PlannedAudio) -> Measured:
        summary = Summary()
        file = part(audio_file(self.out_dir, track))
        sound = metered(ffmpeg.input(address(file), format_whitelist="mov").audio)
        self._run(compiled(sound.output("-", f="null")), summary=summary)
        return summary.measured()

    def _run(
        self,
        arguments: Sequence[str],
        advance: Progress | None = None,
        summary: Summary | None = None,
    ) -> float:
        """Gives how much of the sound did not decode."""
        done = run(
            arguments,
            ffmpeg=self.ffmpeg,
            on_progress=advance,
            on_message=summary.hear if summary else None,
            stop=self.stop,
            folder=self.out_dir,
            limits=self.limits,
        )
        self.cpu_s += done.cpu_s
        self.wall_s += done.wall_s
        return done.undecoded_sound


def _best_and_thinnest(voice: Voice) -> tuple[PlannedAudio, ...]:
    return tuple(dict.fromkeys((voice.files[0], voice.files[-1])))


def read_loudness(audio_dir: Path) -> list[dict[str, Any]]:
    """What ``encode_audio`` noted: how loud each track was, and what was done."""
    found: list[dict[str, Any]] = json.loads((audio_dir / LOUDNESS_FILE).read_text())
    return found


def read_lost_s(audio_dir: Path) -> float:
    """How many seconds of the main track did not decode, as ``encode_audio`` noted."""
    file = audio_dir / LOST_FILE
    # Earlier releases made no such note, and what they encoded may wait for its assembly.
    return float(json.loads(file.read_text())["sound_s"]) if file.exists() else 0.0


def audio_file(out_dir: Path, track: PlannedAudio) -> Path:
    return out_dir / f"{track.name}.m4a"
