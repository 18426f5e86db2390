"""The bytes of an unfinished upload on the disk, and the lock of whoever writes them.

The lock is the kernel's (flock): it holds between threads and processes, and it ends with the
process that had it, however that one ended.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from transcode.upload_errors import StorageFull, UploadBusy

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def part_path(folder: Path, upload_id: UUID) -> Path:
    """Where the bytes of an upload lie until it is finished."""
    return folder / f"{upload_id}.part"


def known_ids(folder: Path) -> Iterator[UUID]:
    """The uploads that have left anything in the folder."""
    for stem in {path.stem for path in folder.glob("*.*")}:
        try:
            yield UUID(stem)
        except ValueError:
            continue  # not a file of ours


class PartFile:
    """One upload's part file, locked until `close`. Raises UploadBusy while another has it."""

    def __init__(self, folder: Path, upload_id: UUID) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = part_path(folder, upload_id)
        self._lock_path = folder / f"{upload_id}.lock"
        self._lock = _lock(self._lock_path)
        self._file: int | None = None

    def size_bytes(self) -> int:
        """Bytes on the disk; 0 when there is no file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def cut(self, length_bytes: int) -> None:
        """Forget what lies behind the first ``length_bytes``, and get ready to write there."""
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, length_bytes)

    def write(self, content: memoryview, at: int) -> int:
        """Write at a position; gives how many bytes went in. Raises StorageFull."""
        assert self._file is not None
        try:
            return os.pwrite(self._file, content, at)
        except OSError as error:
            raise full_or(error) from error

    def sync(self) -> None:
        """Wait until the disk has what was written. Raises StorageFull."""
        assert self._file is not None
        try:
            os.fdatasync(self._file)
        except OSError as error:
            raise full_or(error) from error

    def drop(self) -> None:
        """Delete the bytes and the lock file; the lock itself holds until `close`."""
        self.path.unlink(missing_ok=True)
        self._lock_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let others write."""
        if self._file is not None:
            os.close(self._file)
        os.close(self._lock)


def full_or(error: OSError) -> Exception:
    """StorageFull when the disk is full, else the error itself."""
    if error.errno in NO_SPACE:
        return StorageFull(
            "服务器磁盘已满，上传暂停。已传的部分已保存，请联系管理员清理空间后继续。"
        )
    return error


def _lock(path: Path) -> int:
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have deleted the file: a lock on that keeps nobody out.
            if path.stat().st_ino == os.fstat(lock).st_ino:
                return lock
        except BlockingIOError:
            os.close(lock)
            raise UploadBusy("这个文件正在由另一个窗口上传，请稍后再试。") from None
        except FileNotFoundError:
            pass
        os.close(lock)
