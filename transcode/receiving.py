"""One request's bytes on their way into a part file.

`Transfers` is the server's memory of who is sending what; `Reception` is one request. Bytes
count when they are on the disk and the row says so: every 8 MiB, and when the request ends,
however it ends. Bytes with a checksum count together or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakSet

import anyio
from anyio.to_thread import run_sync as in_thread
from starlette.requests import ClientDisconnect

from app.house import House
from transcode.part_file import PartFile
from transcode.tables import Upload
from transcode.tus import Checksum, wrong_offset
from transcode.upload_errors import (
    ChecksumMismatch,
    UploadBusy,
    UploadStalled,
    UploadTooLarge,
)
from transcode.uploads import (
    AcceptedHook,
    file_sha256,
    finish_upload,
    save_offset,
    was_stored,
)

SAVE_BYTES = 8 * 1024 * 1024
WRITE_BYTES = 1024 * 1024
# A box behind a line that went away never says good-bye; its request must not last for ever.
IDLE_S = 30.0
# A sender that comes back takes over from a request that has been silent for so long.
SILENT_S = 3.0
TAKEOVER_S = 10.0
HASHES_KEPT = 1000


class Transfer:
    """A request that is sending an upload now."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()
        self.heard()

    def heard(self) -> None:
        """Bytes came: wait for the next ones."""
        self.heard_at_s = anyio.current_time()
        self.scope.deadline = self.heard_at_s + IDLE_S

    def silent_s(self) -> float:
        """How long nothing has come."""
        return anyio.current_time() - self.heard_at_s


