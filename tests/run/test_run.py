"""`nongke run`: one command starts everything, one death ends it in order, nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from app.embedded import postmaster_pid
from tests.player_api.box import Viewer, now_ms, play_id
from tests.service import ROOT, free_port, wait_until


class Runner:
    """`nongke run` on the embedded database, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        own = {
            "NONGKE_HOME": str(self.home),
            "NONGKE_PORT": str(self.port),
            "NONGKE_DEMO": "false",
            "NONGKE_RESERVE_BYTES": "0",
            "NONGKE_WORKER_HEARTBEAT_S": "0.5",
            "NONGKE_WORKER_LOST_S": "2",
        }
        return {**os.environ, **own}

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self.ready, what="the service to be ready", gone=self.gone, patience_s=120)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def gone(self) -> str | None:
        assert self.process
        code = self.process.poll()
        return None if code is None else f"ended with {code}:\n{self.log.read_text()}"

    def part(self, name: str) -> int:
        """Process id of the server, the worker, PostgreSQL, or the runner itself."""
        assert self.process
        if name == "runner":
            return self.process.pid
        if name == "postgres":
            return postmaster_pid(self.home) or 0
        command = {"server": "serve", "worker": "work"}[name]
        children = psutil.Process(self.process.pid).children()
        return next(c.pid for c in children if c.cmdline()[-1] == command)

    def leftovers(self) -> list[str]:
        """Processes of this service that still run."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ", "status"]):
            environ = process.info["environ"] or {}
            mine = environ.get("NONGKE_HOME") == str(self.home)
            mine = mine or any(str(self.home) in part for part in process.info["cmdline"] or [])
            if mine and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.info["cmdline"] or []))
        return found

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=ROOT,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def end(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def runner() -> Iterator[Runner]:
    # A short path: PostgreSQL's socket lies below it.
    home = Path(f"/tmp/nongke-run-{uuid4().hex[:8]}")
    runner = Runner(home)
    yield runner
    if runner.process and runner.process.poll() is None:
        runner.end()
    wait_until(lambda: not runner.leftovers(), what="everything to end")
    subprocess.run(["rm", "-rf", str(home), str(runner.log)], check=True)


def test_the_first_start_tells_how_to_sign_in_and_ctrl_c_ends_all(runner: Runner) -> None:
    runner.start()
    told = wait_until(
        lambda: re.search(r"one-time password\s+(\S+)", runner.log.read_text()),
        what="the one-time password",
    )
    answer = httpx.post(f"{runner.url}/sign-in", data={"name": "admin", "password": told[1]})
    assert (answer.status_code, "/sign-in" in answer.headers["location"]) == (303, False)
    assert runner.end() == 0
    assert runner.leftovers() == []


@pytest.mark.parametrize("part", ["server", "worker", "postgres", "runner"])
def test_a_killed_part_ends_all_and_the_next_start_goes_on(
    runner: Runner, part: str, clip: Path
) -> None:
    runner.start()
    runner.command("import", str(clip), "--no-wait", "--course", "203")
    os.kill(runner.part(part), signal.SIGKILL)
    assert runner.process
    assert runner.process.wait(60) != 0
    wait_until(lambda: not runner.leftovers(), what="all parts to end")

    runner.start()
    menu = f"{runner.url}/api/player/v1/menu"
    course = wait_until(
        lambda: next(iter(httpx.get(menu).json()["courses"]), None),
        what="the film to be on the menu",
        patience_s=120,
    )
    assert course["number"] == "203"
    if part == "postgres":
        watch_through_a_crash(runner, course["lessons"][0]["id"])


def watch_through_a_crash(runner: Runner, lesson: int) -> None:
    """A batch whose answer is lost with the database is sent again, and counts once."""
    with httpx.Client(base_url=runner.url) as client:
        box = Viewer.introduced(client)
        play = play_id(now_ms() - 8000)
        event = box.event(play, lesson, [0, 6], watch_s=6, position_s=6)
        batch = {"sent": now_ms(), "boot": "b", "events": [event]}
        first = client.post("/api/player/v1/events", json=batch, headers=box.headers)
        assert first.json()["accepted"] == 1, first.text
    os.kill(runner.part("postgres"), signal.SIGKILL)
    assert runner.process
    runner.process.wait(60)
    runner.start()
    with httpx.Client(base_url=runner.url) as client:
        again = client.post("/api/player/v1/events", json=batch, headers=box.headers)
        assert (again.json()["accepted"], again.json()["unchanged"]) == (0, 1), again.text
    assert "0 differences" in runner.command("reports", "recount")
