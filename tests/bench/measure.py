"""What a process costs: CPU seconds as the kernel counts them, wall time, greatest memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from transcode.ffmpeg import ffmpeg_path

Key = TypeVar("Key")
FAILURE_TAIL_CHARACTERS = 2000


@dataclass(frozen=True, kw_only=True)
class Cost:
    """cpu_s: user and system, all threads. peak_bytes: greatest resident size of one process."""

    cpu_s: float
    wall_s: float
    peak_bytes: int

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(
            cpu_s=self.cpu_s + other.cpu_s,
            wall_s=self.wall_s + other.wall_s,
            peak_bytes=max(self.peak_bytes, other.peak_bytes),
        )


NOTHING = Cost(cpu_s=0, wall_s=0, peak_bytes=0)


class CommandFailed(Exception):
    """A measured command ended badly; its last words are in the message."""


def ffmpeg(*arguments: str | Path, cwd: Path | None = None) -> Cost:
    """Run the wheel's FFmpeg and say what it cost."""
    return command(ffmpeg_command(*arguments), cwd=cwd)


def ffmpeg_command(*arguments: str | Path) -> list[str]:
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y")
    return [ffmpeg_path(), *quiet, *map(str, arguments)]


def command(words: Sequence[str], *, cwd: Path | None = None, stdout: Path | None = None) -> Cost:
    """Run a command. stdout: file for what it prints."""
    return together([words], cwd=cwd, stdout=stdout)


def together(
    commands: Sequence[Sequence[str]], *, cwd: Path | None = None, stdout: Path | None = None
) -> Cost:
    """Run them at once: CPU seconds summed, wall time until the last has ended."""
    started_at = time.monotonic()
    with (stdout or Path(os.devnull)).open("wb") as printed:
        running = [_start(words, cwd, printed) for words in commands]
    ends = [_end(process) for process in running]
    return Cost(
        cpu_s=sum(cpu_s for cpu_s, _ in ends),
        wall_s=time.monotonic() - started_at,
        peak_bytes=max(peak_bytes for _, peak_bytes in ends),
    )


def _start(words: Sequence[str], cwd: Path | None, stdout: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words, cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE
    )


def _end(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    assert process.stderr
    complaint = process.stderr.read()
    process.stderr.close()
    # wait4 rather than wait: it alone tells what this one child used, its own children included.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = complaint.decode("utf-8", "replace")[-FAILURE_TAIL_CHARACTERS:]
        raise CommandFailed(f"{process.args!r}: {process.returncode}\n{tail}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def alternated(contestants: dict[Key, Callable[[], Cost]], runs: int) -> dict[Key, Cost]:
    """Medians of several rounds in which each has its turn, so that a slow spell hits all."""
    costs: dict[Key, list[Cost]] = {key: [] for key in contestants}
    for _ in range(runs):
        for key, contestant in contestants.items():
            costs[key].append(contestant())
    return {key: median(found) for key, found in costs.items()}


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        cpu_s=statistics.median(cost.cpu_s for cost in costs),
        wall_s=statistics.median(cost.wall_s for cost in costs),
        peak_bytes=max(cost.peak_bytes for cost in costs),
    )
