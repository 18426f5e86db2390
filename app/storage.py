"""Objects by key, in a folder or in S3. A reader sees a whole object or none.

Keys are relative paths with ``/``; the same calls mean the same on both.
"""

from __future__ import annotations

import io
import mimetypes
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import quote, urlsplit

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".json": "application/json",
    ".jpg": "image/jpeg",
}
COPY_BYTES = 1024 * 1024
# Names of files that are being written; no key reaches them.
UNFINISHED = ".part-"


class StorageError(Exception):
    """The storage could not do what was asked."""


class ObjectNotFound(StorageError):
    """There is no object of that key; asking again will not help."""


class BadKey(StorageError):
    """The key is empty, absolute or leaves its folder."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object: its key, how long it is, and when its bytes were written."""

    key: str
    size_bytes: int
    modified_at: datetime


class Storage(Protocol):
    """What both kinds of storage do."""

    def put(self, key: str, content: Path | bytes) -> None:
        """Store a file or bytes under the key, replacing what was there at once and whole."""

    def adopt(self, key: str, path: Path) -> None:
        """As put, but takes the file over: afterwards it is gone from where it was."""

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """A reader of the bytes [start, end) of an object. Raises ObjectNotFound."""

    def size(self, key: str) -> int:
        """Length in bytes. Raises ObjectNotFound."""

    def url(self, key: str) -> str:
        """The address at which boxes read the object."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All objects whose key starts with the prefix, by key."""

    def folders(self, prefix: str) -> Iterator[str]:
        """Names of the folders directly below ``prefix/``, without looking into them."""

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""

    def delete_tree(self, prefix: str) -> None:
        """Remove every object whose key starts with ``prefix/``."""

    def fetch(self, key: str, folder: Path) -> Path:
        """A local file with the object's bytes, for programs that need a path.

        It may be the stored object itself: read it only. A copy goes into ``folder``.
        """

    def free_bytes(self) -> int | None:
        """Space left, or None where the storage has no such limit."""

    def sweep(self, before: datetime) -> int:
        """Delete what writers that died before then have left; gives how many files."""


def content_type(key: str) -> str:
    """The media type of an object by the ending of its key."""
    suffix = Path(key).suffix.lower()
    guess = CONTENT_TYPES.get(suffix) or mimetypes.guess_type(key)[0]
    return guess or "application/octet-stream"


def open_storage(storage_url: str | None, folder: Path, media_url: str) -> Storage:
    """S3 when ``storage_url`` is ``s3://bucket/prefix``, else the folder."""
    if storage_url is None:
        return FolderStorage(folder, media_url)
    # Imported by those who use it: boto3 takes its time.
    from app.s3_storage import S3Storage

    parts = urlsplit(storage_url)
    return S3Storage(parts.netloc, parts.path.strip("/"), media_url)


def checked(key: str) -> str:
    """The key itself, if it is one. Raises BadKey."""
    parts = key.split("/")
    if any(part in ("", ".", "..") or part.startswith(UNFINISHED) for part in parts):
        raise BadKey(f"not a storage key: {key!r}")
    # File systems end at 255 bytes a name, S3 at 1,024 a key.
    if "\\" in key or "\0" in key or _length(key) > 1024 or max(map(_length, parts)) > 255:
        raise BadKey(f"not a storage key: {key!r}")
    return key


def _length(name: str) -> int:
    return len(name.encode(errors="surrogatepass"))


class FolderStorage:
    """Objects as files below one folder."""

    def __init__(self, folder: Path, media_url: str) -> None:
        self.folder = folder
        self.media_url = media_url
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: Path | bytes) -> None:
        target = self._path(key)
        descriptor, part = _new_part(target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write(file, content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def adopt(self, key: str, path: Path) -> None:
        target = self._path(key)
        self.folder.mkdir(parents=True, exist_ok=True)
        if path.stat().st_dev != self.folder.stat().st_dev:
            self.put(key, path)
            path.unlink()
            return
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o644)
        _move(path, target)
        _sync_folder(target.parent)

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        try:
            file = self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ObjectNotFound(key) from error
        file.seek(start)
        return file if end is None else cast(BinaryIO, _Bounded(file, end - start))

    def size(self, key: str) -> int:
        return self._stored(key).size_bytes

    def _stored(self, key: str) -> StoredObject:
        try:
            found = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ObjectNotFound(key) from error
        if not stat.S_ISREG(found.st_mode):
            raise ObjectNotFound(key)
        modified_at = datetime.fromtimestamp(found.st_mtime, UTC)
        return StoredObject(key=key, size_bytes=found.st_size, modified_at=modified_at)

    def url(self, key: str) -> str:
        return self.media_url + quote(checked(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        base = self.folder / prefix.rpartition("/")[0]
        keys = (path.relative_to(self.folder).as_posix() for path in self._files(base))
        for key in sorted(key for key in keys if key.startswith(prefix)):
            # Gone since we looked, or still being written: no object.
            with suppress(ObjectNotFound, BadKey):
                yield self._stored(key)

    def folders(self, prefix: str) -> Iterator[str]:
        path = self._path(prefix)
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(path) as entries:
            yield from sorted(entry.name for entry in entries if entry.is_dir())

    def delete(self, key: str) -> None:
        path = self._path(key)
        # A folder is no object: in S3 there would be nothing of that key.
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            path.unlink()
        self._drop_empty(path.parent)

    def delete_tree(self, prefix: str) -> None:
        path = self._path(prefix)
        shutil.rmtree(path, ignore_errors=True)
        self._drop_empty(path.parent)

    def fetch(self, key: str, folder: Path) -> Path:  # noqa: ARG002 (S3 needs the folder)
        self.size(key)
        return self._path(key)

    def free_bytes(self) -> int | None:
        return shutil.disk_usage(self.folder).free

    def sweep(self, before: datetime) -> int:
        swept = 0
        for path in self._files(self.folder):
            with suppress(FileNotFoundError):
                if path.name.startswith(UNFINISHED) and path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    swept += 1
        return swept

    def _path(self, key: str) -> Path:
        return self.folder / checked(key)

    def _files(self, folder: Path) -> Iterator[Path]:
        # os.walk passes over folders that somebody deletes meanwhile; Path.rglob raises.
        return (Path(place, name) for place, _, names in os.walk(folder) for name in names)

    def _drop_empty(self, folder: Path) -> None:
        while folder != self.folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


class _Bounded(io.RawIOBase):
    """The next ``length`` bytes of a file, then its end."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = max(length, 0)

    def read(self, size: int | None = -1) -> bytes:
        asked = self._left if size is None or size < 0 else min(size, self._left)
        content = self._file.read(asked)
        self._left -= len(content)
        return content

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def _new_part(folder: Path) -> tuple[int, Path]:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        # A delete beside us may take the empty folder away again before the file is in it.
        with suppress(FileNotFoundError):
            descriptor, name = tempfile.mkstemp(dir=folder, prefix=UNFINISHED)
            return descriptor, Path(name)


def _move(path: Path, target: Path) -> None:
    while True:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.replace(target)
            return
        except FileNotFoundError:
            if not path.exists():
                raise


def _write(file: BinaryIO, content: Path | bytes) -> None:
    if isinstance(content, bytes):
        file.write(content)
        return
    with content.open("rb") as source:
        shutil.copyfileobj(source, file, COPY_BYTES)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
