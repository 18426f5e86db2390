"""Requests with events, counted together: one transaction for all that came meanwhile.

A request waits in a bounded queue. While one group of requests is on its way to the disk, the
next one gathers, and under load is judged meanwhile and sent after it on a connection of its own;
the answers leave after the group's commit. A request that cannot be counted never takes its
neighbours with it: a group that fails is counted again one by one.

A batch that arrives twice, in pieces or out of order leaves the same rows, so a request whose
outcome is unknown (the connection broke at the commit) is answered by 503 and sent again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import psycopg
import structlog
from psycopg.errors import (
    DeadlockDetected,
    LockNotAvailable,
    ReadOnlySqlTransaction,
    SerializationFailure,
)

from app.house import House
from player_api.boxes import KnownBox, believed
from player_api.errors import BoxUnknown, CollectorBusy, CollectorUnavailable
from player_api.events import Batch
from player_api.fold import (
    LOCK,
    READ_RULES,
    PlayBegunMeanwhile,
    Receipt,
    fold_found,
    look_up,
    require_rules,
)
from player_api.measures import GROUP_EVENTS, GROUP_S, REQUESTS, WAITING
from player_api.sorting import Request
from player_api.steps import Steps, as_array, run_steps_async
from player_api.tables import Box

ATTEMPTS = 6
PASSING = (DeadlockDetected, SerializationFailure, LockNotAvailable, PlayBegunMeanwhile)
# Room on the disk, memory, time, or the right to write: a standby that is not promoted yet.
LACKING = (psycopg.OperationalError, ReadOnlySqlTransaction)
# The longest wait that a request may meet, at the speed of a slow disk, is some seconds; who
# comes later is told so at once.
MOST_WAITING = 2_000
# More events a transaction hardly make each cheaper, but keep the first one waiting.
GROUP_EVENTS_LIMIT = 2_000
# While PostgreSQL folds one group, this process judges the next: 1.3 times the events of one lane.
LANES = 2
# Fewer wait for the group that is on its way: a transaction of their own would cost more.
SECOND_GROUP_EVENTS = 400
BOXES = """
SELECT id, number, region_code, token_version, revoked_at FROM box WHERE id = ANY(%(ids)s::uuid[])
"""
# The fold's plan takes longer to make than to run, and never depends on its values.
SESSION = "SET plan_cache_mode = force_generic_plan; SET jit = off"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A request by the word of its token, which only the box's row can confirm."""

    box_id: UUID
    token_version: int
    batch: Batch
    received_ms: int


