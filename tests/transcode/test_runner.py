"""FFmpeg on a leash: it is stopped, it fails loudly, it leaves nothing half done."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service import Service, wait_until
from transcode.encode import encode_chunk
from transcode.errors import EncodeFailed, EncodeStalled, MemoryLimit, OverQuota, Stopped
from transcode.ffmpeg import ffmpeg_path, run
from transcode.leash import OOM_SCORE, Limits, first_to_go, network_wall
from transcode.oneshot import package_file
from transcode.plan import Options, Plan, make_plan
from transcode.probe import probe
from transcode.sound import encode_audio
from transcode.triage import triage

RAW = ["-f", "lavfi", "-i", "testsrc2=s=640x360", "-c:v", "rawvideo"]
ENDLESS = ["-f", "lavfi", "-re", "-i", "testsrc2=s=64x64:r=25", "-f", "null", "-"]


def plan_of(path: Path, chunk_s: int = 60) -> Plan:
    source = probe(path)
    return make_plan(
        source, triage(source), source_sha256="0" * 64, options=Options(chunk_s=chunk_s)
    )


def test_a_run_reports_cpu_time_progress_and_decoded_frames(short_film: Path) -> None:
    heard: list[float] = []
    finished = run(["-i", str(short_film), "-f", "null", "-"], on_progress=heard.append)
    assert finished.cpu_s > 0
    assert finished.decoded_frames == 250
    assert heard[-1] >= 9.9


def test_a_stop_ends_ffmpeg_within_two_seconds() -> None:
    asked_at: list[float] = []

    def stop() -> bool:
        asked_at.append(time.monotonic())
        return len(asked_at) > 3

    with pytest.raises(Stopped):
        run(ENDLESS, stop=stop)
    assert time.monotonic() - asked_at[3] < 2


def test_a_run_that_waits_for_what_never_comes_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.ts")
    with pytest.raises(EncodeStalled, match="no progress"):
        run(["-i", str(tmp_path / "never.ts"), "-f", "null", "-"], stall_s=1)


def test_a_run_that_stops_in_the_middle_is_ended(tmp_path: Path, short_film: Path) -> None:
    halfway = ["-f", "matroska", "-i", str(tmp_path / "half.mkv"), "-f", "null", "-"]
    os.mkfifo(tmp_path / "half.mkv")
    # Open for reading too, so that neither side waits for the other.
    with (tmp_path / "half.mkv").open("r+b", buffering=0) as film:
        os.set_blocking(film.fileno(), False)
        film.write(_as_matroska(short_film)[:60_000])
        with pytest.raises(EncodeStalled, match="no progress"):
            run(halfway, stall_s=1)


def _as_matroska(film: Path) -> bytes:
    to_pipe = ["-i", str(film), "-c", "copy", "-f", "matroska", "-"]
    return subprocess.run(
        [ffmpeg_path(), "-nostdin", "-v", "error", *to_pipe], check=True, capture_output=True
    ).stdout


def test_a_long_way_to_the_first_picture_is_no_stall() -> None:
    # Seconds of work on any machine, many times the time without a picture that is allowed.
    late = "testsrc2=s=1280x720:r=25:d=240,select='gte(n,5990)'"
    finished = run(["-f", "lavfi", "-i", late, "-f", "null", "-"], stall_s=0.5)
    assert finished.decoded_frames == 10


def test_work_without_end_and_output_is_ended_by_its_cpu_time() -> None:
    busy_and_mute = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25,select=0", "-f", "null", "-"]
    with pytest.raises(EncodeStalled, match="1 s of CPU time"):
        run(busy_and_mute, limits=Limits(cpu_s=1))


def test_a_run_that_takes_too_long_is_ended() -> None:
    with pytest.raises(EncodeStalled, match="not done"):
        run(ENDLESS, timeout_s=0.5)


def test_a_failure_carries_the_last_words_of_ffmpeg(tmp_path: Path) -> None:
    with pytest.raises(EncodeFailed, match="No such file") as failed:
        run(["-i", str(tmp_path / "none.mp4"), "-f", "null", "-"])
    assert 0 < len(failed.value.stderr_tail) <= 20


def test_an_output_beyond_the_limit_fails(tmp_path: Path) -> None:
    with pytest.raises(OverQuota, match="1000000 bytes"):
        run([*RAW, "-t", "2", str(tmp_path / "big.avi")], limits=Limits(file_bytes=1_000_000))


def test_a_folder_that_grows_beyond_the_quota_ends_ffmpeg(tmp_path: Path) -> None:
    limits = Limits(scratch_bytes=1_000_000)
    with pytest.raises(OverQuota, match="1000000 allowed"):
        run([*RAW, "-t", "3600", str(tmp_path / "big.avi")], limits=limits, folder=tmp_path)
    assert not _children(os.getpid())


@pytest.mark.parametrize("memory_mb", [250, 400])
def test_too_little_memory_is_called_by_its_name(short_film: Path, memory_mb: int) -> None:
    arguments = ["-i", str(short_film), "-c:v", "libx264", "-f", "null", "-"]
    with pytest.raises(MemoryLimit):
        run(arguments, limits=Limits(memory_bytes=memory_mb * 1_000_000))


def test_too_much_cpu_time_ends_ffmpeg() -> None:
    busy = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25", "-f", "null", "-"]
    with pytest.raises(EncodeStalled, match="1 s of CPU time"):
        run(busy, limits=Limits(cpu_s=1))


def test_ffmpeg_has_no_network() -> None:
    if not network_wall():
        pytest.skip("this machine lets nobody make a network namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/film.mp4"
        with pytest.raises(EncodeFailed, match="Network is unreachable"):
            run(["-i", address, "-f", "null", "-"])


def test_a_running_ffmpeg_is_niced_and_limited_as_promised() -> None:
    limits = Limits(
        memory_bytes=3_000_000_000, file_bytes=5_000_000, processes=4321, cpu_s=77, niceness=7
    )
    niceness, found = of_a_running_ffmpeg(limits)
    assert niceness == 7
    assert found["Max address space"] == ("3000000000", "3000000000")
    assert found["Max file size"] == ("5000000", "5000000")
    assert found["Max processes"] == ("4321", "4321")
    assert found["Max cpu time"] == ("77", "87")
    assert found["Max core file size"] == ("0", "0")


def test_nothing_is_unlimited_by_default() -> None:
    niceness, found = of_a_running_ffmpeg(Limits())
    assert niceness == 10
    of_processes = ("address space", "file size", "processes", "cpu time", "core file size")
    assert all("unlimited" not in found[f"Max {name}"] for name in of_processes)


def of_a_running_ffmpeg(limits: Limits) -> tuple[int, dict[str, tuple[str, str]]]:
    """Niceness, and soft and hard limit by the kernel's name for it."""
    seen: list[tuple[str, str]] = []

    def look() -> bool:
        for pid in _children(os.getpid()):
            place = Path(f"/proc/{pid}")
            seen.append(((place / "stat").read_text(), (place / "limits").read_text()))
        return bool(seen)

    with pytest.raises(Stopped):
        run(ENDLESS, stop=look, limits=limits)
    stat, told = seen[0]
    columns = [re.split(r"\s{2,}", line) for line in told.splitlines()[1:]]
    return int(stat.rpartition(") ")[2].split()[16]), {c[0]: (c[1], c[2]) for c in columns}


