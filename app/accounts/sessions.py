"""The session cookie: signed, not stored. It ends by age or when the account's version rises."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from app.accounts.tables import Account
from app.settings import Settings

COOKIE = "nongke_session"
MAX_AGE_S = 12 * 3600


@dataclass(frozen=True, kw_only=True)
class SignedSession:
    """What a session cookie says: whose it is, of which version, and its CSRF token."""

    account_id: int
    version: int
    csrf: str


@lru_cache(maxsize=8)
def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="nongke.session.v1")


def sealed(settings: Settings, session: SignedSession) -> str:
    """The cookie's value."""
    return _signer(settings.secret()).dumps([session.account_id, session.version, session.csrf])


def opened(settings: Settings, value: str | None) -> SignedSession | None:
    """The session of a cookie; None when it is missing, forged or too old."""
    if not value:
        return None
    try:
        fields = _signer(settings.secret()).loads(value, max_age=MAX_AGE_S)
        account_id, version, csrf = fields
    except (BadData, ValueError, TypeError):
        return None
    return SignedSession(account_id=int(account_id), version=int(version), csrf=str(csrf))


def session_of(request: Request) -> SignedSession | None:
    """The session that the request's cookie proves, account not yet looked up."""
    return opened(request.app.state.house.settings, request.cookies.get(COOKIE))


def start_session(settings: Settings, response: Response, account: Account) -> None:
    """Sign the account in on this browser, with a new CSRF token."""
    session = SignedSession(
        account_id=account.id, version=account.session_version, csrf=secrets.token_urlsafe(24)
    )
    response.set_cookie(
        COOKIE,
        sealed(settings, session),
        max_age=MAX_AGE_S,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def end_session(settings: Settings, response: Response) -> None:
    """Sign out on this browser."""
    response.delete_cookie(
        COOKIE, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )
