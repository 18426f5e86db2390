"""Text captions: out of the source as WebVTT, then cut where the picture is cut."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transcode import joining, languages, webvtt
from transcode.caption_tracks import PlannedCaptions
from transcode.encode import Encoded, Progress, Stop
from transcode.errors import EncodeFailed, OverQuota
from transcode.ffmpeg import UNTRUSTED_INPUT, run
from transcode.leash import Limits
from transcode.plan import SEGMENT_S, Plan
from transcode.playlists import Entry, Segment, media_text
from transcode.sound import encode_audio
from transcode.webvtt import Cue

GROUP = "captions"
WHOLE = "captions.vtt"
_NAME = "字幕"
# Six hours of fast speech in two languages are a million bytes. A crafted track would fill memory.
MOST_BYTES = 4 << 20
# A caption stands in every segment in which it is shown: long ones would fill the disk.
MOST_CUT_BYTES = 4 * MOST_BYTES


class _TooLarge(Exception):
    """No captions of speech: more text than anybody reads."""


@dataclass(frozen=True, kw_only=True)
class Captions:
    """One caption track as it came out."""

    folder: str
    name: str
    language: str | None
    forced: bool
    cues: int

    @property
    def entry(self) -> Entry:
        """Its line in the multivariant playlist."""
        told = {
            "TYPE": "SUBTITLES",
            "GROUP-ID": f'"{GROUP}"',
            "NAME": f'"{self.name}"',
            **({"LANGUAGE": f'"{self.language}"'} if self.language else {}),
            "DEFAULT": "NO",
            "AUTOSELECT": "YES",
            "FORCED": "YES" if self.forced else "NO",
            "URI": f'"{self.folder}/{joining.PLAYLIST}"',
        }
        return Entry(attributes=told, uri="")


def encode_audio_and_captions(
    plan: Plan,
    source: Path,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    on_progress: Progress | None = None,
    stop: Stop | None = None,
    memory_bytes: int | None = None,
) -> Encoded:
    """The sound of the whole file, and beside it its captions as ``<track>.vtt``.

    A track that can't be read or is far too large is left out: nobody should lose a lesson to its
    captions. A full disk and the like are no fault of the track, and raise.
    """
    made = encode_audio(
        plan, source, out_dir, ffmpeg=ffmpeg, on_progress=on_progress, stop=stop,
        memory_bytes=memory_bytes,
    )  # fmt: skip
    limits = Limits(memory_bytes=memory_bytes, file_bytes=MOST_BYTES)
    files, cpu_s, wall_s = list(made.files), made.cpu_s, made.wall_s
    for track in plan.captions:
        file = captions_file(out_dir, track)
        raw = file.with_suffix(".part")
        try:
            done = run(
                captions_arguments(plan, source, track, raw),
                ffmpeg=ffmpeg, stop=stop, limits=limits,
            )  # fmt: skip
            cpu_s, wall_s = cpu_s + done.cpu_s, wall_s + done.wall_s
            cues = on_lesson_clock(plan, webvtt.read_cues(raw.read_text("utf-8", "replace")))
            _expect_readable(cues)
            file.write_text(webvtt.written(cues), encoding="utf-8")
            files.append(file)
        except (OverQuota, _TooLarge, webvtt.NotWebVtt, FileNotFoundError):
            pass
        except EncodeFailed as error:
            if type(error) is not EncodeFailed:
                raise
        finally:
            raw.unlink(missing_ok=True)
    return replace(made, files=tuple(files), cpu_s=round(cpu_s, 3), wall_s=round(wall_s, 3))


def _expect_readable(cues: Sequence[Cue]) -> None:
    cut_bytes = sum(
        len(cue.text.encode()) * (1 + (cue.end_s - cue.start_s) / SEGMENT_S) for cue in cues
    )
    if cut_bytes > MOST_CUT_BYTES:
        raise _TooLarge


def captions_arguments(plan: Plan, source: Path, track: PlannedCaptions, out: Path) -> list[str]:
    """The command line that reads one track, with the file's own time stamps."""
    leashed = [part for name, value in UNTRUSTED_INPUT.items() for part in (f"-{name}", value)]
    return [
        *(*leashed, "-copyts", "-i", f"file:{source.resolve()}", "-map", f"0:{track.stream}"),
        *("-c:s", "webvtt", "-map_metadata", "-1", "-fflags", "+bitexact"),
        *("-f", "webvtt", "-y", str(out)),
        # Between two captions nothing else moves that says how far the file is read.
        *("-map", f"0:{plan.video_stream}", "-c", "copy", "-f", "null", "-"),
    ]