def test_the_kernel_short_of_memory_ends_ffmpeg_first() -> None:
    if not first_to_go():
        pytest.skip("this machine has no choom, or lets nobody use it")
    scores: list[int] = []

    def look() -> bool:
        paths = (Path(f"/proc/{pid}/oom_score_adj") for pid in _children(os.getpid()))
        scores.extend(int(path.read_text()) for path in paths)
        return bool(scores)

    with pytest.raises(Stopped):
        run(ENDLESS, stop=look)
    assert scores == [OOM_SCORE]


def test_a_worker_without_the_programs_of_the_leash_says_so(service: Service) -> None:
    service.env["PATH"] = str(service.home)
    service.start_worker()
    line = wait_until(
        lambda: next(
            (n for n in service.log("worker").splitlines() if "leash_incomplete" in n), ""
        ),
        what="the worker to say what it lacks",
        gone=service._gone("worker"),
    )
    assert json.loads(line)["missing"] == ["unshare", "choom", "setpriv", "prlimit", "nice"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGTERM])
def test_an_end_by_a_signal_is_called_by_its_name(number: signal.Signals) -> None:
    killed: list[int] = []

    def kill_ffmpeg() -> bool:
        if not killed:
            killed.extend(_children(os.getpid()))
            for pid in killed:
                os.kill(pid, number)
        return False

    with pytest.raises(EncodeFailed, match=number.name):
        run(ENDLESS, stop=kill_ffmpeg)


def test_ffmpeg_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = f"from transcode.ffmpeg import run; run({[*ENDLESS[:-1], str(tmp_path / 'out')]!r})"
    parent = subprocess.Popen([sys.executable, "-c", script])
    child = _awaited(lambda: _children(parent.pid))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _awaited(lambda: [pid for pid in child if not _alive(pid)]) == child


def test_a_killed_ffmpeg_leaves_no_half_output(short_film: Path, tmp_path: Path) -> None:
    plan = plan_of(short_film)
    killed: list[int] = []

    def kill_ffmpeg() -> bool:
        if not killed and any((tmp_path / "out").glob("*.part")):
            killed.extend(_children(os.getpid()))
            for pid in killed:
                os.kill(pid, signal.SIGTERM)
        return False

    with pytest.raises(EncodeFailed):
        encode_chunk(plan, short_film, plan.pieces[0], tmp_path / "out", stop=kill_ffmpeg)
    assert killed
    assert list((tmp_path / "out").iterdir()) == []


def test_a_stopped_encode_leaves_no_half_output(short_film: Path, tmp_path: Path) -> None:
    plan = plan_of(short_film)
    with pytest.raises(Stopped):
        encode_chunk(plan, short_film, plan.pieces[0], tmp_path / "out", stop=lambda: True)
    with pytest.raises(Stopped):
        encode_audio(plan, short_film, tmp_path / "out", stop=lambda: True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_stopped_package_never_appears(short_film: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        package_file(short_film, tmp_path / "out", stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def _children(pid: int) -> list[int]:
    """Processes named ffmpeg that this one started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition(") ")
        except OSError:
            continue
        if int(rest.split()[1]) == pid and "ffmpeg" in name and rest[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def _awaited(found: object, limit_s: float = 20) -> list[int]:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if result := found():  # type: ignore[operator]
            return result  # type: ignore[no-any-return]
        time.sleep(0.02)
    return []
