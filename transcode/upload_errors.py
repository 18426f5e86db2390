"""What can go wrong with an upload, as answers to its sender.

Problem
├── TusVersionUnknown      412   another version of the protocol
├── UploadHeaderWrong      400   a header that cannot be understood
├── LengthDeferred         400   the length must be known at the start
├── EmptyUpload            400   a file of no bytes
├── UploadTooLarge         413   above the limit, or more bytes than announced
├── StorageFull            507   no room for the whole file
├── UploadNotFound         404   never begun, finished long ago, or somebody else's
├── UploadExpired          410   not continued in time; begin anew
├── UploadBusy             423   another request is sending it right now; try again
├── OffsetConflict         409   go on from the offset that the answer names
├── ContentTypeWrong       415   bytes come as application/offset+octet-stream
├── ChecksumMismatch       460   damaged on the way; send the same bytes again
└── UploadStalled          503   nothing came for too long; go on later
"""

from __future__ import annotations

from app.problems import Problem


class TusVersionUnknown(Problem):
    """The client speaks another version of tus; a retry does not help."""

    status = 412
    code = "tus_version_unknown"
    title = "This server speaks tus 1.0.0."


class UploadHeaderWrong(Problem):
    """A header is missing or malformed; the client must be corrected."""

    status = 400
    code = "upload_header_wrong"
    title = "A header of the upload is missing or malformed."


class LengthDeferred(Problem):
    """The upload does not say how long it is, so room for it cannot be promised."""

    status = 400
    code = "length_deferred"
    title = "The length of an upload must be known when it begins."


class EmptyUpload(Problem):
    """The file has no bytes; another file is needed."""

    status = 400
    code = "empty_file"
    title = "The file is empty."


class UploadTooLarge(Problem):
    """The file is above the limit, or more bytes came than were announced."""

    status = 413
    code = "upload_too_large"
    title = "The upload is too large."


class StorageFull(Problem):
    """There is no room for the whole file; a retry helps when room was made."""

    status = 507
    code = "storage_full"
    title = "There is not enough space for this upload."


class UploadNotFound(Problem):
    """There is no such upload, or it belongs to somebody else; begin anew."""

    status = 404
    code = "upload_not_found"
    title = "There is no such upload."


class UploadExpired(Problem):
    """The upload was not continued in time and is dropped; begin anew."""

    status = 410
    code = "upload_expired"
    title = "The upload was not continued in time."


class UploadBusy(Problem):
    """Another request is sending this upload; a retry in a moment helps."""

    status = 423
    code = "upload_busy"
    title = "Another request is sending this upload."


class OffsetConflict(Problem):
    """The bytes would leave a gap or overlap; ask for the offset and go on there."""

    status = 409
    code = "offset_conflict"
    title = "The offset is not where the upload stands."


class ContentTypeWrong(Problem):
    """The body is not marked as bytes of an upload; the client must be corrected."""

    status = 415
    code = "content_type_wrong"
    title = "The bytes of an upload come as application/offset+octet-stream."


class ChecksumMismatch(Problem):
    """The bytes were damaged on the way; none of them count, send them again."""

    status = 460
    code = "checksum_mismatch"
    title = "The bytes do not have the checksum that came with them."


class UploadStalled(Problem):
    """Nothing came for too long; what came is kept, go on later."""

    status = 503
    code = "upload_stalled"
    title = "Nothing came for too long."
