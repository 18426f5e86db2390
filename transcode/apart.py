"""Plan a file, or copy its picture, in a process of its own: demuxers and decoders meet untrusted
bytes there.

What hangs, crashes or eats memory takes that process with it and not the worker. It is on the
same leash as FFmpeg, and so is every FFmpeg that it starts. It gives a sign of life while it reads
and while FFmpeg runs, which is watched itself; without one for two minutes it is ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transcode.errors import EncodeFailed, EncodeStalled, Stopped, TranscodeError, error_of
from transcode.leash import Limits, leash
from transcode.plan import Options, Plan

PLAN, COPY = "plan", "copy"
TIMEOUT_S = 3600
STALL_S = 120
LOOK_EVERY_S = 0.2
STDERR_TAIL_LINES = 20


def plan_apart(
    path: Path,
    *,
    source_sha256: str,
    options: Options,
    scratch: Path,
    ffmpeg: str | None = None,
    stop: Callable[[], bool] | None = None,
    memory_bytes: int | None = None,
    timeout_s: float = TIMEOUT_S,
    stall_s: float = STALL_S,
) -> Plan:
    """As ``plan_file``, from a safe distance.

    Raises what ``plan_file`` raises, EncodeFailed when the process dies, EncodeStalled when it
    takes longer than ``timeout_s`` or is still for ``stall_s``, and Stopped.
    """
    order = {
        "path": str(path),
        "source_sha256": source_sha256,
        "options": asdict(options),
        "scratch": str(scratch),
        "ffmpeg": ffmpeg,
        "memory_bytes": memory_bytes,
    }
    limits = Limits(memory_bytes=memory_bytes)
    bounds = _Bounds(stop=stop, timeout_s=timeout_s, stall_s=stall_s)
    answer = _carried_out(PLAN, order, scratch, limits, bounds)
    return Plan.from_dict(answer["plan"])


def copy_apart(
    plan: Plan,
    source: Path,
    file: Path,
    *,
    stop: Callable[[], bool] | None = None,
    limits: Limits | None = None,
    timeout_s: float = TIMEOUT_S,
    stall_s: float = STALL_S,
) -> float:
    """Write the source's own picture to ``file``; gives the CPU seconds. Raises as plan_apart."""
    order = {"plan": plan.to_dict(), "source": str(source), "file": str(file)}
    with tempfile.TemporaryDirectory(dir=file.parent, prefix="apart-") as scratch:
        bounds = _Bounds(stop=stop, timeout_s=timeout_s, stall_s=stall_s)
        answer = _carried_out(COPY, order, Path(scratch), limits or Limits(), bounds)
    return float(answer["cpu_s"])


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """When to end the other process."""

    stop: Callable[[], bool] | None
    timeout_s: float
    stall_s: float


def _carried_out(
    task: str, order: dict[str, Any], scratch: Path, limits: Limits, bounds: _Bounds
) -> dict[str, Any]:
    """What the other process answers."""
    written, answer = scratch / "order.json", scratch / "answer.json"
    # A plan of many chunks is more than fits in an argument.
    written.write_text(json.dumps(order), encoding="utf-8")
    with (scratch / "stderr").open("w+b") as stderr:
        process = subprocess.Popen(
            [
                *leash(limits),
                *(sys.executable, "-m", "transcode.apart", task, str(written), str(answer)),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            cwd=Path(__file__).parent.parent, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, written, bounds)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            stderr.seek(0)
            tail = stderr.read().decode("utf-8", "replace").splitlines()[-STDERR_TAIL_LINES:]
            raise EncodeFailed(f"reading the source ended with {process.returncode}", tail)
    return _answered(json.loads(answer.read_text("utf-8")))


def _wait(process: subprocess.Popen[bytes], sign: Path, bounds: _Bounds) -> None:
    """sign: the file that the other process touches as it goes on."""
    begun = alive = time.monotonic()
    touched = sign.stat().st_mtime_ns
    while True:
        try:
            process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if (seen := sign.stat().st_mtime_ns) != touched:
                touched, alive = seen, now
            if bounds.stop and bounds.stop():
                raise Stopped("stopped on request") from None
            if now - begun > bounds.timeout_s:
                raise EncodeStalled("reading the source took too long") from None
            if now - alive > bounds.stall_s:
                still = f"reading the source stood still for {bounds.stall_s:g} s"
                raise EncodeStalled(still) from None
        else:
            return


def _answered(answer: dict[str, Any]) -> dict[str, Any]:
    if "code" in answer:
        raise error_of(answer["code"], answer["message"])
    return answer


# Asked whether to stop, it never says so, but leaves a sign that somebody still asks.
_Sign = Callable[[], bool]


def _plan(order: dict[str, Any], sign: _Sign) -> dict[str, Any]:
    # Here and not above: the worker itself never loads the demuxers' side of it.
    from transcode.planning import plan_file

    planned = plan_file(
        Path(order["path"]),
        source_sha256=order["source_sha256"],
        options=Options(**order["options"]),
        scratch=Path(order["scratch"]),
        ffmpeg=order["ffmpeg"],
        stop=sign,
        memory_bytes=order["memory_bytes"],
    )
    return {"plan": planned.plan.to_dict()}


def _copy(order: dict[str, Any], sign: _Sign) -> dict[str, Any]:
    from transcode.copying import copy_picture

    plan = Plan.from_dict(order["plan"])
    copy_picture(plan, Path(order["source"]), Path(order["file"]), stop=sign)
    return {"cpu_s": time.process_time()}


_TASKS = {PLAN: _plan, COPY: _copy}


def _main(task: str, order: Path, answer: Path) -> None:
    def sign() -> bool:
        os.utime(order)
        return False

    try:
        told = _TASKS[task](json.loads(order.read_text("utf-8")), sign)
    except TranscodeError as error:
        told = {"code": error.code, "message": str(error)}
    answer.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
