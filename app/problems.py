"""Errors as RFC 9457 problem details, each with a stable ``code``.

Raise `Problem` from a route, or subclass it in a package's errors.py. The title is English for
logs and programs; ``detail`` may be Chinese where a person reads it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger()


class Problem(Exception):
    """A request that could not be answered; the subclass names the reason."""

    status = 400
    code = "bad_request"
    title = "The request cannot be answered."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra
        self.headers: dict[str, str] = {}


class ProblemDetails(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str | None = None


def problem_answer(
    status: int,
    code: str,
    title: str,
    detail: str | None = None,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> Response:
    """An answer with a problem-details body."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code, **extra}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def map_errors(app: FastAPI) -> None:
    """Answer every error of the application with problem details."""
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(OperationalError, _of_database)
    app.add_exception_handler(PoolTimeout, _of_database)
    app.add_exception_handler(Exception, _of_defect)


async def _of_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_answer(
        error.status, error.code, error.title, error.detail, error.headers, **error.extra
    )


async def _of_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_MODIFIED:
        return Response(status_code=error.status_code, headers=headers)
    return problem_answer(error.status_code, code, phrase, str(error.detail), headers)


async def _of_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        {"where": ".".join(str(part) for part in e["loc"]), "what": e["msg"]}
        for e in error.errors()
    ]
    return problem_answer(
        422, "invalid_request", "The request does not have the right form.", errors=found
    )


async def _of_database(_: Request, error: Exception) -> Response:
    log.warning("database_unavailable", error=str(error))
    title = "The database cannot be reached now; ask again."
    return problem_answer(503, "database_unavailable", title, headers={"Retry-After": "5"})


async def _of_defect(_: Request, error: Exception) -> Response:  # noqa: ARG001 (logged above us)
    return problem_answer(500, "internal_error", "The server failed; the fault is logged.")