Answer = Receipt | Exception


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim in the queue, and who waits for its answer."""

    claim: Claim
    answer: asyncio.Future[Receipt]


class Collector:
    """The queue of one server process. Use it on one event loop only."""

    def __init__(self, house: House, *, most_waiting: int = MOST_WAITING) -> None:
        self.most_waiting = most_waiting
        self.waiting: deque[Waiting] = deque()
        self.waiting_events = 0
        self.lanes = [Lane(house) for _ in range(LANES)]

    async def count(self, claim: Claim) -> Receipt:
        """Count a request's events; when this returns they are on the disk.

        Raises BoxUnknown, CollectorBusy, and CollectorUnavailable when nothing may be stored.
        """
        if len(self.waiting) >= self.most_waiting:
            REQUESTS.labels("busy").inc()
            raise CollectorBusy
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append(Waiting(claim, answer))
        self.waiting_events += len(claim.batch.events)
        self._set_to_work()
        # The client may go away; what it sent is counted nevertheless.
        return await asyncio.shield(answer)

    async def close(self) -> None:
        """Answer whoever waits, then let go of the connections."""
        for lane in self.lanes:
            if lane.work is not None:
                await lane.work
        for lane in self.lanes:
            await lane.disconnect()

    def _set_to_work(self) -> None:
        idle = [lane for lane in self.lanes if lane.work is None or lane.work.done()]
        # A second group goes along only when it is worth a transaction of its own.
        if len(idle) == LANES or (idle and self.waiting_events >= SECOND_GROUP_EVENTS):
            idle[0].work = asyncio.create_task(self._fold_all(idle[0]))

    async def _fold_all(self, lane: Lane) -> None:
        while self.waiting:
            # What arrived with the first request joins it.
            await asyncio.sleep(0)
            if not self.waiting:
                return  # the other lane took it meanwhile
            group = self._next_group()
            began_s = time.perf_counter()
            answers = await lane.answers([one.claim for one in group])
            GROUP_S.observe(time.perf_counter() - began_s)
            for one, answer in zip(group, answers, strict=True):
                _tell(one.answer, answer)

    def _next_group(self) -> list[Waiting]:
        group, events = [], 0
        while self.waiting and events < GROUP_EVENTS_LIMIT:
            group.append(self.waiting.popleft())
            events += len(group[-1].claim.batch.events)
        self.waiting_events -= events
        GROUP_EVENTS.observe(events)
        WAITING.set(len(self.waiting))
        return group


class Lane:
    """A connection that counts one group after the other, beside the other lanes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.zone = house.settings.zone
        self.work: asyncio.Task[None] | None = None
        self.connection: psycopg.AsyncConnection[Any] | None = None

    async def answers(self, claims: list[Claim]) -> Sequence[Answer]:
        try:
            return await self._counted(claims)
        except CollectorUnavailable as error:
            return [error] * len(claims)
        except Exception as error:  # whatever one of them did, the others must not suffer
            if len(claims) == 1:
                return [_passing(error)]
            log.warning("group_failed", requests=len(claims), error=repr(error))
            return [(await self.answers([claim]))[0] for claim in claims]

    async def _counted(self, claims: list[Claim]) -> list[Answer]:
        """Raises CollectorUnavailable, and whatever is wrong with a claim."""
        for attempt in range(1, ATTEMPTS + 1):
            connection = await self._connected()
            try:
                answers = await run_steps_async(connection, count_claims(claims, self.zone))
            except Exception as error:
                await self._rollback(connection)
                if not isinstance(error, PASSING) and not connection.broken:
                    raise
                # Each waits a different time, or the same two would meet again.
                await asyncio.sleep(random.uniform(0, 0.02 * attempt))
                continue
            await self._commit(connection)
            return answers
        raise CollectorUnavailable

    async def _rollback(self, connection: psycopg.AsyncConnection[Any]) -> None:
        try:
            await connection.rollback()
        except psycopg.Error:
            # Whatever it still holds, the next group gets a connection that holds nothing.
            await self.disconnect()

    async def _commit(self, connection: psycopg.AsyncConnection[Any]) -> None:
        try:
            await connection.commit()
        except psycopg.OperationalError as error:
            # It may be on the disk or not; sent again, it counts once.
            await self.disconnect()
            raise CollectorUnavailable from error

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self.connection is not None and not self.connection.broken:
            return self.connection
        await self.disconnect()
        try:
            connection = await psycopg.AsyncConnection.connect(
                self.house.db.url, connect_timeout=10, autocommit=True
            )
            await connection.execute(SESSION)
            await connection.set_autocommit(False)
        except psycopg.OperationalError as error:
            raise CollectorUnavailable from error
        self.connection = connection
        return connection

    async def disconnect(self) -> None:
        if self.connection is not None:
            with suppress(psycopg.Error):
                await self.connection.close()
        self.connection = None


def count_claims(claims: list[Claim], zone: Any) -> Steps[list[Answer]]:
    """Count the claims of boxes that are to be believed; the others get their error."""
    ids = as_array({claim.box_id for claim in claims})
    batches = [claim.batch for claim in claims]
    _, ((rules,),), rows, *looked_up = yield [
        LOCK,
        (READ_RULES, {}),
        (BOXES, {"ids": ids}),
        *look_up(batches),
    ]
    require_rules(rules)
    boxes = {row[0]: row for row in rows}
    answers: list[Answer | None] = []
    requests = []
    for claim in claims:
        try:
            box = _believed(boxes.get(claim.box_id), claim.token_version)
        except BoxUnknown as error:
            answers.append(error)
            continue
        answers.append(None)
        requests.append(Request(box=box, batch=claim.batch, received_ms=claim.received_ms))
    receipts = iter((yield from fold_found(requests, looked_up, zone)))
    return [next(receipts) if answer is None else answer for answer in answers]


def _passing(error: Exception) -> Exception:
    """The error as the box is told it: what the database lacks now, it may have later."""
    if not isinstance(error, LACKING):
        return error
    log.error("database_lacks", error=repr(error))
    unavailable = CollectorUnavailable()
    unavailable.__cause__ = error
    return unavailable


def _believed(row: Sequence[Any] | None, version: int) -> KnownBox:
    box = None if row is None else _Row(*row)
    return believed(cast("Box | None", box), version)


@dataclass(slots=True)
class _Row:
    """A box's row as far as ``believed`` reads it."""

    id: UUID
    number: int
    region_code: str
    token_version: int
    revoked_at: datetime | None


def _tell(waiting: asyncio.Future[Receipt], answer: Answer) -> None:
    if waiting.done():
        return
    if isinstance(answer, Receipt):
        REQUESTS.labels("answered").inc()
        waiting.set_result(answer)
    else:
        REQUESTS.labels("failed").inc()
        waiting.set_exception(answer)
