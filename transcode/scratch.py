"""Folders that jobs work in. A lock on the folder says that its job lives; the kernel drops it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "job-"


@contextmanager
def scratch_folder(parent: Path, name: str) -> Iterator[Path]:
    """A fresh folder for the job in hand, gone afterwards."""
    folder, lock = _locked_folder(parent, name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_scratch(parent: Path) -> int:
    """Drop what killed workers of this machine left; gives how many folders."""
    swept = 0
    for folder in parent.glob(f"{_PREFIX}*"):
        lock = _try_lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            swept += 1
    return swept


def _locked_folder(parent: Path, name: str) -> tuple[Path, int]:
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=parent))
        lock = _try_lock(folder)
        # A sweep may have come between the two and taken the new folder for an orphan.
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _try_lock(folder: Path) -> int | None:
    """The descriptor that holds the folder's lock, or None when another process holds it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
