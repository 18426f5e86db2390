"""Pages from templates, in the reader's language, with the account and its CSRF token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jinja2
from fastapi import Request
from starlette.responses import HTMLResponse

from app.accounts.sessions import session_of
from app.house import House
from app.pages import formats
from app.pages.assets import Assets
from app.pages.texts import LANGUAGES, translator
from app.problems import Problem

LANGUAGE_COOKIE = "nongke_lang"
YEAR_S = 365 * 24 * 3600

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(
    count=formats.count,
    hours=formats.hours,
    film_length=formats.length,
    size=formats.size,
    rate=formats.rate,
)
_templates.globals.update(asset=Assets(), percent=formats.percent)


def language_of(request: Request) -> str:
    """The language asked for in the address, else the one chosen before, else Chinese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """An HTML answer. Templates see the context and what every page needs (see _frame)."""
    language = language_of(request)
    content = _templates.get_template(template).render(**_frame(request, language), **context)
    answer = HTMLResponse(content, status, headers=dict(headers or {}))
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["Content-Security-Policy"] = _content_policy(request.app.state.house)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="lax")
    return answer


def words_of(problem: Problem, language: str) -> str:
    """What a person reads about a problem: its Chinese detail, or its English title."""
    return problem.detail or problem.title if language == "zh" else problem.title


def _frame(request: Request, language: str) -> dict[str, Any]:
    house: House = request.app.state.house
    signed = session_of(request)
    return {
        "t": translator(language),
        "english": translator("en"),
        "lang": language,
        "account": getattr(request.state, "account", None),
        # The only region that the account sees the figures of.
        "place": getattr(request.state, "place", None),
        "csrf": signed.csrf if signed else "",
        "path": request.url.path,
        "other_language": _with_language(request, "en" if language == "zh" else "zh"),
        "moment": lambda at: formats.moment(at, house.settings.zone),
        "url_of": house.storage.url,
    }


def _with_language(request: Request, language: str) -> str:
    others = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    path = request.url.path if request.method == "GET" else "/"
    return f"{path}?{urlencode([*others, ('lang', language)])}"


def _content_policy(house: House) -> str:
    """Only our own scripts run; pictures may come from where packages are kept."""
    media = urlsplit(house.settings.media_url)
    origin = f" {media.scheme}://{media.netloc}" if media.netloc else ""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:{origin}; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'; object-src 'none'"
    )
