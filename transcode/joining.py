"""The command lines that join chunks and cut segments, all by stream copy, all on one clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from transcode.errors import EncodeFailed
from transcode.plan import AUDIO_RATE_HZ, Plan
from transcode.playlists import Segment, media_text

PLAYLIST = "media.m3u8"
AAC_FRAME_S = 1024 / AUDIO_RATE_HZ
# Runs FFmpeg on a command line.
Join = Callable[[Sequence[str]], object]

_CLEAN = ("-map_metadata", "-1", "-fflags", "+bitexact")
# Every stream is shifted alike; otherwise each would be shifted by its own reordering delay, and
# switching rungs would jump, and sound in playlists of its own would lead the picture.
# The delay lets the muxer pack sixteen AAC frames into one PES packet: with a delay of 0 each of
# them takes a transport packet of its own, 40 kbit/s of padding on the floor.
_CLOCK = ("-output_ts_offset", "10", "-muxdelay", "0.7")
# The tables stand at the start of each segment; ten times a second costs 30 kbit/s.
_RARE_TABLES = "pat_period=60:sdt_period=60"


def write_script(plan: Plan, files: Sequence[Path], script: Path) -> None:
    """The concat script of our own chunks, with exact lengths so that nothing drifts."""
    lines = ["ffconcat version 1.0"]
    # A copied picture is one file for the whole film.
    frames = [chunk.frames for chunk in plan.chunks] if len(files) > 1 else [plan.total_frames]
    for count, file in zip(frames, files, strict=True):
        address = str(file.resolve()).replace("'", "'\\''")
        duration_s = float(Fraction(count) / plan.fps)
        lines += [f"file 'file:{address}'", f"duration {duration_s:.9f}"]
    script.write_text("\n".join([*lines, ""]))


def rung_arguments(plan: Plan, script: Path, audio: Path, folder: Path) -> list[str]:
    """Cut one rung with its sound into segments."""
    return [
        *_joined(script),
        *("-i", str(audio), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"),
        *_CLEAN,
        *_CLOCK,
        *_cut(plan, folder),
    ]


def sound_arguments(plan: Plan, audio: Path, folder: Path) -> list[str]:
    """Cut a further sound track into segments of its own, where the rungs are cut.

    Each segment begins with the AAC frame that sounds when the picture's segment begins.
    """
    return [
        *("-i", str(audio), "-map", "0:a:0", "-c", "copy"),
        # Cuts are counted from the priming frame, one AAC frame before the picture begins: a last
        # frame within that of the end would make a segment of its own.
        *("-t", f"{plan.duration_s - AAC_FRAME_S - 0.0001:.6f}"),
        *_CLEAN,
        *_CLOCK,
        *_cut(plan, folder),
    ]


def iframes_arguments(script: Path, file: Path) -> list[str]:
    """Join the I-frames into one transport stream, tables before each picture."""
    return [
        *_joined(script),
        *("-map", "0:v:0", "-c", "copy"),
        *_CLEAN,
        *_CLOCK,
        # A player fetches a picture by its byte range alone, and needs the tables with it.
        *("-mpegts_flags", "+pat_pmt_at_frames", "-pat_period", "60", "-sdt_period", "60"),
        *("-f", "mpegts", str(file)),
    ]


def _joined(script: Path) -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-f", "concat", "-safe", "0", "-i", str(script)]


def _cut(plan: Plan, folder: Path) -> list[str]:
    segment_s = float(Fraction(plan.segment_frames) / plan.fps)
    return [
        # A tenth of a millisecond less: a time stamp rounded down must not miss its cut.
        *("-f", "hls", "-hls_time", f"{segment_s - 0.0001:.6f}", "-hls_list_size", "0"),
        *("-hls_playlist_type", "vod", "-start_number", "1"),
        *("-hls_segment_options", _RARE_TABLES),
        *("-hls_segment_filename", str(folder / "%05d.ts"), str(folder / PLAYLIST)),
    ]


def write_playlist(
    folder: Path, durations_s: Sequence[float]
) -> tuple[list[Path], list[tuple[int, float]]]:
    """Describe the segments in the folder by the plan's own lengths; the muxer's are rounded.

    Gives the segments, and for each its bytes and seconds.
    """
    files = sorted(folder.glob("*.ts"))
    if len(files) != len(durations_s):
        raise EncodeFailed(f"{folder.name}: {len(files)} segments instead of {len(durations_s)}")
    pairs = list(zip(files, durations_s, strict=True))
    segments = [Segment(uri=file.name, duration_s=duration_s) for file, duration_s in pairs]
    (folder / PLAYLIST).write_text(media_text(segments))
    return files, [(file.stat().st_size, duration_s) for file, duration_s in pairs]
