"""Files that people send: begun, kept while they come in, accepted as videos, swept.

The row in ``upload`` is the truth: ``offset_bytes`` of the file are safe on the disk, whatever
the part file holds beyond. The bytes wait in ``<home>/uploads`` and move to the storage, under
their hash, when the last of them is there. Every step may be repeated after a crash.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.house import House
from app.jobs import house_of
from app.storage import ObjectNotFound, Storage
from transcode.part_file import PartFile, full_or, known_ids, part_path
from transcode.publish import accept_source
from transcode.tables import Upload, Video
from transcode.tus import as_size
from transcode.upload_errors import (
    EmptyUpload,
    StorageFull,
    UploadBusy,
    UploadExpired,
    UploadNotFound,
    UploadTooLarge,
)

# Any number will do, as long as all servers use the same.
PROMISE_LOCK = 5_201_910

# Called in the transaction that accepts an upload, with its row and its video.
AcceptedHook = Callable[[Session, Upload, Video], None]

log = structlog.get_logger()
blueprint = procrastinate.Blueprint()


def begin_upload(
    house: House,
    *,
    owner: str,
    filename: str,
    length_bytes: int,
    labels: Mapping[str, str],
    now: datetime,
) -> Upload:
    """Promise room for a file. Raises EmptyUpload, UploadTooLarge, StorageFull."""
    _check_length(length_bytes, house.settings.max_upload_bytes)
    sweep_uploads(house, now)
    with house.db.begin() as session:
        # One after the other: two uploads must not be promised the same space.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PROMISE_LOCK})
        _check_space(session, house, length_bytes)
        upload = Upload(
            owner=owner,
            filename=filename,
            length_bytes=length_bytes,
            labels=dict(labels),
            expires_at=expiry(house, now),
        )
        session.add(upload)
        session.flush()
        session.refresh(upload)
    return upload


def _check_length(length_bytes: int, limit_bytes: int) -> None:
    if length_bytes == 0:
        raise EmptyUpload("文件是空的，请检查原文件后重新选择。")
    if length_bytes > limit_bytes:
        raise UploadTooLarge(
            f"文件大小为 {as_size(length_bytes)}，超过上限 {as_size(limit_bytes)}。"
            "请压缩或分段后再上传。",
            limit_bytes=limit_bytes,
        )


def _check_space(session: Session, house: House, length_bytes: int) -> None:
    folder = house.settings.uploads_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = [shutil.disk_usage(folder).free, house.storage.free_bytes()]
    spare_bytes = (
        min(each for each in free if each is not None)
        - _promised_bytes(session)
        - house.settings.reserve_bytes
    )
    if length_bytes > spare_bytes:
        raise StorageFull(
            f"服务器存储空间不足：这个文件需要 {as_size(length_bytes)}，"
            f"目前只能再接收 {as_size(spare_bytes)}。请联系管理员清理空间后再上传。",
            spare_bytes=max(spare_bytes, 0),
        )


def _promised_bytes(session: Session) -> int:
    missing = func.coalesce(func.sum(Upload.length_bytes - Upload.offset_bytes), 0)
    return int(session.execute(select(missing).where(Upload.finished_at.is_(None))).scalar_one())


def expiry(house: House, now: datetime) -> datetime:
    """Until when an upload that was touched now may be continued."""
    return now + timedelta(hours=house.settings.upload_expiry_h)


def find_upload(house: House, upload_id: UUID, owner: str, now: datetime) -> Upload:
    """An upload of this owner. Raises UploadNotFound, UploadExpired."""
    with house.db.begin() as session:
        upload = session.get(Upload, upload_id)
    if upload is None or upload.owner != owner:
        raise UploadNotFound("没有这个上传任务，请重新选择文件上传。")
    if upload.finished_at is None and upload.expires_at <= now:
        raise UploadExpired("这个上传任务太久没有继续，已被清除。请重新上传。")
    return upload


def save_offset(house: House, upload_id: UUID, offset_bytes: int, now: datetime) -> None:
    """Note that so many bytes are safe on the disk; the upload lives on from now."""
    with house.db.begin() as session:
        session.execute(
            update(Upload)
            .where(Upload.id == upload_id)
            .values(offset_bytes=offset_bytes, expires_at=expiry(house, now))
        )


def finish_upload(
    house: House, upload: Upload, sha256: str, hooks: Sequence[AcceptedHook], now: datetime
) -> Upload:
    """Move the complete part file to the storage, and make it a video, in this order.

    Until the last transaction the upload counts as unfinished. The hash is noted before the
    bytes move, so that whoever comes back after a crash finds them; see `was_stored`.
    """
    part = part_path(house.settings.uploads_dir, upload.id)
    with house.db.begin() as session:
        session.execute(update(Upload).where(Upload.id == upload.id).values(sha256=sha256))
    if not _is_stored(house.storage, sha256, upload.length_bytes):
        try:
            house.storage.adopt(_source_key(sha256), part)
        except OSError as error:
            raise full_or(error) from error
    with house.db.begin() as session:
        finished = session.get_one(Upload, upload.id, with_for_update=True)
        video = accept_source(
            session, sha256=sha256, size_bytes=upload.length_bytes, filename=upload.filename
        )
        finished.offset_bytes = upload.length_bytes
        finished.finished_at = now
        finished.video_id = video.id
        session.flush()
        for hook in hooks:
            hook(session, finished, video)
    log.info("upload_accepted", upload=str(upload.id), video=str(video.id), sha256=sha256)
    return finished


def was_stored(house: House, upload: Upload, part: PartFile) -> bool:
    """Whether an earlier process stored all bytes but did not live to say so."""
    return (
        upload.finished_at is None
        and upload.sha256 is not None
        and not part.path.exists()
        and _is_stored(house.storage, upload.sha256, upload.length_bytes)
    )


def delete_upload(house: House, upload_id: UUID, part: PartFile) -> None:
    """Forget an upload and its bytes; a video that came of it stays."""
    with house.db.begin() as session:
        upload = session.get(Upload, upload_id)
        if upload is not None:
            session.delete(upload)
    part.drop()


def sweep_uploads(house: House, now: datetime) -> int:
    """Drop what was not continued in time, and bytes that belong to no upload; gives how many."""
    folder = house.settings.uploads_dir
    expired = select(Upload.id).where(Upload.finished_at.is_(None), Upload.expires_at <= now)
    with house.db.begin() as session:
        dropped = list(session.scalars(expired))
        left = set(known_ids(folder))
        wanted = select(Upload.id).where(Upload.id.in_(left), Upload.finished_at.is_(None))
        strays = left - set(session.scalars(wanted))
    return sum(_sweep(house, upload_id, now) for upload_id in {*dropped, *strays})


def _sweep(house: House, upload_id: UUID, now: datetime) -> bool:
    try:
        part = PartFile(house.settings.uploads_dir, upload_id)
    except UploadBusy:
        return False
    try:
        with house.db.begin() as session:
            # Under the lock now: the upload may have gone on since it was looked at.
            upload = session.get(Upload, upload_id)
            if upload is not None and upload.finished_at is None:
                if upload.expires_at > now:
                    return False
                session.delete(upload)
        part.drop()
    finally:
        part.close()
    log.info("upload_swept", upload=str(upload_id))
    return True


@blueprint.periodic(cron="17 * * * *")
@blueprint.task(name="sweep", queue="default", pass_context=True)
def sweep(context: JobContext, timestamp: int) -> None:
    """Every hour: give back the space of uploads that nobody continued."""
    sweep_uploads(house_of(context), datetime.fromtimestamp(timestamp, UTC))


def accept_file(
    house: House, path: Path, filename: str, *, owner: str, labels: Mapping[str, str]
) -> Video:
    """Take a file of this machine as if it had been uploaded; it stays where it is."""
    length_bytes = path.stat().st_size
    _check_length(length_bytes, house.settings.max_upload_bytes)
    sha256 = file_sha256(path)
    if not _is_stored(house.storage, sha256, length_bytes):
        with house.db.begin() as session:
            _check_space(session, house, length_bytes)
        try:
            house.storage.put(_source_key(sha256), path)
        except OSError as error:
            raise full_or(error) from error
    now = datetime.now(UTC)
    with house.db.begin() as session:
        video = accept_source(session, sha256=sha256, size_bytes=length_bytes, filename=filename)
        session.add(
            Upload(
                owner=owner,
                filename=filename,
                length_bytes=length_bytes,
                offset_bytes=length_bytes,
                labels=dict(labels),
                sha256=sha256,
                expires_at=now,
                finished_at=now,
                video_id=video.id,
            )
        )
    return video


def file_sha256(path: Path) -> str:
    """The name of a source: the hash of all its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source_key(sha256: str) -> str:
    return f"sources/{sha256}"


def _is_stored(storage: Storage, sha256: str, length_bytes: int) -> bool:
    try:
        return storage.size(_source_key(sha256)) == length_bytes
    except ObjectNotFound:
        return False
