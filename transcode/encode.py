"""Encode one chunk in all its rungs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg

from transcode.chunks import Chunk
from transcode.errors import EncodeFailed
from transcode.ffmpeg import UNTRUSTED_INPUT, run
from transcode.filters import first_frame, frame_start_s, rendition_streams, seek_margin_s
from transcode.footprint import most_bytes, quota_bytes
from transcode.ladder import FLOOR_NAME, IFrames, Rung
from transcode.leash import Limits
from transcode.plan import Piece, Plan


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """What one job made. decoded_frames: of the pictures that begin in the chunk, how many came
    out of the source; those before it, where decoding begins, make up for none."""

    files: tuple[Path, ...]
    cpu_s: float
    wall_s: float
    decoded_frames: int


# With the file's own time stamps: FFmpeg otherwise moves the zero of transport and programme
# streams to the first of the streams in use, and late sound would come early.
INPUT: dict[str, Any] = {**UNTRUSTED_INPUT, "copyts": None}

Progress = Callable[[float], None]
Stop = Callable[[], bool]


def chunk_arguments(plan: Plan, source: Path, piece: Piece, out_dir: Path) -> list[str]:
    """The command line that makes ``out_dir/<rung>.mp4.part`` for every rung of the pass."""
    picture = _picture(plan, source, piece.chunk)
    outputs = [
        stream.output(str(part(video_file(out_dir, rung))), **video_options(plan, rung))
        if isinstance(rung, Rung)
        else stream.output(str(part(iframes_file(out_dir))), **iframes_options(rung))
        for rung, stream in rendition_streams(picture, plan, piece)
    ]
    return compiled(ffmpeg.merge_outputs(*outputs))


def _picture(plan: Plan, source: Path, chunk: Chunk) -> Any:
    start_s = frame_start_s(plan, first_frame(plan, chunk)) - seek_margin_s(plan, chunk)
    # How much must decode is our rule, not FFmpeg's, which gives up at two thirds.
    options: dict[str, Any] = INPUT | {"max_error_rate": 1}
    if start_s > 0:
        # Not accurate on purpose: the frame that is on screen when the chunk begins may have
        # begun long before, and the fps filter wants to see it.
        options |= {"noaccurate_seek": None, "ss": f"{start_s:.6f}"}
    return ffmpeg.input(address(source), **options)[str(plan.video_stream)]


def address(source: Path) -> str:
    """The file with its protocol named, so that no file name can name another."""
    return f"file:{source.resolve()}"


def video_options(plan: Plan, rung: Rung) -> dict[str, Any]:
    """x264's settings for a rung, and a reason for each that isn't plain."""
    gop = plan.gop_frames // rung.frame_step
    if rung.codec == "hevc":
        return _container_options(rung.fps) | _hevc_options(rung, gop)
    return _container_options(rung.fps) | {
        "c:v": "libx264",
        "preset": rung.preset,
        "crf": f"{rung.crf:g}",
        **({"maxrate": rung.max_bps, "bufsize": rung.buffer_bits} if rung.max_bps else {}),
        "profile:v": rung.profile,
        "level": rung.level,
        "pix_fmt": "yuv420p",
        "g": gop,
        "keyint_min": gop,
        # A scene-cut keyframe would start a GOP that the other renditions lack,
        # and a box that switches rung there stutters (RFC 8216 §6.2.4).
        "sc_threshold": 0,
        "flags": "+cgop",
        # With trellis 23 % fewer bits at no more CPU than the preset's own 10 and 0; 30 needs more
        # memory and saves nothing.
        "rc-lookahead": 20,
        "x264-params": _x264_parameters(plan, rung),
    }


def _hevc_options(rung: Rung, gop: int) -> dict[str, Any]:
    """x265's settings: the same grid of closed GOPs as x264's."""
    parameters = {
        "keyint": gop,
        "min-keyint": gop,
        "scenecut": 0,
        "open-gop": 0,
        "vbv-maxrate": rung.max_bps // 1000,
        "vbv-bufsize": rung.buffer_bits // 1000,
        "log-level": "error",
    }
    return {
        "c:v": "libx265",
        "preset": rung.preset,
        "crf": f"{rung.crf:g}",
        "pix_fmt": "yuv420p",
        "tag:v": "hvc1",
        "x265-params": ":".join(f"{name}={value}" for name, value in parameters.items()),
    }


def iframes_options(iframes: IFrames) -> dict[str, Any]:
    """x264's settings for the stream of key frames."""
    return _container_options(iframes.fps) | {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": f"{iframes.crf:g}",
        "profile:v": iframes.profile,
        "level": iframes.level,
        "pix_fmt": "yuv420p",
        "g": 1,
        "x264-params": "threads=1",
    }


def _container_options(fps: Fraction) -> dict[str, Any]:
    return {
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "color_range": "tv",
        "fps_mode": "passthrough",
        # A clock that every frame falls on exactly, so that joined chunks don't drift.
        "video_track_timescale": timescale(fps),
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "f": "mp4",
    }


