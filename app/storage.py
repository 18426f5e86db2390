"""Objects by key, in a folder or in S3. A reader sees a whole object or none.

Keys are relative paths with ``/``; the same calls mean the same on both.
"""

from __future__ import annotations

import mimetypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import quote, urlsplit

import boto3
from botocore.exceptions import ClientError

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".json": "application/json",
    ".jpg": "image/jpeg",
}
COPY_BYTES = 1024 * 1024


class StorageError(Exception):
    """The storage could not do what was asked."""


class ObjectNotFound(StorageError):
    """There is no object of that key; asking again will not help."""


class BadKey(StorageError):
    """The key is empty, absolute or leaves its folder."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object: its key and how long it is."""

    key: str
    size_bytes: int


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


def content_type(key: str) -> str:
    """The media type of an object by the ending of its key."""
    suffix = Path(key).suffix.lower()
    guess = CONTENT_TYPES.get(suffix) or mimetypes.guess_type(key)[0]
    return guess or "application/octet-stream"


def open_storage(storage_url: str | None, folder: Path, media_url: str) -> Storage:
    """S3 when ``storage_url`` is ``s3://bucket/prefix``, else the folder."""
    if storage_url is None:
        return FolderStorage(folder, media_url)
    parts = urlsplit(storage_url)
    return S3Storage(parts.netloc, parts.path.strip("/"), media_url)


def _checked(key: str) -> str:
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in key or "\0" in key:
        raise BadKey(f"not a storage key: {key!r}")
    return key


class FolderStorage:
    """Objects as files below one folder."""

    def __init__(self, folder: Path, media_url: str) -> None:
        self.folder = folder
        self.media_url = media_url
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: Path | bytes) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        part = Path(name)
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
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.stat().st_dev != target.parent.stat().st_dev:
            self.put(key, path)
            path.unlink()
            return
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o644)
        path.replace(target)
        _sync_folder(target.parent)

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        try:
            file = self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ObjectNotFound(key) from error
        file.seek(start)
        return file if end is None else cast(BinaryIO, _Bounded(file, end - start))

    def size(self, key: str) -> int:
        path = self._path(key)
        if not path.is_file():
            raise ObjectNotFound(key)
        return path.stat().st_size

    def url(self, key: str) -> str:
        return self.media_url + quote(_checked(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        base = self.folder / prefix.rpartition("/")[0]
        for path in sorted(base.rglob("*")):
            key = path.relative_to(self.folder).as_posix()
            if key.startswith(prefix) and not path.name.startswith(".part-") and path.is_file():
                yield StoredObject(key=key, size_bytes=path.stat().st_size)

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
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

    def _path(self, key: str) -> Path:
        return self.folder / _checked(key)

    def _drop_empty(self, folder: Path) -> None:
        while folder != self.folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


class S3Storage:
    """Objects in a bucket; endpoint, region and keys come from the usual AWS variables."""

    def __init__(self, bucket: str, prefix: str, media_url: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.media_url = media_url
        self._client = boto3.session.Session().client("s3")

    def put(self, key: str, content: Path | bytes) -> None:
        # One PUT, or a multipart upload that appears when it is complete: atomic either way.
        headers = {"ContentType": content_type(key)}
        if isinstance(content, bytes):
            self._client.put_object(
                Bucket=self.bucket, Key=self._key(key), Body=content, ContentType=content_type(key)
            )
            return
        self._client.upload_file(str(content), self.bucket, self._key(key), ExtraArgs=headers)

    def adopt(self, key: str, path: Path) -> None:
        self.put(key, path)
        path.unlink()

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        span = f"bytes={start}-{'' if end is None else end - 1}"
        try:
            if start == 0 and end is None:
                answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key))
            else:
                answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key), Range=span)
        except ClientError as error:
            raise _not_found_or(error, key) from error
        return cast(BinaryIO, answer["Body"])

    def size(self, key: str) -> int:
        try:
            return self._client.head_object(Bucket=self.bucket, Key=self._key(key))["ContentLength"]
        except ClientError as error:
            raise _not_found_or(error, key) from error

    def url(self, key: str) -> str:
        return self.media_url + quote(_checked(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix):
            for entry in page.get("Contents", []):
                key = entry["Key"].removeprefix(self.prefix)
                yield StoredObject(key=key, size_bytes=entry["Size"])

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=self._key(key))

    def delete_tree(self, prefix: str) -> None:
        for entry in list(self.list(_checked(prefix) + "/")):
            self.delete(entry.key)

    def fetch(self, key: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / Path(key).name
        try:
            self._client.download_file(self.bucket, self._key(key), str(target))
        except ClientError as error:
            raise _not_found_or(error, key) from error
        return target

    def free_bytes(self) -> int | None:
        return None

    def _key(self, key: str) -> str:
        return self.prefix + _checked(key)


class _Bounded:
    """The next ``length`` bytes of a file, then its end."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        content = self._file.read(size)
        self._left -= len(content)
        return content

    def close(self) -> None:
        self._file.close()


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


def _not_found_or(error: ClientError, key: str) -> StorageError:
    code = error.response.get("Error", {}).get("Code")
    if code in ("404", "NoSuchKey", "NotFound"):
        return ObjectNotFound(key)
    return StorageError(f"{key}: {error}")
