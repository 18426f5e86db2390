"""Join chunks and sound into segments by stream copy, and describe the result.

The segments' bytes depend on the chunks only: the same plan gives the same package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from transcode.encode import video_file
from transcode.errors import Damaged, EncodeFailed
from transcode.ffmpeg import run
from transcode.ladder import Rung
from transcode.mpegts import TransportSegment, read_segment
from transcode.plan import Plan
from transcode.playlists import (
    Entry,
    Segment,
    average_bps,
    media_text,
    multivariant_text,
    peak_bps,
)
from transcode.poster import write_posters
from transcode.sniff import LEAST_READABLE
from transcode.sound import audio_file, read_loudness

MULTIVARIANT = "multivariant.m3u8"
MEDIA = "media.m3u8"
CONTENTS = "package.json"
# What a box on a 4 Mbit/s line can start with, at once and without stalling.
START_BPS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One rung as it came out."""

    name: str
    width_px: int
    height_px: int
    fps: float
    peak_bps: int
    average_bps: int
    codecs: str
    segments: int
    size_bytes: int


def check_decoded(plan: Plan, decoded_frames: int) -> None:
    """Raise Damaged when too little of the source decoded. decoded_frames: of all chunks."""
    if decoded_frames < LEAST_READABLE * plan.source_frames:
        raise Damaged(f"{decoded_frames} of {plan.source_frames} pictures decoded")