def _x264_parameters(plan: Plan, rung: Rung) -> str:
    """Without a free-running lookahead the same input gives the same bytes, at no cost that
    could be measured."""
    return (
        "trellis=1:sync-lookahead=0"
        # The default of 1 spends bits on flat areas that sensor noise makes busy: at equal VMAF
        # it needs 24 % more on a talking head, 6 % more on field footage, for no CPU.
        ":aq-strength=0.55"
        f"{_FLOOR if rung.name == FLOOR_NAME else _STILL if plan.still else _OTHERS}"
    )


# Few pixels: it keeps all that its slow preset does. Its rate limit always binds, so threads would
# guess at each other's sizes, and the bytes would differ from run to run.
_FLOOR = ":threads=1"
# A quarter of the CPU for 1 to 3 % of the bits of moving pictures, and 4 % fewer bits on slides:
# B-frames always by three, no motion of blocks smaller than 16×16, the small search pattern.
# Two threads: a plan and its bytes must not hang on the number of cores, each further thread keeps
# frames (30 MB in full HD), and the rungs of a pass run beside each other.
_OTHERS = ":b-adapt=0:partitions=i8x8,i4x4:me=dia:threads=2:lookahead-threads=1"
# Where hardly anything moves, one round of refining below the pixel will do instead of two.
_STILL = f"{_OTHERS}:subme=1"


def timescale(fps: Fraction) -> int:
    """Ticks a second in which a frame lasts a whole number of ticks."""
    return 90_000 if (90_000 / fps).denominator == 1 else fps.numerator


def encode_chunk(
    plan: Plan,
    source: Path,
    piece: Piece,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    on_progress: Progress | None = None,
    stop: Stop | None = None,
    memory_bytes: int | None = None,
) -> Encoded:
    """Make ``out_dir/<rung>.mp4`` for every rung of the pass, and the I-frames if it makes them:
    whole files or none."""
    out_dir.mkdir(parents=True, exist_ok=True)
    frames = _expected_frames(plan, piece, out_dir)
    files = list(frames)
    quota = quota_bytes(most_bytes(plan, float(piece.chunk.frames / plan.fps)))
    limits = Limits(memory_bytes=memory_bytes, scratch_bytes=quota)
    with parts_swept(files):
        cpu_s = wall_s = 0.0
        for attempt in _from_earlier_and_earlier(plan, piece.chunk):
            done = run(
                chunk_arguments(attempt, source, piece, out_dir), ffmpeg=ffmpeg,
                on_progress=on_progress, stop=stop, folder=out_dir, limits=limits,
            )  # fmt: skip
            cpu_s, wall_s = cpu_s + done.cpu_s, wall_s + done.wall_s
            if _frames(part(files[0])):
                break
        for file, expected in frames.items():
            if (found := _frames(part(file))) != expected:
                raise EncodeFailed(f"{file.name}: {found} frames instead of {expected}")
        keep_parts(files)
    decoded = (done.decoded_frames or 0) if attempt is plan else 0
    return Encoded(
        files=tuple(files),
        cpu_s=round(cpu_s, 3),
        wall_s=round(wall_s, 3),
        decoded_frames=min(decoded, piece.chunk.source_frames),
    )


def _from_earlier_and_earlier(plan: Plan, chunk: Chunk) -> Iterator[Plan]:
    """The plan, and for a chunk at the end of which nothing decodes, as if the last picture stood
    before it: somewhere there is one that can be held."""
    yield plan
    back = plan.segment_frames
    while back < 4 * chunk.start_frame:
        yield replace(plan, last_picture_frame=max(0, chunk.start_frame - back))
        back *= 4


def _expected_frames(plan: Plan, piece: Piece, out_dir: Path) -> dict[Path, int]:
    """The files of a piece, with the number of frames that each must have."""
    frames = piece.chunk.frames
    files = {
        # Only where the top rung is copied, a film's last frame may stand alone on the floor.
        video_file(out_dir, rung): -(-frames // rung.frame_step)
        for rung in plan.rungs_of(piece.part)
    }
    if piece.part.iframes:
        files[iframes_file(out_dir)] = -(-frames // plan.iframes.frame_step)
    return files


def video_file(out_dir: Path, rung: Rung) -> Path:
    return out_dir / f"{rung.name}.mp4"


def iframes_file(out_dir: Path) -> Path:
    return out_dir / "iframes.mp4"


def part(file: Path) -> Path:
    return file.with_name(file.name + ".part")


class parts_swept:  # noqa: N801 - reads as a word in `with`
    """Whatever happens, no half-written file stays."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            part(file).unlink(missing_ok=True)


def keep_parts(files: list[Path]) -> None:
    """Whole now: the files get their names."""
    for file in files:
        part(file).rename(file)


def _frames(file: Path) -> int:
    """How many there are: an exit code of zero is not enough."""
    try:
        with av.open(str(file)) as container:
            # Where no picture came, the file has no track at all.
            return sum(stream.frames for stream in container.streams.video)
    except av.error.FFmpegError as error:
        raise EncodeFailed(f"{file.name}: {error}") from error


def compiled(graph: Any) -> list[str]:
    """ffmpeg-python's arguments without the program's name."""
    arguments: list[str] = ffmpeg.compile(graph, overwrite_output=True)[1:]
    return arguments
