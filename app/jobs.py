"""Durable tasks on PostgreSQL (Procrastinate).

A job is enqueued on the connection of the row that needs it, so both are there or neither.
Tasks are declared on blueprints beside the code that does the work, and get a `House`.
"""

from __future__ import annotations

from typing import Any

import procrastinate
from procrastinate import JobContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.house import House

# A worker process runs one loop for each, and each loop is a worker to Procrastinate. Encoding may
# fill a queue for hours; probing and publishing must not stand behind it.
QUEUES = ("encode", "default")
# Never opened: each job goes out on the connection of its transaction.
_enqueuer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def enqueue(
    session: Session,
    task: str,
    *,
    queue: str,
    lock: str | None = None,
    priority: int = 0,
    in_s: int | None = None,
    **arguments: Any,
) -> int:
    """Put a job in the queue with the session's transaction; gives the job's id.

    task: full name, such as ``video:probe``. lock: two jobs of one lock never run together.
    """
    connection = session.connection().connection.driver_connection
    deferrer = _enqueuer.configure_task(
        task,
        queue=queue,
        lock=lock,
        priority=priority,
        schedule_in={"seconds": in_s} if in_s is not None else None,
        connection=connection,
    )
    return int(deferrer.defer(**arguments))


def make_worker(house: House, blueprints: dict[str, procrastinate.Blueprint]) -> procrastinate.App:
    """The task application of a worker process, with every blueprint under its name."""
    connector = procrastinate.PsycopgConnector(conninfo=house.db.url, min_size=1, max_size=8)
    worker = procrastinate.App(connector=connector)
    for name, blueprint in blueprints.items():
        worker.add_tasks_from(blueprint, namespace=name)
    return worker


def house_of(context: JobContext) -> House:
    """The house that the worker of this job works in."""
    house = context.additional_context["house"]
    assert isinstance(house, House)
    return house


def worker_seen_s(session: Session) -> float | None:
    """Seconds since the last sign of life of any worker; None when there never was one."""
    query = "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
    seen = session.execute(text(query)).scalar()
    return None if seen is None else float(seen)


def live_workers(session: Session, lost_s: float) -> int:
    """How many worker processes gave a sign of life in the last seconds."""
    query = (
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => :lost_s)"
    )
    loops = session.execute(text(query), {"lost_s": lost_s}).scalar_one()
    return int(loops) // len(QUEUES)
