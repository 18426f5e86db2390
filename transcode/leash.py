"""What one FFmpeg may use, and the wrappers that hold it to that.

Each wrapper replaces itself by the next, so the process id is FFmpeg's from the start and a
signal reaches it. All of them together start in about four milliseconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

GIB = 1 << 30
# FFmpeg's threads reserve address space far beyond what they touch: on two cores 2.1 GB for a
# 1080p source, 2.6 GB for 4K HDR and 2.6 GB for 8K; each further core added up to 0.1 GB.
BASE_MEMORY_BYTES = 8 * GIB
MEMORY_A_CORE_BYTES = GIB // 4
# Of −1000 to 1000: what the kernel adds when it looks for the process to end, in thousandths of
# all memory.
OOM_SCORE = 500


def default_memory_bytes() -> int:
    """Three times the most that was measured, on a machine of any size."""
    return BASE_MEMORY_BYTES + MEMORY_A_CORE_BYTES * (os.cpu_count() or 1)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one FFmpeg may use. Each limit is generous: it stops run-aways, not work.

    memory_bytes: address space, several times the resident size; None for the machine's default.
    processes: threads too, and of the whole account, which may run a database beside us.
    cpu_s: the limit on wall time alone would let sixty-four cores burn two weeks.
    """

    memory_bytes: int | None = None
    file_bytes: int = 64 * GIB
    scratch_bytes: int = 128 * GIB
    processes: int = 8192
    cpu_s: int = 24 * 3600
    niceness: int = 10

    @property
    def address_space_bytes(self) -> int:
        return self.memory_bytes or default_memory_bytes()


def leash(limits: Limits) -> list[str]:
    """The wrappers that this machine has, to stand before FFmpeg's command line."""
    wrappers: list[str] = list(network_wall())
    if path := shutil.which("setpriv"):
        # After the namespaces: changing who one is makes the kernel forget the parent's death.
        wrappers += [path, "--no-new-privs", "--pdeathsig", "KILL", "--"]
    wrappers += first_to_go()
    if path := shutil.which("prlimit"):
        wrappers += [
            path,
            f"--as={limits.address_space_bytes}",
            f"--fsize={limits.file_bytes}",
            f"--nproc={limits.processes}",
            # First a signal that FFmpeg answers, then one that it can't.
            f"--cpu={limits.cpu_s}:{limits.cpu_s + 10}",
            # A crash in a decoder must not fill the disk with a picture of our memory.
            "--core=0",
            "--",
        ]
    if path := shutil.which("nice"):
        wrappers += [path, "-n", str(limits.niceness)]
    return wrappers


def missing() -> list[str]:
    """What of the leash this machine lacks or doesn't allow, by the names of the programs."""
    walls = {"unshare": network_wall(), "choom": first_to_go()}
    plain = [name for name in ("setpriv", "prlimit", "nice") if shutil.which(name) is None]
    return [name for name, wrapper in walls.items() if not wrapper] + plain


@cache
def first_to_go() -> tuple[str, ...]:
    """Where memory runs out, the kernel ends FFmpeg, not the database or the worker beside it."""
    path = shutil.which("choom")
    wrapper = (path, "-n", str(OOM_SCORE), "--") if path else ()
    return wrapper if wrapper and _runs(wrapper) else ()


@cache
def network_wall() -> tuple[str, ...]:
    """A network namespace with nothing in it, where the kernel lets us have one.

    The protocol list is the other wall, and the only one inside containers that forbid this.
    """
    path = shutil.which("unshare")
    if path is None:
        return ()
    # Root may do without the user namespace, and keeps its files' owner as it is.
    ways = (["--net"], ["--user", "--net"]) if os.geteuid() == 0 else (["--user", "--net"],)
    for way in ways:
        wrapper = (path, *way, "--")
        if _runs(wrapper):
            return wrapper
    return ()


def _runs(wrapper: tuple[str, ...]) -> bool:
    tried = subprocess.run(
        [*wrapper, "true"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    return tried.returncode == 0
