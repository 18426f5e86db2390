"""`nongke run`: database, server and worker together, watched from one terminal.

When a part dies, the others are ended in order and the command says which one it was; the next
start goes on where this one was. The parts die with this process, however it ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.accounts.people import create_first_admin
from app.db import server_version
from app.demo import seed
from app.embedded import embedded_database, postmaster_pid
from app.house import House, open_house
from app.parts import die_with_parent
from app.settings import Settings
from migrations import migrate

OLDEST_POSTGRESQL = 18
STOP_PATIENCE_S = 25
LOG_BYTES = 20 * 1024 * 1024

console = Console()


class PartDied(Exception):
    """A part of the service ended by itself; its log says why. Start again."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A process that must stay alive."""

    name: str
    process: psutil.Process | subprocess.Popen[bytes]
    log: Path

    def is_alive(self) -> bool:
        """Whether it still runs; a zombie doesn't."""
        if isinstance(self.process, subprocess.Popen):
            return self.process.poll() is None
        return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE


def run(settings: Settings) -> None:
    """Run everything until Ctrl-C or SIGTERM. Raises PartDied."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    began_at = time.monotonic()
    console.print("[bold]农课 Nongke[/]  正在启动 starting …")
    with _database(settings) as (url, database):
        _say(began_at, "数据库 database")
        migrate(url)
        house = open_house(settings, url)
        _check_version(house)
        password = _prepare(house)
        _say(began_at, "数据表 tables")
        with _parts(settings, url, database) as parts:
            _wait_for_server(settings, parts, stop)
            _say(began_at, "服务 server and worker")
            _print_addresses(settings, password)
            _watch_demo(house, parts, stop)
            _watch(parts, stop)
            console.print("正在停止，进行中的工作会保留 stopping, work in hand is kept …")
        house.db.close()
    console.print("已停止 stopped.")


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, Part | None]]:
    if settings.database_url:
        yield settings.database_url, None
        return
    with embedded_database(settings.home) as url:
        pid = postmaster_pid(settings.home)
        assert pid is not None
        log = settings.home / "postgres" / "log"
        yield url, Part(name="PostgreSQL", process=psutil.Process(pid), log=log)


@contextmanager
def _parts(settings: Settings, url: str, database: Part | None) -> Iterator[list[Part]]:
    """Server and worker, ended together: politely first, then not."""
    own = [_start(settings, url, name, command) for name, command in COMMANDS.items()]
    try:
        yield [*own, *([database] if database else [])]
    finally:
        processes = [part.process for part in own if isinstance(part.process, subprocess.Popen)]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_PATIENCE_S
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


COMMANDS = {"server": "serve", "worker": "work"}


def _start(settings: Settings, url: str, name: str, command: str) -> Part:
    log = settings.home / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".1.log"))
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", command],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "NONGKE_DATABASE_URL": url, "NONGKE_HOME": str(settings.home)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            # Ctrl-C is for this process alone; it ends the parts in order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    return Part(name=name, process=process, log=log)


def _check_version(house: House) -> None:
    version = server_version(house.db.engine)
    if version < OLDEST_POSTGRESQL:
        raise PartDied(f"PostgreSQL {version} is too old: {OLDEST_POSTGRESQL} or newer is needed")


def _prepare(house: House) -> str | None:
    """First start: the administrator and the demonstration library. Gives a new password."""
    with house.db.begin() as session:
        password = create_first_admin(session)
    if house.settings.demo:
        seed.seed(house)
    return password


def _wait_for_server(settings: Settings, parts: list[Part], stop: threading.Event) -> None:
    address = _address(settings)
    while not stop.wait(0.1):
        _require_alive(parts)
        try:
            if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            continue


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"http://{host}:{settings.port}"


def _print_addresses(settings: Settings, password: str | None) -> None:
    address = _address(settings)
    console.print(f"""
  电视页 TV page     [bold]{address}/tv/[/]      方向键、确定、返回、数字 arrows, Enter, Esc, digits
  工作室 studio      [bold]{address}/studio/[/]
  数据台 desk        [bold]{address}/desk/[/]
  日志 logs          {settings.home / "log"}""")
    if password:
        console.print(
            f"  登录 sign in       用户名 user [bold]admin[/]  "
            f"一次性密码 one-time password [bold]{password}[/]\n"
        )
    else:
        console.print(
            "  登录 sign in       用户名 user [bold]admin[/]  "
            "忘记密码 forgotten: [bold]nongke account reset-password admin[/]\n"
        )
    console.print("  按 Ctrl-C 停止 Ctrl-C stops everything.\n")


def _watch_demo(house: House, parts: list[Part], stop: threading.Event) -> None:
    """Show how the demonstration library fills the menu, until it is complete."""
    done, total = seed.courses_on_menu(house)
    if done >= total:
        return
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("演示课程上架 demonstration courses", total=total)
        while done < total and not stop.wait(1):
            _require_alive(parts)
            before, (done, total) = done, seed.courses_on_menu(house)
            bar.update(task, completed=done, total=total)
            if done != before and not console.is_terminal:
                console.print(f"  演示课程上架 demonstration courses: {done}/{total}")
    if done >= total:
        console.print(f"  演示片库完成 demonstration library complete: {done} 门课程 courses\n")


def _watch(parts: list[Part], stop: threading.Event) -> None:
    while not stop.wait(0.5):
        _require_alive(parts)


def _require_alive(parts: list[Part]) -> None:
    for part in parts:
        if not part.is_alive():
            raise PartDied(f"the {part.name} ended unexpectedly; its log: {part.log}")


def _say(began_at: float, what: str) -> None:
    console.print(f"  [green]✓[/] {what}  {time.monotonic() - began_at:.1f} s")
