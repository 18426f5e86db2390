"""The one place that starts a process: FFmpeg, watched and on a leash.

It runs niced and limited, dies with its parent, is killed when asked or when it stalls, and its
exit code always counts: FFmpeg writes complete-looking playlists when it is terminated.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from transcode.errors import DiskFull, EncodeFailed, EncodeStalled, Stopped

# Demuxers of real media containers. Playlists, concat scripts and image lists, which make FFmpeg
# open other files, are not among them, and neither is anything that reads devices or networks.
CONTAINERS = ("mov", "matroska", "avi", "mpeg", "mpegts", "flv", "asf", "ogg", "rm", "mxf", "dv")
UNTRUSTED_INPUT = {"protocol_whitelist": "file,pipe", "format_whitelist": ",".join(CONTAINERS)}

STDERR_TAIL_LINES = 20
# Of the levels only these: x264's closing statistics would push the cause out of the tail.
_TROUBLE = re.compile(r"\[(warning|error|fatal|panic)\] ")
_DECODED = re.compile(r"\(video\): .*?(\d+) frames decoded")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one FFmpeg may use. Each limit is generous: it stops run-aways, not work."""

    memory_bytes: int = 8 << 30  # address space, several times the resident size
    file_bytes: int = 64 << 30
    niceness: int = 10


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run that ended well."""

    cpu_s: float
    wall_s: float
    stderr_tail: tuple[str, ...]
    decoded_frames: int | None  # video frames decoded from the first input that has any


@dataclass
class _Watch:
    """What has been heard from a running FFmpeg."""

    started_at: float
    advanced_at: float
    positions: dict[str, str] = field(default_factory=dict)
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=STDERR_TAIL_LINES))
    decoded_frames: int | None = None
    on_message: Callable[[str], None] | None = None


def ffmpeg_path(configured: str | Path | None = None) -> str:
    """The FFmpeg to run: the one that was configured, or the wheel's."""
    return str(configured or imageio_ffmpeg.get_ffmpeg_exe())


def run(
    arguments: Sequence[str],
    *,
    ffmpeg: str | Path | None = None,
    on_progress: Callable[[float], None] | None = None,
    on_message: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    timeout_s: float = 6 * 3600,
    stall_s: float = 120,
    limits: Limits | None = None,
    cwd: Path | None = None,
) -> Finished:
    """Run FFmpeg to its end, or raise EncodeFailed, EncodeStalled, DiskFull or Stopped.

    arguments: as after ``ffmpeg``. on_progress: seconds written so far. on_message: hears all
    lines of stderr. stop: asked five times a second; the process is gone within two seconds of
    True.
    """
    command = [
        *_leash(limits or Limits()),
        *(ffmpeg_path(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "level+verbose"),
        *("-nostats", "-progress", "pipe:1", *arguments),
    ]
    now = time.monotonic()
    watch = _Watch(started_at=now, advanced_at=now, on_message=on_message)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        # Its own session: Ctrl-C in a terminal reaches us first, and we end it in order.
        start_new_session=True,
    )
    try:
        _listen(process, watch, on_progress, stop, timeout_s, stall_s)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    return _finish(process, watch)


def _leash(limits: Limits) -> list[str]:
    """Wrappers that replace themselves by FFmpeg; the process id stays the same."""
    leash: list[str] = []
    if path := shutil.which("setpriv"):
        leash += [path, "--pdeathsig", "KILL", "--"]
    if path := shutil.which("prlimit"):
        leash += [path, f"--as={limits.memory_bytes}", f"--fsize={limits.file_bytes}", "--"]
    if path := shutil.which("nice"):
        leash += [path, "-n", str(limits.niceness)]
    return leash


def _listen(
    process: subprocess.Popen[bytes],
    watch: _Watch,
    on_progress: Callable[[float], None] | None,
    stop: Callable[[], bool] | None,
    timeout_s: float,
    stall_s: float,
) -> None:
    """Read both pipes until they close, looking up five times a second."""
    pipes: dict[IO[bytes], Callable[[str], None]] = {
        _open(process.stdout): lambda line: _hear_progress(line, watch, on_progress),
        _open(process.stderr): lambda line: _hear_message(line, watch),
    }
    buffers = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(timeout=0.2):
                pipe = next(candidate for candidate in pipes if candidate is key.fileobj)
                chunk = os.read(pipe.fileno(), 65536)
                *lines, buffers[pipe] = (buffers[pipe] + chunk).split(b"\n")
                for line in lines:
                    pipes[pipe](line.decode("utf-8", "replace"))
                if not chunk:
                    selector.unregister(pipe)
            _look_up(watch, stop, timeout_s, stall_s)


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _hear_progress(line: str, watch: _Watch, on_progress: Callable[[float], None] | None) -> None:
    key, _, value = line.strip().partition("=")
    # Frames move before the first time stamp is known; either counts as being alive.
    if key in ("frame", "total_size", "out_time_us") and value != watch.positions.get(key):
        watch.positions[key] = value
        if value not in ("N/A", "0"):
            watch.advanced_at = time.monotonic()
    if key == "out_time_us" and on_progress and value.lstrip("-").isdigit():
        on_progress(max(0.0, int(value) / 1e6))


def _hear_message(line: str, watch: _Watch) -> None:
    if watch.on_message:
        watch.on_message(line)
    if match := _DECODED.search(line):
        watch.decoded_frames = (watch.decoded_frames or 0) + int(match[1])
    if _TROUBLE.search(line):
        watch.tail.append(line.rstrip())


def _look_up(
    watch: _Watch, stop: Callable[[], bool] | None, timeout_s: float, stall_s: float
) -> None:
    now = time.monotonic()
    if stop and stop():
        raise Stopped("stopped on request")
    if now - watch.started_at > timeout_s:
        raise EncodeStalled(f"not done after {timeout_s:.0f} s", watch.tail)
    if now - watch.advanced_at > stall_s:
        raise EncodeStalled(f"no progress for {stall_s:.0f} s", watch.tail)


def _finish(process: subprocess.Popen[bytes], watch: _Watch) -> Finished:
    # wait4 rather than wait: it alone tells the CPU time of this one child.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        failed = DiskFull if any("No space left" in line for line in watch.tail) else EncodeFailed
        raise failed(f"ffmpeg ended with {process.returncode}", watch.tail)
    return Finished(
        cpu_s=round(usage.ru_utime + usage.ru_stime, 3),
        wall_s=round(time.monotonic() - watch.started_at, 3),
        stderr_tail=tuple(watch.tail),
        decoded_frames=watch.decoded_frames,
    )
