"""How good a picture is: VMAF of the wheel's FFmpeg, enlarged to full HD as a television does."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench import measure

WIDTH_PX, HEIGHT_PX, FPS = 1920, 1080, 25
# Where a picture is looked for in the source: this many frames late at most, by these many.
MOST_LATE, LOOKED_AT = 6, 75


@dataclass(frozen=True, kw_only=True)
class Quality:
    """mean: over all frames. p5: the score that one frame in twenty stays below."""

    mean: float
    p5: float


def quality(made: Path, source: Path, *, step: int = 1, slower: int = 1, late: int = 0) -> Quality:
    """Compare with the source, frame by frame; step: only every n-th frame.

    made: anything FFmpeg opens, with every ``slower``-th frame of the source, after ``late``
    frames of its own that the source has not.
    """
    with tempfile.TemporaryDirectory(prefix="nongke-vmaf-") as folder:
        log = Path(folder) / "vmaf.json"
        measure.ffmpeg(
            *("-i", made.resolve(), "-i", source.resolve()),
            *("-filter_complex", _graph(step, slower, late), "-an", "-f", "null", "-"),
            cwd=Path(folder),
        )
        return _read(log)


def late_frames(made: Path, source: Path) -> int:
    """How many frames are repeated before the first one, by which the rest comes late.

    A constant rate fills a gap at the start: a rung made of another rung has it where that one's
    picture begins later than its sound.
    """
    scores = [_likeness(made, source, late) for late in range(MOST_LATE + 1)]
    return scores.index(max(scores))


def _likeness(made: Path, source: Path, late: int) -> float:
    """Of small pictures: the mean squared error, negative."""
    small = f"scale=480:270:flags=area,settb=1/{FPS},setpts=N,format=yuv420p"
    graph = (
        f"[0:v]trim=start_frame={late}:end_frame={late + LOOKED_AT},{small}[made];"
        f"[1:v]trim=end_frame={LOOKED_AT},{small}[source];"
        "[made][source]psnr=stats_file=psnr.log"
    )
    with tempfile.TemporaryDirectory(prefix="nongke-psnr-") as folder:
        measure.ffmpeg(
            *("-i", made.resolve(), "-i", source.resolve()),
            *("-filter_complex", graph, "-an", "-f", "null", "-"),
            cwd=Path(folder),
        )
        lines = (Path(folder) / "psnr.log").read_text(encoding="utf-8").splitlines()
    errors = [float(line.split("mse_avg:")[1].split()[0]) for line in lines]
    return -sum(errors) / len(errors)


def _graph(step: int, slower: int, late: int) -> str:
    # Frames are paired by number: time stamps of a transport stream begin elsewhere.
    grid = f"settb=1/{FPS},setpts=N,format=yuv420p"
    return (
        f"[0:v]trim=start_frame={late},framestep={step},scale={WIDTH_PX}:{HEIGHT_PX}:flags=bicubic,{grid}[made];"
        f"[1:v]framestep={step * slower},{grid}[source];"
        f"[made][source]libvmaf=log_fmt=json:log_path=vmaf.json:n_threads=2:shortest=1"
    )


def _read(log: Path) -> Quality:
    found = json.loads(log.read_text(encoding="utf-8"))
    scores = sorted(frame["metrics"]["vmaf"] for frame in found["frames"])
    # The lowest score such that a twentieth of the frames are at or below it.
    return Quality(mean=sum(scores) / len(scores), p5=scores[(len(scores) - 1) // 20])