@dataclass(kw_only=True, eq=False)
class Transfers:
    """What one server process knows of the uploads it is receiving."""

    hooks: Sequence[AcceptedHook] = ()
    active: dict[UUID, Transfer] = field(default_factory=dict)
    # Hash of the first bytes of an upload, and how many; spares reading the file again.
    hashes: dict[UUID, tuple[int, hashlib._Hash]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _all_transfers.add(self)

    async def lock(self, house: House, upload_id: UUID, *, silent_s: float = SILENT_S) -> PartFile:
        """The part file for this request alone. Raises UploadBusy.

        silent_s: a request of this process that sent nothing for so long has to give way.
        """
        folder = house.settings.uploads_dir
        try:
            return await in_thread(PartFile, folder, upload_id)
        except UploadBusy:
            transfer = self.active.get(upload_id)
            if transfer is None or transfer.silent_s() < silent_s:
                raise
            transfer.scope.cancel()
            with anyio.move_on_after(TAKEOVER_S):
                await transfer.ended.wait()
            return await in_thread(PartFile, folder, upload_id)

    @asynccontextmanager
    async def transfer(self, upload_id: UUID, part: PartFile) -> AsyncIterator[Transfer]:
        """Be known as the one who sends this upload; its lock is given back at the end."""
        transfer = self.active[upload_id] = Transfer()
        try:
            yield transfer
        finally:
            with anyio.CancelScope(shield=True):
                await in_thread(part.close)
            self.active.pop(upload_id, None)
            transfer.ended.set()

    def remember(self, upload_id: UUID, offset_bytes: int, sha: hashlib._Hash) -> None:
        """Keep the hash of an upload's first bytes."""
        self.hashes[upload_id] = (offset_bytes, sha.copy())
        if len(self.hashes) > HASHES_KEPT:
            self.hashes.pop(next(iter(self.hashes)), None)

    def recall(self, upload_id: UUID, offset_bytes: int) -> hashlib._Hash | None:
        """The hash of exactly the first ``offset_bytes``, if it is known."""
        if offset_bytes == 0:
            return hashlib.sha256()
        known = self.hashes.get(upload_id)
        return known[1].copy() if known and known[0] == offset_bytes else None


_all_transfers: WeakSet[Transfers] = WeakSet()


def stop_receiving() -> None:
    """End every request that sends an upload: what has come counts, senders try again later.

    For a server that stops: an upload would keep it waiting for hours.
    """
    for transfers in _all_transfers:
        for transfer in transfers.active.values():
            transfer.scope.cancel()


class Reception:
    """The bytes of one request; all methods block, so they run in threads."""

    def __init__(
        self,
        house: House,
        transfers: Transfers,
        upload: Upload,
        part: PartFile,
        checksum: Checksum | None,
    ) -> None:
        self.house = house
        self.transfers = transfers
        self.upload = upload
        self.part = part
        self.checksum = checksum
        self.at = self.saved = upload.offset_bytes
        self._sha = transfers.recall(upload.id, self.at)
        self._content_hash = hashlib.new(checksum.algorithm) if checksum else None

    def begin(self) -> bool:
        """Get ready to write; False when an earlier process has stored all bytes already.

        Raises OffsetConflict when bytes have gone from the disk, from where to send them again.
        """
        if was_stored(self.house, self.upload, self.part):
            return False
        there = self.part.size_bytes()
        if there < self.at:
            save_offset(self.house, self.upload.id, there, datetime.now(UTC))
            self.upload.offset_bytes = there
            raise wrong_offset(self.upload)
        self.part.cut(self.at)
        return True

    def write(self, content: bytes) -> None:
        """Add bytes at the end. Raises UploadTooLarge, StorageFull."""
        if self.at + len(content) > self.upload.length_bytes:
            raise UploadTooLarge("收到的内容比文件大小还多，请重新选择文件上传。")
        left = memoryview(content)
        while left:
            written = self.part.write(left, self.at)
            self.at += written
            for each in filter(None, (self._sha, self._content_hash)):
                each.update(left[:written])
            left = left[written:]
        if self.checksum is None and self.at - self.saved >= SAVE_BYTES:
            self.save()

    def save(self) -> None:
        """Count what was written; the last bytes count only with the video they become."""
        if self.saved < self.at < self.upload.length_bytes:
            self.part.sync()
            save_offset(self.house, self.upload.id, self.at, datetime.now(UTC))
            self.saved = self.upload.offset_bytes = self.at
            if self._sha:
                self.transfers.remember(self.upload.id, self.at, self._sha)

    def end(self, *, whole: bool) -> None:
        """The request is over. Raises ChecksumMismatch.

        whole: all that the sender wanted to send has come.
        """
        if self.checksum and self._content_hash:
            fits = self.checksum.fits(self._content_hash)
            if whole and not fits:
                raise ChecksumMismatch("这一段内容在传输中损坏，请重新发送。")
            if not fits:
                return
        if self.at == self.upload.length_bytes:
            self.accept()
        else:
            self.save()

    def accept(self) -> None:
        """All bytes are there: make them a video."""
        if self.upload.finished_at is not None:
            return
        self.part.sync()
        sha256 = self._sha.hexdigest() if self._sha else file_sha256(self.part.path)
        self.finish(sha256)

    def finish(self, sha256: str) -> None:
        """The bytes are in the storage or ready to go there: write it down, clean up."""
        now = datetime.now(UTC)
        self.upload = finish_upload(self.house, self.upload, sha256, self.transfers.hooks, now)
        self.part.drop()
        self.transfers.hashes.pop(self.upload.id, None)


async def receive(
    reception: Reception, transfer: Transfer, content: AsyncIterator[bytes]
) -> Upload:
    """Take in one request's bytes, until it ends, breaks off, falls silent or has to give way."""
    if not await in_thread(reception.begin):
        await _drain(transfer, content)
        assert reception.upload.sha256 is not None
        await in_thread(reception.finish, reception.upload.sha256)
        return reception.upload
    whole = False
    try:
        whole = await _write_all(reception, transfer, content)
    finally:
        # A stopping server cancels us, and even then what has come must count.
        with anyio.CancelScope(shield=True):
            await in_thread(lambda: reception.end(whole=whole))
    if not whole and reception.upload.finished_at is None:
        raise UploadStalled("上传中断了一会儿，已传的部分已保存，可以继续上传。")
    return reception.upload


async def _write_all(
    reception: Reception, transfer: Transfer, content: AsyncIterator[bytes]
) -> bool:
    waiting = bytearray()

    async def write() -> None:
        block = bytes(waiting)
        waiting.clear()
        with anyio.CancelScope(shield=True):
            await in_thread(reception.write, block)

    whole = False
    try:
        with transfer.scope:
            async for block in content:
                waiting += block
                if len(waiting) >= WRITE_BYTES:
                    await write()
                transfer.heard()
            whole = True
    except ClientDisconnect:
        pass
    if waiting:
        await write()
    return whole


async def _drain(transfer: Transfer, content: AsyncIterator[bytes]) -> None:
    try:
        with transfer.scope:
            async for _ in content:
                transfer.heard()
    except ClientDisconnect:
        pass