def assemble(
    plan: Plan,
    piece_dirs: Mapping[str, Path],
    audio_dir: Path,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Write the whole package into ``out_dir``; gives what ``package.json`` says.

    piece_dirs: where encode_chunk wrote each piece, by the piece's name; passes that are not in it
    are left out. audio_dir: where encode_audio wrote.
    """
    renditions = []
    made = encoded_rungs(plan, piece_dirs)
    for rung, chunk_dirs in made.items():
        folder = out_dir / rung.name
        folder.mkdir(parents=True, exist_ok=True)
        listing = _listing(plan, rung, chunk_dirs, folder)
        track = next(track for track in plan.audio if track.name == rung.audio)
        arguments = segment_arguments(plan, listing, audio_file(audio_dir, track), folder)
        run(arguments, ffmpeg=ffmpeg, stop=stop)
        listing.unlink()
        renditions.append(_describe(plan, rung, folder))
    variants = [_variant(rendition) for rendition in in_starting_order(renditions)]
    (out_dir / MULTIVARIANT).write_text(multivariant_text(variants))
    top = next(iter(made))
    write_posters([video_file(chunk_dir, top) for chunk_dir in made[top]], out_dir)
    return _write_contents(plan, renditions, read_loudness(audio_dir), out_dir)


def encoded_rungs(plan: Plan, piece_dirs: Mapping[str, Path]) -> dict[Rung, list[Path]]:
    """The rungs of the passes that are there, largest first, each with its chunks' folders."""
    dirs = {
        name: [piece_dirs[piece.name] for piece in plan.pieces if piece.part is part]
        for part in plan.passes
        if all(piece.name in piece_dirs for piece in plan.pieces if piece.part is part)
        for name in part.rungs
    }
    return {rung: dirs[rung.name] for rung in plan.rungs if rung.name in dirs}


def _listing(plan: Plan, rung: Rung, chunk_dirs: Sequence[Path], folder: Path) -> Path:
    """The concat script of our own chunks, with exact lengths so that nothing drifts."""
    lines = ["ffconcat version 1.0"]
    for chunk, chunk_dir in zip(plan.chunks, chunk_dirs, strict=True):
        address = str(video_file(chunk_dir.resolve(), rung)).replace("'", "'\\''")
        duration_s = float(Fraction(chunk.frames) / plan.fps)
        lines += [f"file 'file:{address}'", f"duration {duration_s:.9f}"]
    listing = folder / "chunks.ffconcat"
    listing.write_text("\n".join([*lines, ""]))
    return listing


def segment_arguments(plan: Plan, listing: Path, audio: Path, folder: Path) -> list[str]:
    """The command line that cuts one rung."""
    segment_s = float(Fraction(plan.segment_frames) / plan.fps)
    return [
        *("-protocol_whitelist", "file,pipe", "-f", "concat", "-safe", "0", "-i", str(listing)),
        *("-i", str(audio), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"),
        *("-map_metadata", "-1", "-fflags", "+bitexact"),
        # Every rung is shifted alike; otherwise each would be shifted by its own reordering
        # delay, and switching rungs would jump.
        # The delay lets the muxer pack sixteen AAC frames into one PES packet: with a delay of 0
        # each of them takes a transport packet of its own, 40 kbit/s of padding on the floor.
        *("-output_ts_offset", "10", "-muxdelay", "0.7"),
        # A tenth of a millisecond less: a time stamp rounded down must not miss its cut.
        *("-f", "hls", "-hls_time", f"{segment_s - 0.0001:.6f}", "-hls_list_size", "0"),
        *("-hls_playlist_type", "vod", "-start_number", "1"),
        # The tables stand at the start of each segment; ten times a second costs 30 kbit/s.
        *("-hls_segment_options", "pat_period=60:sdt_period=60"),
        *("-hls_segment_filename", str(folder / "%05d.ts"), str(folder / MEDIA)),
    ]


def _describe(plan: Plan, rung: Rung, folder: Path) -> Rendition:
    """Write the rung's playlist from the plan's own frame numbers, and measure the rung."""
    durations = segment_durations(plan)
    files = sorted(folder.glob("*.ts"))
    if len(files) != len(durations):
        raise EncodeFailed(f"{rung.name}: {len(files)} segments instead of {len(durations)}")
    segments = [
        Segment(uri=file.name, duration_s=float(duration))
        for file, duration in zip(files, durations, strict=True)
    ]
    (folder / MEDIA).write_text(media_text(segments))
    measured = [(f.stat().st_size, s.duration_s) for f, s in zip(files, segments, strict=True)]
    first = read_segment(files[0].read_bytes())
    return Rendition(
        name=rung.name,
        width_px=rung.width_px,
        height_px=rung.height_px,
        fps=round(float(rung.fps), 3),
        peak_bps=peak_bps(measured, max(round(s.duration_s) for s in segments)),
        average_bps=average_bps(measured),
        codecs=_codecs(first),
        segments=len(files),
        size_bytes=sum(size for size, _ in measured),
    )


def segment_durations(plan: Plan) -> list[Fraction]:
    """Exact lengths; the same in every rung, because the grid is."""
    starts = range(0, plan.total_frames, plan.segment_frames)
    return [min(plan.segment_frames, plan.total_frames - at) / plan.fps for at in starts]


def _codecs(first: TransportSegment) -> str:
    if first.sps is None or first.adts is None:
        raise EncodeFailed("a segment without H.264 parameters or AAC headers")
    return f"{first.sps.codec},mp4a.40.{first.adts.object_type}"


def in_starting_order(renditions: Sequence[Rendition]) -> list[Rendition]:
    """First the one that players start with, then the others, largest first."""
    fitting = [r for r in renditions if r.peak_bps <= START_BPS]
    first = max(fitting or renditions, key=lambda r: r.peak_bps if fitting else -r.peak_bps)
    return [first, *(r for r in renditions if r is not first)]


def _variant(rendition: Rendition) -> Entry:
    return Entry(
        attributes={
            "BANDWIDTH": str(rendition.peak_bps),
            "AVERAGE-BANDWIDTH": str(rendition.average_bps),
            "CODECS": f'"{rendition.codecs}"',
            "RESOLUTION": f"{rendition.width_px}x{rendition.height_px}",
            "FRAME-RATE": f"{rendition.fps:.3f}",
        },
        uri=f"{rendition.name}/{MEDIA}",
    )


def _write_contents(
    plan: Plan, renditions: Sequence[Rendition], loudness: list[dict[str, Any]], out_dir: Path
) -> dict[str, Any]:
    """Write ``package.json``: every file with size and hash. The last file of a package."""
    files = sorted(f for f in out_dir.rglob("*") if f.is_file() and f.name != CONTENTS)
    contents = {
        "format": 1,
        "source_sha256": plan.source_sha256,
        "plan": plan.hash,
        "duration_s": round(plan.duration_s, 6),
        "fps": str(plan.fps),
        "rungs": [asdict(rendition) for rendition in renditions],
        "loudness": loudness,
        "files": [_file_facts(file, out_dir) for file in files],
    }
    text = json.dumps(contents, indent=1, ensure_ascii=False) + "\n"
    (out_dir / CONTENTS).write_text(text, encoding="utf-8")
    return contents


def _file_facts(file: Path, out_dir: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {
        "path": file.relative_to(out_dir).as_posix(),
        "size_bytes": file.stat().st_size,
        "sha256": digest,
    }
