"""Who may come in: dependencies for routes.

``EditorDep``, ``OperatorDep`` and ``AdminDep`` give the signed-in account;
``dependencies=[Depends(editor_only)]`` guards a whole router. Unsafe methods need the CSRF
token of the session as well, in the header ``X-CSRF-Token`` or the form field ``csrf``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request
from sqlalchemy.orm import Session

from app.accounts.errors import ForgedRequest, NotAllowed, NotSignedIn, PasswordChangeNeeded
from app.accounts.sessions import SignedSession, session_of
from app.accounts.tables import Account
from app.web import HouseDep
from player_api.tables import Region

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def account_of(session: Session, signed: SignedSession | None) -> Account | None:
    """The account of a session, if it still exists, is enabled, and the session not ended."""
    if signed is None:
        return None
    account = session.get(Account, signed.account_id)
    if account is None or account.disabled_at or account.session_version != signed.version:
        return None
    return account


def known_account(request: Request, house: HouseDep) -> Account:
    """Whoever is signed in, even with a one-time password. Raises NotSignedIn or redirects."""
    with house.db.begin() as session:
        account = account_of(session, session_of(request))
        if account is not None and account.region_code:
            region = session.get(Region, account.region_code)
            request.state.place = region.name if region else account.region_code
    if account is None:
        raise _sent_to_sign_in(request)
    request.state.account = account
    return account


async def check_csrf(request: Request) -> None:
    """Raises ForgedRequest when an unsafe request of a session lacks the session's token."""
    signed = session_of(request)
    if signed is None or request.method in SAFE_METHODS:
        return
    token = request.headers.get(CSRF_HEADER)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if token is None and kind in FORM_TYPES:
        field = (await request.form()).get(CSRF_FIELD)
        token = field if isinstance(field, str) else None
    if token is None or not hmac.compare_digest(token.encode(), signed.csrf.encode()):
        raise ForgedRequest("页面已过期，请刷新页面后重试。")


def signed_in(*roles: str) -> Callable[..., Account]:
    """A dependency that lets in accounts of these roles (none named: of any role)."""

    def let_in(
        request: Request,
        account: Annotated[Account, Depends(known_account)],
        _csrf: Annotated[None, Depends(check_csrf)],
    ) -> Account:
        if account.must_change_password:
            raise _sent_to_password(request)
        if roles and account.role not in roles:
            raise NotAllowed("您的账号没有这项权限，请联系管理员。")
        return account

    return let_in


anyone_signed_in = signed_in()
admin_only = signed_in("admin")
editor_only = signed_in("admin", "editor")
# Editors read the desk as well: they want to know how their courses do.
operator_only = signed_in("admin", "operator", "editor")

KnownDep = Annotated[Account, Depends(known_account)]
AccountDep = Annotated[Account, Depends(anyone_signed_in)]
AdminDep = Annotated[Account, Depends(admin_only)]
EditorDep = Annotated[Account, Depends(editor_only)]
OperatorDep = Annotated[Account, Depends(operator_only)]


def local_path(path: str | None, default: str = "/") -> str:
    """The path if it stays on this site, else the default: no open redirects."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return default
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or any(ord(c) < 0x20 for c in path):
        return default
    return path


def _sent_to_sign_in(request: Request) -> Exception:
    if _answers_programs(request):
        return NotSignedIn("登录已过期，请重新登录。")
    return HTTPException(303, headers={"Location": f"/sign-in?next={quote(_here(request))}"})


def _sent_to_password(request: Request) -> Exception:
    if _answers_programs(request):
        return PasswordChangeNeeded("请先修改一次性密码。")
    return HTTPException(303, headers={"Location": f"/password?next={quote(_here(request))}"})


def _answers_programs(request: Request) -> bool:
    """Whether a script reads the answer: a redirect to a page would only confuse it."""
    return request.url.path.startswith("/api/") or "hx-request" in request.headers


def _here(request: Request) -> str:
    """Where to go on after signing in: this page, or the one that the form stood on."""
    url = urlsplit(str(request.url))
    if request.method not in SAFE_METHODS:
        url = urlsplit(request.headers.get("referer", "/"))
    return local_path(url.path + (f"?{url.query}" if url.query else ""))
