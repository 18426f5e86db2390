"""Encode the sound of the whole file, once for all rungs."""

from __future__ import annotations

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
from transcode.ffmpeg import run
from transcode.plan import AUDIO_RATE_HZ, Plan, PlannedAudio


def audio_arguments(plan: Plan, source: Path, out_dir: Path) -> list[str]:
    """The command line that makes ``out_dir/<track>.m4a.part`` for every audio track."""
    copies = _sound(plan, source).filter_multi_output("asplit", len(plan.audio))
    outputs = [
        copies[i]
        .filter("aformat", channel_layouts="mono" if track.channels == 1 else "stereo")
        .output(str(part(audio_file(out_dir, track))), **_audio_options(track))
        for i, track in enumerate(plan.audio)
    ]
    return compiled(ffmpeg.merge_outputs(*outputs))


def _sound(plan: Plan, source: Path) -> Any:
    """Stereo at 48 kHz, exactly as long as the picture: padded, cut, or silence."""
    samples = round(plan.total_frames / plan.fps * AUDIO_RATE_HZ)
    if plan.treatment.audio_stream is None:
        silence = ffmpeg.input(f"anullsrc=r={AUDIO_RATE_HZ}:cl=stereo", f="lavfi")
        return silence.audio.filter("atrim", end_sample=samples)
    first = round((plan.treatment.clock_zero_s + plan.treatment.origin_s) * AUDIO_RATE_HZ)
    options: dict[str, Any] = dict(INPUT)
    if plan.treatment.origin_s > 0:
        options["ss"] = f"{plan.treatment.origin_s:.6f}"
    return (
        ffmpeg.input(address(source), **options)[str(plan.treatment.audio_stream)]
        # Late sound gets silence before it, gaps are filled, drift is stretched away.
        .filter("aresample", AUDIO_RATE_HZ, **{"async": 1000}, first_pts=first)
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
) -> Encoded:
    """Make ``out_dir/<track>.m4a`` for every audio track: whole files or none."""
    out_dir.mkdir(parents=True, exist_ok=True)
    files = [audio_file(out_dir, track) for track in plan.audio]
    with parts_swept(files):
        arguments = audio_arguments(plan, source, out_dir)
        done = run(arguments, ffmpeg=ffmpeg, on_progress=on_progress, stop=stop)
        keep_parts(files)
    return Encoded(files=tuple(files), cpu_s=done.cpu_s, wall_s=done.wall_s, decoded_frames=0)


def audio_file(out_dir: Path, track: PlannedAudio) -> Path:
    return out_dir / f"{track.name}.m4a"
