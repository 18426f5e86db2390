"""Plan a file in a process of its own: demuxers and decoders meet untrusted bytes there.

What hangs, crashes or eats memory takes that process with it and not the worker. It is on the
same leash as FFmpeg, and so is every FFmpeg that it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transcode.errors import EncodeFailed, EncodeStalled, Stopped, TranscodeError, error_of
from transcode.leash import Limits, leash
from transcode.plan import Options, Plan

TIMEOUT_S = 3600
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
) -> Plan:
    """As ``plan_file``, from a safe distance.

    Raises what ``plan_file`` raises, EncodeFailed when the process dies, EncodeStalled when it
    takes longer than ``timeout_s``, and Stopped.
    """
    order = {
        "path": str(path),
        "source_sha256": source_sha256,
        "options": asdict(options),
        "scratch": str(scratch),
        "ffmpeg": ffmpeg,
        "memory_bytes": memory_bytes,
    }
    answer = scratch / "plan.json"
    with (scratch / "stderr").open("w+b") as stderr:
        process = subprocess.Popen(
            [
                *leash(Limits(memory_bytes=memory_bytes)),
                *(sys.executable, "-m", "transcode.apart", json.dumps(order), str(answer)),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            cwd=Path(__file__).parent.parent, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, stop, time.monotonic() + timeout_s)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            stderr.seek(0)
            tail = stderr.read().decode("utf-8", "replace").splitlines()[-STDERR_TAIL_LINES:]
            raise EncodeFailed(f"looking at the source ended with {process.returncode}", tail)
    return _answered(json.loads(answer.read_text("utf-8")))


def _wait(
    process: subprocess.Popen[bytes], stop: Callable[[], bool] | None, deadline: float
) -> None:
    while True:
        try:
            process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            if stop and stop():
                raise Stopped("stopped on request") from None
            if time.monotonic() > deadline:
                raise EncodeStalled("looking at the source took too long") from None
        else:
            return


def _answered(answer: dict[str, Any]) -> Plan:
    if "plan" in answer:
        return Plan.from_dict(answer["plan"])
    raise error_of(answer["code"], answer["message"])


def _main(order: dict[str, Any], answer: Path) -> None:
    # Here and not above: the worker itself never loads the demuxers' side of it.
    from transcode.planning import plan_file

    try:
        planned = plan_file(
            Path(order["path"]),
            source_sha256=order["source_sha256"],
            options=Options(**order["options"]),
            scratch=Path(order["scratch"]),
            ffmpeg=order["ffmpeg"],
            memory_bytes=order["memory_bytes"],
        )
        told: dict[str, Any] = {"plan": planned.plan.to_dict()}
    except TranscodeError as error:
        told = {"code": error.code, "message": str(error)}
    answer.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]), Path(sys.argv[2]))
