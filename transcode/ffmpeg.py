"""The one place that starts FFmpeg, watched and on a leash.

It runs niced, limited and without a network, dies with its parent, is killed when asked, when it
stalls or fills the disk, and its exit code always counts: FFmpeg writes complete-looking
playlists when it is terminated.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from transcode.errors import (
    DiskFull,
    EncodeFailed,
    EncodeStalled,
    MemoryLimit,
    OverQuota,
    Stopped,
)
from transcode.leash import Limits, leash
from transcode.vitals import cpu_s, peak_memory_bytes

# Demuxers of real media containers. Playlists, concat scripts and image lists, which make FFmpeg
# open other files, are not among them, and neither is anything that reads devices or networks.
CONTAINERS = ("mov", "matroska", "avi", "mpeg", "mpegts", "flv", "asf", "ogg", "rm", "mxf", "dv")
UNTRUSTED_INPUT = {"protocol_whitelist": "file,pipe", "format_whitelist": ",".join(CONTAINERS)}

STDERR_TAIL_LINES = 20
# Of the levels only these: x264's closing statistics would push the cause out of the tail.
_TROUBLE = re.compile(r"\[(warning|error|fatal|panic)\] ")
_DECODED = re.compile(r"\(video\): .*?(\d+) frames decoded")
# FFmpeg has no code for it: decoders, filters and x264 each say it in their own way, and a thread
# that finds no room for its stack only says "try again".
_NO_MEMORY = re.compile(
    r"allocate memory|malloc of size \d+ failed|get_buffer\(\) failed"
    r"|\[(error|fatal)\] .*Resource temporarily unavailable"
)
_SOUND_READ = re.compile(r"Input stream .*\(audio\): (\d+) packets read .* (\d+) decode errors")
_SIGNALLED = re.compile(r"received signal (\d+)")
MEASURE_EVERY_S = 1.0
# Of the time in which something must happen: a process that waits for what never comes wakes up
# now and then, and on a crowded machine one that works gets little.
_LEAST_CPU_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run that ended well."""

    cpu_s: float
    wall_s: float
    stderr_tail: tuple[str, ...]
    decoded_frames: int | None  # video frames decoded from the first input that has any
    undecoded_sound: float  # share of the sound's packets that did not decode


