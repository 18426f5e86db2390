"""How good a picture is: VMAF of the wheel's FFmpeg, enlarged to full HD as a television does."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench import measure

WIDTH_PX, HEIGHT_PX, FPS = 1920, 1080, 25


@dataclass(frozen=True, kw_only=True)
class Quality:
    """mean: over all frames. p5: the score that one frame in twenty stays below."""

    mean: float
    p5: float


def quality(made: Path, source: Path, *, step: int = 1, slower: int = 1) -> Quality:
    """Compare with the source, frame by frame; step: only every n-th frame.

    made: anything FFmpeg opens, from the same start, with every ``slower``-th frame of the source.
    """
    with tempfile.TemporaryDirectory(prefix="nongke-vmaf-") as folder:
        log = Path(folder) / "vmaf.json"
        measure.ffmpeg(
            *("-i", made.resolve(), "-i", source.resolve()),
            *("-filter_complex", _graph(step, slower), "-an", "-f", "null", "-"),
            cwd=Path(folder),
        )
        return _read(log)


def _graph(step: int, slower: int) -> str:
    # Frames are paired by number: time stamps of a transport stream begin elsewhere.
    grid = f"settb=1/{FPS},setpts=N,format=yuv420p"
    return (
        f"[0:v]framestep={step},scale={WIDTH_PX}:{HEIGHT_PX}:flags=bicubic,{grid}[made];"
        f"[1:v]framestep={step * slower},{grid}[source];"
        f"[made][source]libvmaf=log_fmt=json:log_path=vmaf.json:n_threads=2:shortest=1"
    )


def _read(log: Path) -> Quality:
    found = json.loads(log.read_text(encoding="utf-8"))
    scores = sorted(frame["metrics"]["vmaf"] for frame in found["frames"])
    # The lowest score such that a twentieth of the frames are at or below it.
    return Quality(mean=sum(scores) / len(scores), p5=scores[(len(scores) - 1) // 20])
