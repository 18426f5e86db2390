"""The address for players that report by CMCD, `POST cmcd/{lesson}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.house import House
from app.web import HouseDep
from player_api import cmcd, errors
from player_api.boxes import BoxDep, KnownBox
from player_api.cmcd_sessions import Events, believed_sent_ms, events_of
from player_api.collector import Claim
from player_api.event_routes import admitted, bounded_body, collector_of
from player_api.events import REFUSALS, Batch
from player_api.openapi import UNKNOWN_BOX, InvalidRequest, codes_explained, problems
from player_api.routes import PREFIX, LessonId

router = APIRouter(prefix=PREFIX, tags=["player"])

LATEST_MS = 2**53 - 1
REPORT_EXAMPLE = (
    'e=t,nongke-pt=61250,sid="5d2c8f0e-0f3a-4b53-9a55-5b7b9d6c2f10",sn=4,sta=p,'
    "ts=1767226330000,v=2\n"
)


class ReportRefusal(BaseModel):
    """A report that counts nothing; sending it again will not help."""

    index: int = Field(description="Number of its line, from 0; empty lines have none")
    code: str = Field(
        description=codes_explained(cmcd.REFUSALS | REFUSALS),
        json_schema_extra={"enum": list(cmcd.REFUSALS | REFUSALS)},
    )


class ReportReceipt(BaseModel):
    """What became of the reports of a request. None has to be sent again."""

    accepted: int = Field(description="Reports that are stored for good, now or before")
    refused: list[ReportRefusal]


@router.post(
    "/cmcd/{lesson_id}",
    operation_id="collect_cmcd",
    summary="Report by CMCD what was watched",
    response_model=ReportReceipt,
    responses=problems(
        *UNKNOWN_BOX,
        errors.TooManyRequests,
        errors.BadBatch,
        errors.BatchTooLarge,
        errors.UnsupportedCoding,
        errors.CollectorBusy,
        errors.CollectorUnavailable,
        errors.CollectorOutdated,
        InvalidRequest,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/cmcd": {"schema": {"type": "string"}, "example": REPORT_EXAMPLE}
            },
        }
    },
)
async def collect_cmcd(
    request: Request,
    house: HouseDep,
    box: BoxDep,
    shown: Annotated[tuple[UUID, int], Depends(admitted)],
    lesson_id: LessonId,
    body: Annotated[bytes, Depends(bounded_body)],
    sent: Annotated[
        int | None,
        Query(
            ge=0,
            le=LATEST_MS,
            description="The player's clock at sending, ms since 1970; without it, `ts` is taken"
            " for right if it can be",
        ),
    ] = None,
) -> Any:
    """Event reports of CMCD version 2 (CTA-5004-B), one a line: at most 200 in 64 kB.

    For players that bring a reporter of their own. The events `ps`, `pr` and `t` are enough. Each
    play needs a session id (`sid`) of its own, a UUIDv7 if possible. A playing report has to say
    where the playhead is, in ms: as `pt`, or as `nongke-pt` where the player leaves `pt` out but
    lets the page add keys. What lies between two reports with successive `sn` counts as seen;
    their order, repetition and loss do no harm.
    """
    received_at, reports = datetime.now(UTC), cmcd.read_reports(body)
    received_ms = round(received_at.timestamp() * 1000)
    if sent is None:
        sent = believed_sent_ms(reports, received_ms=received_ms)
    events = await run_in_threadpool(keep_reports, house, box, lesson_id, reports, received_at)
    claim = Claim(
        box_id=shown[0],
        token_version=shown[1],
        batch=Batch(sent_ms=sent, events=[*events.of_reports, *events.spoken_again]),
        received_ms=received_ms,
    )
    # With the boxes' own events: all wait for the same tallies, so each commit serves many.
    receipt = await collector_of(request, house).count(claim)
    refused = [one for one in receipt.refused if one.index < len(reports)]
    return ReportReceipt(
        accepted=len(reports) - len(refused),
        refused=[ReportRefusal(index=one.index, code=one.code) for one in refused],
    )


def keep_reports(
    house: House,
    box: KnownBox,
    lesson_id: int,
    reports: list[cmcd.Report | str],
    received_at: datetime,
) -> Events:
    """Keep the reports in a transaction of their own; gives the events that they make.

    When these are not counted then, the reports make the same ones as soon as the player sends
    them once more. Raises CollectorUnavailable.
    """
    try:
        with house.db.begin() as session:
            return events_of(
                session,
                box_no=box.number,
                lesson_id=lesson_id,
                reports=reports,
                received_at=received_at,
            )
    except (OperationalError, PoolTimeout) as error:
        raise errors.CollectorUnavailable from error
