"""The address that boxes report to, ``POST /api/player/v1/events``.

It meets as many requests as all other addresses together, so it is served by `ROUTE`, in front
of the others and without FastAPI's matching and dependencies, which cost more than the counting.
The same function stands in `router` for the OpenAPI document.
"""

from __future__ import annotations

import time
from typing import cast
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from starlette.routing import Route

from app.house import House
from app.web import HouseDep
from player_api import answers, errors
from player_api.boxes import bearer, read_token
from player_api.collector import Claim, Collector
from player_api.events import MOST_BYTES, read_batch
from player_api.openapi import UNKNOWN_BOX, inlined_schema, problems
from player_api.rates import address_of, limits_of

ADDRESS = "/api/player/v1/events"

router = APIRouter(tags=["player"])
_encoder = msgspec.json.Encoder()


@router.post(
    ADDRESS,
    operation_id="collect_events",
    summary="Report what was watched",
    response_model=answers.Receipt,
    dependencies=[Depends(bearer)],
    responses=problems(
        *UNKNOWN_BOX,
        errors.TooManyRequests,
        errors.BadBatch,
        errors.BatchTooLarge,
        errors.UnsupportedCoding,
        errors.CollectorBusy,
        errors.CollectorUnavailable,
        errors.CollectorOutdated,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": inlined_schema(answers.EventBatch),
                    "example": answers.EVENT_EXAMPLE,
                }
            },
        }
    },
)
async def collect(request: Request) -> Response:
    """At most 200 events in 64 kB. The answer leaves when all that is accepted is on the disk.

    Keep events until an answer of 200, then drop them all: a batch that is sent again, in other
    pieces or another order, counts once. A bad event is refused alone. After 429, 503 or no
    answer, send again, not before the time in `Retry-After`. `seq` counts what the viewer did in
    a play, from 0: by it, who does more than 10,000 things a day or 60 a minute is recognised as
    no household.
    """
    house: House = request.app.state.house
    box_id, version = await admitted(request, house)
    claim = Claim(
        box_id=box_id,
        token_version=version,
        batch=read_batch(await bounded_body(request)),
        received_ms=time.time_ns() // 1_000_000,
    )
    receipt = await collector_of(request, house).count(claim)
    body = answers.ReceiptBody.of(receipt, house.settings.beat_s)
    return Response(_encoder.encode(body), media_type="application/json")


ROUTE = Route(ADDRESS, collect, methods=["POST"])


def collector_of(request: Request, house: House) -> Collector:
    """The collector of this process, on the event loop that serves the request."""
    state = request.app.state
    if not hasattr(state, "collector"):
        state.collector = Collector(house)
    return cast(Collector, state.collector)


async def bounded_body(request: Request) -> bytes:
    """The body as long as it is not too large; the rest of a larger one is never read."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise errors.UnsupportedCoding
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise errors.BatchTooLarge
    return bytes(content)


async def admitted(request: Request, house: HouseDep) -> tuple[UUID, int]:
    """The box and version of the token shown, unless the box or its address sends too often.

    Raises BoxTokenMissing, BoxTokenInvalid, BoxTokenForeign, TooManyRequests.
    """
    box_id, version = _shown(request, house)
    limits_of(request, house.settings).admit_events(box_id, address_of(request), time.monotonic())
    return box_id, version


def _shown(request: Request, house: House) -> tuple[UUID, int]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.BoxTokenMissing
    return read_token(house.settings, token)