def on_lesson_clock(plan: Plan, cues: Sequence[Cue]) -> list[Cue]:
    """In order, none outside of the lesson, none without words."""
    zero_s = plan.treatment.clock_zero_s + plan.treatment.origin_s
    moved = [
        replace(
            cue,
            start_s=max(0.0, cue.start_s - zero_s),
            end_s=min(plan.duration_s, cue.end_s - zero_s),
        )
        for cue in cues
        if cue.text.strip()
    ]
    inside = [cue for cue in moved if cue.end_s - cue.start_s >= 0.001]
    return sorted(inside, key=lambda cue: (cue.start_s, cue.end_s))


def captions_file(out_dir: Path, track: PlannedCaptions) -> Path:
    return out_dir / f"{track.name}.vtt"


def failed_captions(plan: Plan, audio_dir: Path) -> list[str | None]:
    """Languages of the tracks that could not be read, or were too large, and were left out."""
    return [t.language for t in plan.captions if not captions_file(audio_dir, t).exists()]


def write_captions(
    plan: Plan, audio_dir: Path, out_dir: Path, durations_s: Sequence[float], zero_ticks: int
) -> list[Captions]:
    """Cut the tracks that have words. zero_ticks: MPEG-TS time of the lesson's first picture."""
    files = {track: captions_file(audio_dir, track) for track in plan.captions}
    read = {t: webvtt.parse(f.read_text("utf-8")).cues for t, f in files.items() if f.exists()}
    spoken = {track: cues for track, cues in read.items() if cues}
    names = languages.names([(track.title, track.language) for track in spoken], _NAME)
    made = []
    for (track, cues), name in zip(spoken.items(), names, strict=True):
        _write_track(out_dir / track.name, cues, durations_s, zero_ticks)
        made.append(
            Captions(
                folder=track.name,
                name=name,
                language=languages.tag(track.language),
                forced=track.forced,
                cues=len(cues),
            )
        )
    return made


def _write_track(
    folder: Path, cues: Sequence[Cue], durations_s: Sequence[float], zero_ticks: int
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    segments = []
    for number, (shown, duration_s) in enumerate(_cut(cues, durations_s), 1):
        name = f"{number:05d}.vtt"
        (folder / name).write_text(webvtt.segment_written(shown, zero_ticks), encoding="utf-8")
        segments.append(Segment(uri=name, duration_s=duration_s))
    (folder / joining.PLAYLIST).write_text(media_text(segments))
    # In one piece, for players that don't read captions from playlists.
    (folder / WHOLE).write_text(webvtt.written(cues), encoding="utf-8")


def _cut(cues: Sequence[Cue], durations_s: Sequence[float]) -> Iterator[tuple[list[Cue], float]]:
    """A cue stands in every segment in which it is shown, with its whole length (RFC 8216 §3.5).

    cues: in the order of their starts.
    """
    waiting, shown, start_s = deque(cues), list[Cue](), 0.0
    for end_s, duration_s in zip(itertools.accumulate(durations_s), durations_s, strict=True):
        while waiting and waiting[0].start_s < end_s:
            shown.append(waiting.popleft())
        shown = [cue for cue in shown if cue.end_s > start_s]
        yield shown, duration_s
        start_s = end_s
