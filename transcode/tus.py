"""The words of tus 1.0: headers read and written (https://tus.io/protocols/resumable-upload).

Everything here is pure; `upload_routes` speaks with clients, `uploads` with disk and database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from transcode.tables import Upload
from transcode.upload_errors import (
    LengthDeferred,
    OffsetConflict,
    TusVersionUnknown,
    UploadHeaderWrong,
)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUM_ALGORITHMS = ("sha1", "sha256", "md5")
BYTES_TYPE = "application/offset+octet-stream"
LABELS_LIMIT = 20
NAME_LIMIT = 255
MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes

    def fits(self, content_hash: hashlib._Hash) -> bool:
        """Whether the bytes arrived as they were sent."""
        return content_hash.digest() == self.digest


def check_version(headers: Mapping[str, str]) -> None:
    """Raises TusVersionUnknown unless the request speaks our version."""
    if headers.get("tus-resumable") != VERSION:
        raise TusVersionUnknown()


def capabilities(max_upload_bytes: int) -> dict[str, str]:
    """The answer to OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(CHECKSUM_ALGORITHMS),
        "Tus-Max-Size": str(max_upload_bytes),
    }


def standing(upload: Upload) -> dict[str, str]:
    """How far an upload is; a finished one names its video."""
    headers = {"Upload-Offset": str(upload.offset_bytes)}
    if upload.finished_at is None:
        headers["Upload-Expires"] = http_date(upload.expires_at)
    if upload.video_id is not None:
        headers["Nongke-Video"] = str(upload.video_id)
    return headers


def read_length(headers: Mapping[str, str]) -> int:
    """The announced length of the file. Raises LengthDeferred, UploadHeaderWrong."""
    if "upload-defer-length" in headers and "upload-length" not in headers:
        raise LengthDeferred("上传前必须知道文件大小，不支持边录边传。请先保存为文件再上传。")
    return _number(headers, "Upload-Length")


def read_offset(headers: Mapping[str, str]) -> int:
    """Where the bytes of this request begin. Raises UploadHeaderWrong."""
    return _number(headers, "Upload-Offset")


def read_body_length(headers: Mapping[str, str]) -> int | None:
    """How many bytes this request brings; None when it does not say."""
    return _number(headers, "Content-Length") if "content-length" in headers else None


def _number(headers: Mapping[str, str], name: str) -> int:
    digits = headers.get(name.lower(), "")
    # Longer numbers do not fit the database, and no disk either.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise UploadHeaderWrong(f"{name} must be a number of bytes, it is {digits!r}")
    return int(digits)


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The checksum of this request's bytes, if one came. Raises UploadHeaderWrong."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise UploadHeaderWrong(f"checksums may be {', '.join(CHECKSUM_ALGORITHMS)}")
    digest = _decoded(encoded.strip(), "Upload-Checksum")
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise UploadHeaderWrong(f"Upload-Checksum has not the length of {algorithm}")
    return Checksum(algorithm=algorithm, digest=digest)


def read_labels(header: str) -> dict[str, str]:
    """Upload-Metadata: ``key base64,key base64,…``; a key may stand alone.

    Raises UploadHeaderWrong.
    """
    labels: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in header.split(","))):
        key, _, encoded = pair.partition(" ")
        if key in labels or len(labels) >= LABELS_LIMIT:
            raise UploadHeaderWrong("Upload-Metadata has a key twice, or too many keys")
        try:
            labels[key] = _decoded(encoded.strip(), "Upload-Metadata").decode().replace("\0", "")
        except UnicodeDecodeError:
            raise UploadHeaderWrong(
                f"the value of {key!r} in Upload-Metadata is no UTF-8"
            ) from None
    return labels


def _decoded(encoded: str, name: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise UploadHeaderWrong(f"{name} is not base64") from None


def file_name(labels: Mapping[str, str]) -> str:
    """The name of the file without folders and control characters, never empty."""
    name = labels.get("filename") or labels.get("name") or ""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    return name[-NAME_LIMIT:] or "video"


def http_date(moment: datetime) -> str:
    """A time as HTTP headers write it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def wrong_offset(upload: Upload) -> OffsetConflict:
    """The refusal of bytes that do not join on, with the offset where they would."""
    problem = OffsetConflict(f"the upload stands at {upload.offset_bytes}")
    problem.headers = {"Upload-Offset": str(upload.offset_bytes)}
    return problem


def as_size(size_bytes: int) -> str:
    """A size for people to read, in KB, MB or GB."""
    if size_bytes < MIB:
        return f"{max(size_bytes, 0) / 1024:.0f} KB"
    if size_bytes < 1024 * MIB:
        return f"{size_bytes / MIB:.0f} MB"
    return f"{size_bytes / (1024 * MIB):.1f} GB"
