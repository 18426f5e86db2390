"""What the kernel tells of a running process; nothing where there is no ``/proc``."""

from __future__ import annotations

import os
import re
from pathlib import Path


def peak_memory_bytes(pid: int) -> int:
    """The most address space that the process has had; 0 where nobody tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"VmPeak:\s+(\d+) kB", status)
    return int(match[1]) * 1024 if match else 0


def cpu_s(pid: int) -> float:
    """CPU time of all threads so far, to a hundredth of a second; 0 where nobody tells."""
    try:
        # The name of the program comes in brackets and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    user_ticks, system_ticks = int(fields[11]), int(fields[12])
    return (user_ticks + system_ticks) / os.sysconf("SC_CLK_TCK")
