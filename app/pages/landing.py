"""The first page: three ways in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.access import account_of
from app.accounts.sessions import session_of
from app.pages.rendering import page
from app.web import HouseDep

router = APIRouter(include_in_schema=False)


@router.get("/")
def landing(request: Request, house: HouseDep) -> Response:
    """Three cards: television, studio, desk."""
    with house.db.begin() as session:
        request.state.account = account_of(session, session_of(request))
    return page(request, "shared/landing.html")
