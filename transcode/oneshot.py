"""The whole way on one file: probe, triage, plan, encode, assemble, verify, put in place."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transcode.assemble import assemble, check_decoded
from transcode.captions import encode_audio_and_captions
from transcode.copying import make_piece
from transcode.encode import Encoded
from transcode.errors import Stopped
from transcode.notes import Note
from transcode.package_notes import package_notes
from transcode.plan import Options, Plan
from transcode.planning import plan_file
from transcode.probe import Source
from transcode.verify import Verification, verify_own

# Shares of the whole, so that the percentage moves evenly: nearly all of the work is encoding.
_ENCODE_SHARE = 0.95


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step took. cpu_s: of FFmpeg and of this process together."""

    name: str
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was done to a file, and what came out."""

    source: Source
    source_sha256: str
    plan: Plan
    contents: dict[str, Any]  # as in package.json
    steps: tuple[Step, ...]
    verification: Verification
    size_bytes: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was mended, how loud it was, and what could not be read or encoded."""
        return (*self.plan.treatment.notes, *package_notes(self.contents))

    def to_dict(self) -> dict[str, Any]:
        return {
            "source": self.source.to_dict() | {"sha256": self.source_sha256},
            "plan": self.plan.hash,
            "duration_s": round(self.plan.duration_s, 6),
            "chunks": len(self.plan.chunks),
            "notes": [asdict(note) for note in self.notes],
            "rungs": self.contents["rungs"],
            "loudness": self.contents["loudness"],
            "size_bytes": self.size_bytes,
            "steps": [asdict(step) for step in self.steps],
            "wall_s": round(sum(step.wall_s for step in self.steps), 3),
            "cpu_s": round(sum(step.cpu_s for step in self.steps), 3),
            "verification": self.verification.to_dict(),
        }


OnProgress = Callable[[str, float], None]


class _Clock:
    """Times the steps. ``ffmpeg_cpu_s`` is added to what this process used itself."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.ffmpeg_cpu_s = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        wall, cpu, self.ffmpeg_cpu_s = time.monotonic(), time.process_time(), 0.0
        yield
        used_s = time.process_time() - cpu + self.ffmpeg_cpu_s
        wall_s = time.monotonic() - wall
        self.steps.append(Step(name=name, wall_s=round(wall_s, 3), cpu_s=round(used_s, 3)))


def package_file(
    source: str | Path,
    out_dir: str | Path,
    *,
    on_progress: OnProgress | None = None,
    stop: Callable[[], bool] | None = None,
    ffmpeg: str | Path | None = None,
    scratch_dir: str | Path | None = None,
    options: Options | None = None,
) -> Report:
    """Make the package of a file in ``out_dir``, which appears whole or not at all.

    on_progress: name of the step, and how much of everything is done, from 0 to 1. scratch_dir:
    where to work; beside ``out_dir`` unless named. Raises what ``transcode.errors`` lists.
    """
    source, out_dir = Path(source), Path(out_dir)
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise FileExistsError(f"{out_dir} exists and is not an empty folder")
    clock, tell = _Clock(), on_progress or (lambda _name, _share: None)
    tell("plan", 0.0)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{out_dir.name}-", dir=scratch_dir or out_dir.parent
    ) as scratch:
        with clock.step("plan"):
            planned = plan_file(
                source, source_sha256=sha256_of(source), options=options,
                scratch=Path(scratch), ffmpeg=ffmpeg, stop=stop,
            )  # fmt: skip
            clock.ffmpeg_cpu_s += planned.cpu_s
        plan = planned.plan
        package = Path(scratch) / "package"
        contents, verification = _make(
            plan, source, Path(scratch), package, clock, tell, stop, ffmpeg
        )
        size_bytes = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
        _put_in_place(package, out_dir)
    tell("done", 1.0)
    return Report(
        source=planned.source,
        source_sha256=plan.source_sha256,
        plan=plan,
        contents=contents,
        steps=tuple(clock.steps),
        verification=verification,
        size_bytes=size_bytes,
    )


def _make(
    plan: Plan,
    source: Path,
    scratch: Path,
    package: Path,
    clock: _Clock,
    tell: OnProgress,
    stop: Callable[[], bool] | None,
    ffmpeg: str | Path | None,
) -> tuple[dict[str, Any], Verification]:
    piece_dirs = {piece.name: scratch / piece.name for piece in plan.pieces}
    with sound_beside(plan, source, scratch / "audio", ffmpeg=ffmpeg, stop=stop) as sound:
        with clock.step("encode"):
            decoded_frames, done_s = 0, 0.0
            whole_s = plan.duration_s * len(plan.passes)
            for piece in plan.pieces:

                def on_progress(seconds: float, done_s: float = done_s) -> None:
                    tell("encode", _ENCODE_SHARE * min(1.0, (done_s + seconds) / whole_s))

                made = make_piece(
                    plan, source, piece, piece_dirs[piece.name],
                    ffmpeg=ffmpeg, on_progress=on_progress, stop=stop,
                )  # fmt: skip
                clock.ffmpeg_cpu_s += made.cpu_s
                done_s += float(piece.chunk.frames / plan.fps)
                decoded_frames += made.decoded_frames if piece.part is plan.passes[0] else 0
                if sound.done():
                    sound.result()  # if it failed, the rest of the picture is of no use
            lost_s = check_decoded(plan, decoded_frames)
        tell("audio", _ENCODE_SHARE)
        with clock.step("audio"):
            clock.ffmpeg_cpu_s += sound.result().cpu_s
    tell("assemble", _ENCODE_SHARE + 0.02)
    with clock.step("assemble"):
        contents = assemble(
            plan, piece_dirs, scratch / "audio", package,
            lost_picture_s=lost_s, ffmpeg=ffmpeg, stop=stop,
        )  # fmt: skip
    tell("verify", 0.99)
    with clock.step("verify"):
        verification = verify_own(package)
        verification.raise_for_failures()
    if stop and stop():
        raise Stopped("stopped on request")
    return contents, verification


@contextmanager
def sound_beside(
    plan: Plan,
    source: Path,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Future[Encoded]]:
    """Make the sound while the block makes the picture; leaving it early stops the sound.

    One process of x264 leaves a tenth of two cores idle, and sound is about as much work.
    """
    over = threading.Event()

    def stopped() -> bool:
        return over.is_set() or bool(stop and stop())

    with ThreadPoolExecutor(max_workers=1) as beside:
        try:
            yield beside.submit(
                encode_audio_and_captions, plan, source, out_dir, ffmpeg=ffmpeg, stop=stopped
            )
        finally:
            over.set()


def sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _put_in_place(package: Path, out_dir: Path) -> None:
    """One rename where the folders share a disk; elsewhere a copy beside it, then the rename."""
    beside = out_dir.with_name(f".{out_dir.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.move(package, beside)
    if out_dir.exists():
        out_dir.rmdir()
    beside.rename(out_dir)
