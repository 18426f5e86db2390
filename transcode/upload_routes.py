"""tus 1.0 over HTTP: any tus client can stop anywhere and go on after any restart."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync as in_thread
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from app.house import House
from app.problems import Problem, ProblemDetails
from app.web import HouseDep
from transcode import tus
from transcode.receiving import Reception, Transfers, receive
from transcode.tables import Upload
from transcode.upload_errors import (
    ContentTypeWrong,
    UploadHeaderWrong,
    UploadNotFound,
    UploadTooLarge,
)
from transcode.uploads import AcceptedHook, begin_upload, delete_upload, find_upload

PATH = "/api/uploads"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails}
    for status in (400, 404, 409, 410, 412, 413, 415, 423, 460, 503, 507)
}


class TusRoute(APIRoute):
    """Every answer, good or bad, carries the version; every request must name it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def tus_answer(request: Request) -> Response:
            try:
                if request.method != "OPTIONS":
                    tus.check_version(request.headers)
                response = await answer(request)
            except Problem as problem:
                problem.headers = {"Tus-Version": tus.VERSION, **_always(), **problem.headers}
                raise
            response.headers.update(_always())
            return response

        return tus_answer


def _always() -> dict[str, str]:
    return {"Tus-Resumable": tus.VERSION, "Cache-Control": "no-store"}


def uploads_router(*, on_accepted: Sequence[AcceptedHook] = ()) -> APIRouter:
    """The upload endpoints of one server process.

    on_accepted: called in the transaction that makes a complete upload a video.
    """
    transfers = Transfers(hooks=on_accepted)
    router = APIRouter(prefix=PATH, tags=["uploads"], route_class=TusRoute, responses=PROBLEMS)

    @router.options("", status_code=204)
    @router.options("/{upload_id}", status_code=204, include_in_schema=False)
    def options(house: HouseDep) -> Response:
        """What this server can do: tus version, extensions, limits."""
        headers = tus.capabilities(house.settings.max_upload_bytes)
        return Response(status_code=204, headers=headers)

    @router.post("", status_code=201)
    @router.post("/", status_code=201, include_in_schema=False)
    async def create(request: Request, house: HouseDep) -> Response:
        """Begin an upload of ``Upload-Length`` bytes; its address comes as Location."""
        upload = await in_thread(_begin, house, request)
        if _brings_bytes(request):
            upload = await _receive(house, transfers, request, upload.id)
        headers = {"Location": f"{PATH}/{upload.id}", **tus.standing(upload)}
        return Response(status_code=201, headers=headers)

    @router.head("/{upload_id}", status_code=200)
    def head(upload_id: str, request: Request, house: HouseDep) -> Response:
        """How many bytes have come; ``Nongke-Video`` names the video of a finished upload."""
        upload = _found(house, upload_id, request)
        headers = {"Upload-Length": str(upload.length_bytes), **tus.standing(upload)}
        return Response(status_code=200, headers=headers)

    @router.patch("/{upload_id}", status_code=204)
    async def patch(upload_id: str, request: Request, house: HouseDep) -> Response:
        """Send the next bytes, from ``Upload-Offset`` on."""
        if not _brings_bytes(request):
            raise ContentTypeWrong()
        upload = await in_thread(_found, house, upload_id, request)
        _check_offset(upload, request.headers)
        if upload.finished_at is None:
            upload = await _receive(house, transfers, request, upload.id)
        return Response(status_code=204, headers=tus.standing(upload))

    @router.delete("/{upload_id}", status_code=204)
    async def terminate(upload_id: str, request: Request, house: HouseDep) -> Response:
        """Give an upload up; a request that is still sending it is ended."""
        upload = await in_thread(_found, house, upload_id, request)
        part = await transfers.lock(house, upload.id, silent_s=0)
        try:
            await in_thread(delete_upload, house, upload.id, part)
        finally:
            await in_thread(part.close)
        transfers.hashes.pop(upload.id, None)
        return Response(status_code=204)

    @router.post("/{upload_id}", include_in_schema=False)
    async def overridden(upload_id: str, request: Request, house: HouseDep) -> Response:
        """For networks that let only POST through: the method comes as a header."""
        method = request.headers.get("x-http-method-override", "").upper()
        if method == "PATCH":
            return await patch(upload_id, request, house)
        if method == "DELETE":
            return await terminate(upload_id, request, house)
        if method == "HEAD":
            return await in_thread(head, upload_id, request, house)
        raise UploadHeaderWrong("X-HTTP-Method-Override must be PATCH, DELETE or HEAD")

    return router


def _begin(house: House, request: Request) -> Upload:
    labels = tus.read_labels(request.headers.get("upload-metadata", ""))
    return begin_upload(
        house,
        owner=_owner(request),
        filename=tus.file_name(labels),
        length_bytes=tus.read_length(request.headers),
        labels=labels,
        now=datetime.now(UTC),
    )


def _found(house: House, upload_id: str, request: Request) -> Upload:
    try:
        known_id = UUID(upload_id)
    except ValueError:
        raise UploadNotFound() from None
    return find_upload(house, known_id, _owner(request), datetime.now(UTC))


def _owner(request: Request) -> str:
    return str(getattr(request.state, "owner", ""))


def _brings_bytes(request: Request) -> bool:
    return request.headers.get("content-type") == tus.BYTES_TYPE


def _check_offset(upload: Upload, headers: Mapping[str, str]) -> None:
    if tus.read_offset(headers) != upload.offset_bytes:
        raise tus.wrong_offset(upload)
    brought = tus.read_body_length(headers)
    if brought is not None and upload.offset_bytes + brought > upload.length_bytes:
        raise UploadTooLarge("收到的内容比文件大小还多，请重新选择文件上传。")


async def _receive(house: House, transfers: Transfers, request: Request, upload_id: UUID) -> Upload:
    checksum = tus.read_checksum(request.headers)
    part = await transfers.lock(house, upload_id)
    async with transfers.transfer(upload_id, part) as transfer:
        # Read again: it may have gone on until the lock was ours.
        upload = await in_thread(_found, house, str(upload_id), request)
        if request.method != "POST" or "upload-offset" in request.headers:
            _check_offset(upload, request.headers)
        if upload.finished_at is not None:
            return upload
        reception = Reception(house, transfers, upload, part, checksum)
        return await receive(reception, transfer, request.stream())