@dataclass
class _Watch:
    """What has been heard from a running FFmpeg."""

    started_at: float
    advanced_at: float
    advanced_cpu_s: float = 0.0
    has_output: bool = False
    positions: dict[str, str] = field(default_factory=dict)
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=STDERR_TAIL_LINES))
    decoded_frames: int | None = None
    undecoded_sound: float = 0.0
    memory_lines: int = 0
    signal: int | None = None
    peak_memory_bytes: int = 0
    measured_at: float = 0.0
    on_message: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """When to end a running FFmpeg. folder: where it writes, measured about once a second."""

    stop: Callable[[], bool] | None
    timeout_s: float
    stall_s: float
    folder: Path | None
    limits: Limits


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
    folder: Path | None = None,
    cwd: Path | None = None,
) -> Finished:
    """Run FFmpeg to its end, or raise EncodeFailed or one of its kind, or Stopped.

    arguments: as after ``ffmpeg``. on_progress: seconds written so far. on_message: hears all
    lines of stderr. stop: asked five times a second; the process is gone within two seconds of
    True. stall_s: how long nothing may come out, and before the first output nothing be done.
    folder: where FFmpeg writes; it may grow to ``limits.scratch_bytes``.
    """
    limits = limits or Limits()
    bounds = _Bounds(stop=stop, timeout_s=timeout_s, stall_s=stall_s, folder=folder, limits=limits)
    command = [
        *leash(limits),
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
        _listen(process, watch, on_progress, bounds)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    return _finish(process, watch, limits)


def _listen(
    process: subprocess.Popen[bytes],
    watch: _Watch,
    on_progress: Callable[[float], None] | None,
    bounds: _Bounds,
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
            _look_up(process.pid, watch, bounds)


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _hear_progress(line: str, watch: _Watch, on_progress: Callable[[float], None] | None) -> None:
    key, _, value = line.strip().partition("=")
    # Frames move before the first time stamp is known; either counts as being alive.
    if key in ("frame", "total_size", "out_time_us") and value != watch.positions.get(key):
        watch.positions[key] = value
        if value not in ("N/A", "0"):
            watch.advanced_at, watch.has_output = time.monotonic(), True
    if key == "out_time_us" and on_progress and value.lstrip("-").isdigit():
        on_progress(max(0.0, int(value) / 1e6))


def _hear_message(line: str, watch: _Watch) -> None:
    if watch.on_message:
        watch.on_message(line)
    if match := _DECODED.search(line):
        watch.decoded_frames = (watch.decoded_frames or 0) + int(match[1])
    if (match := _SOUND_READ.search(line)) and int(match[1]):
        watch.undecoded_sound = max(watch.undecoded_sound, int(match[2]) / int(match[1]))
    if match := _SIGNALLED.search(line):
        watch.signal = int(match[1])
    watch.memory_lines += bool(_NO_MEMORY.search(line))
    if _TROUBLE.search(line):
        watch.tail.append(line.rstrip())


def _look_up(pid: int, watch: _Watch, bounds: _Bounds) -> None:
    now = time.monotonic()
    if bounds.stop and bounds.stop():
        raise Stopped("stopped on request")
    if now - watch.started_at > bounds.timeout_s:
        raise EncodeStalled(f"not done after {bounds.timeout_s:.0f} s", watch.tail)
    _count_work(pid, watch, bounds)
    if now - watch.advanced_at > bounds.stall_s:
        raise EncodeStalled(f"no progress for {bounds.stall_s:.0f} s", watch.tail)
    # Every time, because the last look before the end counts; it takes 20 µs.
    watch.peak_memory_bytes = max(watch.peak_memory_bytes, peak_memory_bytes(pid))
    if now - watch.measured_at > MEASURE_EVERY_S:
        watch.measured_at = now
        _keep_quota(watch, bounds)


def _count_work(pid: int, watch: _Watch, bounds: _Bounds) -> None:
    """The way from a far key frame may be long, and only the CPU shows that it is being gone.

    What works without end and without output runs into its limit of CPU time.
    """
    used_s = 0.0 if watch.has_output else cpu_s(pid)
    if used_s - watch.advanced_cpu_s > _LEAST_CPU_SHARE * bounds.stall_s:
        watch.advanced_at, watch.advanced_cpu_s = time.monotonic(), used_s


def _keep_quota(watch: _Watch, bounds: _Bounds) -> None:
    quota_bytes = bounds.limits.scratch_bytes
    if bounds.folder and (used := folder_bytes(bounds.folder)) > quota_bytes:
        raise OverQuota(f"{used} bytes written, {quota_bytes} allowed", watch.tail)


def folder_bytes(folder: Path) -> int:
    """Size of all files below; those that go while we look count nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def _finish(process: subprocess.Popen[bytes], watch: _Watch, limits: Limits) -> Finished:
    # wait4 rather than wait: it alone tells the CPU time of this one child.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    used_s = usage.ru_utime + usage.ru_stime
    if process.returncode:
        # FFmpeg answers the limit's signal in its own time, or never.
        if used_s > limits.cpu_s:
            raise _over_limit(signal.SIGXCPU, watch, limits)
        raise _failure(process.returncode, watch, limits)
    if watch.memory_lines and _near_memory_limit(watch, limits):
        # A decoder without memory leaves pictures out and FFmpeg ends well: that would look
        # like a damaged source.
        raise MemoryLimit("ffmpeg left out what did not fit into its memory", watch.tail)
    return Finished(
        cpu_s=round(used_s, 3),
        wall_s=round(time.monotonic() - watch.started_at, 3),
        stderr_tail=tuple(watch.tail),
        decoded_frames=watch.decoded_frames,
        undecoded_sound=watch.undecoded_sound,
    )


def _failure(exit_code: int, watch: _Watch, limits: Limits) -> EncodeFailed:
    """The error that says why FFmpeg ended as it did."""
    number = -exit_code if exit_code < 0 else watch.signal
    if number in (signal.SIGXCPU, signal.SIGXFSZ):
        return _over_limit(number, watch, limits)
    if any("No space left" in line for line in watch.tail):
        return DiskFull(f"ffmpeg ended with {exit_code}", watch.tail)
    # x264 without room for a thread's stack says nothing at all.
    if watch.memory_lines or _near_memory_limit(watch, limits):
        memory = f"{limits.address_space_bytes} bytes of address space"
        return MemoryLimit(f"ffmpeg ended with {exit_code}, it may use {memory}", watch.tail)
    if exit_code == -signal.SIGKILL:
        return MemoryLimit("ffmpeg was killed, the machine is probably short of memory", watch.tail)
    ending = f"by {_signal_name(number)}" if number else f"with {exit_code}"
    return EncodeFailed(f"ffmpeg ended {ending}", watch.tail)


def _near_memory_limit(watch: _Watch, limits: Limits) -> bool:
    return watch.peak_memory_bytes > 0.75 * limits.address_space_bytes


def _over_limit(number: int, watch: _Watch, limits: Limits) -> EncodeFailed:
    if number == signal.SIGXFSZ:
        return OverQuota(f"a file grew beyond {limits.file_bytes} bytes", watch.tail)
    return EncodeStalled(f"not done after {limits.cpu_s} s of CPU time", watch.tail)


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
