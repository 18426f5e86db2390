"""The address for players that report by CMCD, `POST cmcd/{lesson}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.house import House
from app.web import HouseDep
from player_api import cmcd, collector, errors
from player_api.boxes import BoxDep, KnownBox
from player_api.cmcd_sessions import believed_sent_ms, events_of
from player_api.events import REFUSALS, Batch
from player_api.openapi import InvalidRequest, codes_explained, problems
from player_api.rates import admit_events
from player_api.routes import PREFIX, UNKNOWN_BOX, LessonId, bounded_body

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
    dependencies=[Depends(admit_events)],
    responses=problems(
        *UNKNOWN_BOX,
        errors.TooManyRequests,
        errors.BadBatch,
        errors.BatchTooLarge,
        errors.UnsupportedCoding,
        errors.CollectorUnavailable,
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
def collect_cmcd(
    house: HouseDep,
    box: BoxDep,
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
    received_at = datetime.now(UTC)
    return count_reports(house, box, lesson_id, body, sent_ms=sent, received_at=received_at)


def count_reports(
    house: House,
    box: KnownBox,
    lesson_id: int,
    body: bytes,
    *,
    sent_ms: int | None,
    received_at: datetime,
) -> ReportReceipt:
    """Keep the reports, then count the events that they make.

    Two transactions: what the first one kept makes the same events again when the second fails
    and the player sends its reports once more. Raises as collector.collect does.
    """
    reports = cmcd.read_reports(body)
    if sent_ms is None:
        received_ms = round(received_at.timestamp() * 1000)
        sent_ms = believed_sent_ms(reports, received_ms=received_ms)
    try:
        with house.db.begin() as session:
            events = events_of(
                session,
                box_no=box.number,
                lesson_id=lesson_id,
                reports=reports,
                received_at=received_at,
            )
    except (OperationalError, PoolTimeout) as error:
        raise errors.CollectorUnavailable from error
    batch = Batch(sent_ms=sent_ms, events=[*events.of_reports, *events.spoken_again])
    receipt = collector.collect_batch(house, box, batch, received_at)
    refused = [one for one in receipt.refused if one.index < len(reports)]
    return ReportReceipt(
        accepted=len(reports) - len(refused),
        refused=[ReportRefusal(index=one.index, code=one.code) for one in refused],
    )
