"""Errors as pages for people in a browser; programs keep getting problem details."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.pages.rendering import language_of, page, words_of
from app.pages.texts import translator
from app.problems import Problem, problem_answer


def map_page_failures(app: FastAPI) -> None:
    """Put pages before the problem details where a person reads the answer.

    Call it after `map_errors`, whose answers stay for everybody else.
    """
    of_problem = app.exception_handlers[Problem]
    of_http = app.exception_handlers[HTTPException]

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        if not _read_by_a_person(request):
            return await of_problem(request, error)  # type: ignore[no-any-return, misc]
        return _apology(request, error.status, error.code, words_of(error, language_of(request)))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        location = (error.headers or {}).get("Location")
        if 300 <= error.status_code < 400 and location:
            return RedirectResponse(location, error.status_code)
        if not _read_by_a_person(request):
            return await of_http(request, error)  # type: ignore[no-any-return, misc]
        words = translator(language_of(request))("error.not_found")
        return _apology(request, error.status_code, f"http_{error.status_code}", words)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, _of_defect)


async def _of_defect(request: Request, _: Exception) -> Response:
    if not _read_by_a_person(request):
        return problem_answer(500, "internal_error", "The server failed; the fault is logged.")
    words = translator(language_of(request))("error.defect")
    return _apology(request, 500, "internal_error", words)


def _apology(request: Request, status: int, code: str, words: str) -> Response:
    return page(request, "shared/failure.html", status=status, code=code, words=words)


def _read_by_a_person(request: Request) -> bool:
    if request.url.path.startswith(("/api/", "/media/", "/static/")):
        return False
    if "hx-request" in request.headers:
        return False
    return "text/html" in request.headers.get("accept", "")
