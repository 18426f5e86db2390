"""The service as its users run it: `nongke serve` and `nongke work` in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import httpx

ROOT = Path(__file__).parent.parent
T = TypeVar("T")


@dataclass
class Service:
    """Parts of a running service; `env` may be added to before a part starts."""

    home: Path
    database_url: str
    env: dict[str, str] = field(default_factory=dict)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_port())

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start_server(self) -> None:
        """Start the server and wait until it answers."""
        self._start("server", "serve")
        gone = self._gone("server")
        wait_until(self._answers, what="the server's answer", patience_s=180, gone=gone)

    def start_worker(self) -> None:
        """Start a worker; it needs no waiting for, jobs wait for it."""
        self._start("worker", "work")

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One `nongke` command, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=ROOT,
            env=self._environment(),
            check=check,
            capture_output=True,
            text=True,
        )

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Kill a part, at once and without warning by default; gives its exit code."""
        process = self.parts.pop(part)
        process.send_signal(number)
        return process.wait(30)

    def stop(self) -> None:
        """End every part that runs."""
        for part in list(self.parts):
            if self.parts[part].poll() is None:
                self.kill(part, signal.SIGTERM)

    def log(self, part: str) -> str:
        """What the part has written so far."""
        return (self.home.parent / f"{part}.log").read_text()

    def _start(self, part: str, command: str) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home.parent / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                [sys.executable, "-m", "app.cli", command],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NONGKE_HOME": str(self.home),
            "NONGKE_DATABASE_URL": self.database_url,
            "NONGKE_PORT": str(self.port),
            "NONGKE_DEMO": "false",
            "NONGKE_RESERVE_BYTES": "0",
            # Tests send faster than boxes do, and all from one address.
            "NONGKE_EVENT_REQUESTS_A_MINUTE": "0",
            "NONGKE_INTRODUCTIONS_A_MINUTE": "0",
            "NONGKE_WORKER_HEARTBEAT_S": "0.5",
            "NONGKE_WORKER_LOST_S": "2",
            **self.env,
        }

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def _gone(self, part: str) -> Callable[[], str | None]:
        def gone() -> str | None:
            code = self.parts[part].poll()
            return None if code is None else f"{part} ended with {code}:\n{self.log(part)}"

        return gone


def wait_until(
    condition: Callable[[], T],
    *,
    what: str,
    patience_s: float = 60,
    gone: Callable[[], str | None] = lambda: None,
) -> T:
    """Ask until the answer is true, and give it. Fails with `what` when patience runs out."""
    deadline = time.monotonic() + patience_s
    while not (answer := condition()):
        reason = gone()
        assert reason is None, reason
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain for {what}"
        time.sleep(0.05)
    return answer


@contextmanager
def on_loopback(handler: Callable[..., BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """A web server for as long as the block runs; gives its address. port 0: a free one."""
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        # It looks up at each interval whether it shall end.
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
