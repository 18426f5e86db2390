"""Objects in S3, or in any store that speaks it, by boto3."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypedDict, cast
from urllib.parse import quote

import boto3
from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.storage import ObjectNotFound, StorageError, StoredObject, checked, content_type

S3_CONFIG = Config(
    # Many stores that speak S3 do not know the checksums that boto3 adds of itself.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    max_pool_connections=50,
)


class BeyondEnd(StorageError):
    """The range begins behind the last byte."""


class Place(TypedDict):
    """Where an object lies, as boto3 names it."""

    Bucket: str
    Key: str


class S3Storage:
    """Objects in a bucket; endpoint, region and keys come from the usual AWS variables."""

    def __init__(self, bucket: str, prefix: str, media_url: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.media_url = media_url
        self._client = boto3.session.Session().client("s3", config=S3_CONFIG)

    def put(self, key: str, content: Path | bytes) -> None:
        # One PUT, or a multipart upload that appears when it is complete: atomic either way.
        headers = {"ContentType": content_type(key)}
        place = self._place(key)
        with _told(key):
            if isinstance(content, bytes):
                self._client.put_object(**place, Body=content, ContentType=content_type(key))
            else:
                self._client.upload_file(
                    str(content), place["Bucket"], place["Key"], ExtraArgs=headers
                )

    def adopt(self, key: str, path: Path) -> None:
        self.put(key, path)
        path.unlink()

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        if end is not None and end <= start:
            # S3 has no empty ranges, but an object that is not there must be told.
            self.size(key)
            return io.BytesIO()
        try:
            with _told(key):
                return cast(BinaryIO, self._get(key, start, end))
        except BeyondEnd:
            return io.BytesIO()

    def _get(self, key: str, start: int, end: int | None) -> object:
        place = self._place(key)
        if start == 0 and end is None:
            return self._client.get_object(**place)["Body"]
        span = f"bytes={start}-{'' if end is None else end - 1}"
        return self._client.get_object(**place, Range=span)["Body"]

    def size(self, key: str) -> int:
        with _told(key):
            return self._client.head_object(**self._place(key))["ContentLength"]

    def url(self, key: str) -> str:
        return self.media_url + quote(checked(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2")
        with _told(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix):
                for entry in page.get("Contents", []):
                    key = entry["Key"].removeprefix(self.prefix)
                    yield StoredObject(
                        key=key, size_bytes=entry["Size"], modified_at=entry["LastModified"]
                    )

    def folders(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        begin = self._place(prefix)["Key"] + "/"
        with _told(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=begin, Delimiter="/"):
                for entry in page.get("CommonPrefixes", []):
                    yield entry["Prefix"].removeprefix(begin).rstrip("/")

    def delete(self, key: str) -> None:
        with _told(key):
            self._client.delete_object(**self._place(key))

    def delete_tree(self, prefix: str) -> None:
        for entry in list(self.list(checked(prefix) + "/")):
            self.delete(entry.key)

    def fetch(self, key: str, folder: Path) -> Path:
        # The whole key, because files of different folders may have one name.
        target = folder / checked(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _told(key):
            place = self._place(key)
            self._client.download_file(place["Bucket"], place["Key"], str(target))
        return target

    def free_bytes(self) -> int | None:
        return None

    def sweep(self, before: datetime) -> int:  # noqa: ARG002 (the folder needs it)
        # Pieces of broken multipart uploads are seen by nobody; the bucket's lifecycle rule
        # (AbortIncompleteMultipartUpload) takes them away.
        return 0

    def _place(self, key: str) -> Place:
        return {"Bucket": self.bucket, "Key": self.prefix + checked(key)}


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Turn what S3 says into our errors."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in ("404", "NoSuchKey", "NotFound"):
            raise ObjectNotFound(key) from error
        if code in ("416", "InvalidRange"):
            raise BeyondEnd(key) from error
        raise StorageError(f"{key}: {error}") from error
    except (BotoCoreError, S3UploadFailedError) as error:
        raise StorageError(f"{key}: {error}") from error
