"""Sign-in, sign-out, and one's own password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from app.accounts import throttle
from app.accounts.access import KnownDep, account_of, check_csrf, local_path
from app.accounts.audit import record
from app.accounts.passwords import matches, weakness
from app.accounts.people import change_password, find_account
from app.accounts.sessions import end_session, session_of, start_session
from app.accounts.tables import Account
from app.pages.rendering import language_of, page
from app.pages.texts import translator
from app.web import HouseDep

router = APIRouter(include_in_schema=False)

# Longer than any account name; what people type goes into the audit trail.
NAME_LIMIT = 60
START_OF_ROLE = {"admin": "/studio/", "editor": "/studio/", "operator": "/desk/"}


@router.get("/sign-in")
def sign_in_form(request: Request, house: HouseDep, next: str = "") -> Response:
    """The form; who is signed in already goes on at once."""
    with house.db.begin() as session:
        account = account_of(session, session_of(request))
    if account is not None:
        return RedirectResponse(local_path(next, START_OF_ROLE[account.role]), 303)
    return page(request, "accounts/sign_in.html", next=next, name="", error=None)


@router.post("/sign-in")
def sign_in(
    request: Request,
    house: HouseDep,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Check name and password; go on where the person wanted to go."""
    name = name.strip()[:NAME_LIMIT]
    if _is_foreign(request):
        return _again(request, name, next, "sign_in.foreign", status=403)
    if not name or not password:
        return _again(request, name, next, "sign_in.missing")
    with house.db.begin() as session:
        now = datetime.now(UTC)
        if wait_s := throttle.wait_s(session, name, _address(request), now):
            minutes = -(-wait_s // 60)
            headers = {"Retry-After": str(wait_s)}
            return _again(
                request, name, next, "sign_in.wait", 429, headers=headers, minutes=minutes
            )
        if not throttle.one_at_a_time(session, name):
            return _again(request, name, next, "sign_in.busy", 429, headers={"Retry-After": "1"})
        account = _proved(session, name, password, _address(request))
    if account is None:
        return _again(request, name, next, "sign_in.wrong", 401)
    target = local_path(next, START_OF_ROLE[account.role])
    answer = RedirectResponse(target, 303)
    start_session(house.settings, answer, account)
    return answer


@router.post("/sign-out", dependencies=[Depends(check_csrf)])
def sign_out(house: HouseDep) -> Response:
    """End the session on this browser."""
    answer = RedirectResponse("/", 303)
    end_session(house.settings, answer)
    return answer


@router.get("/password")
def password_form(request: Request, _: KnownDep, next: str = "") -> Response:
    """The form for a new password."""
    return page(request, "accounts/password.html", next=next, error=None)


@router.post("/password", dependencies=[Depends(check_csrf)])
def set_password(
    request: Request,
    house: HouseDep,
    account: KnownDep,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Set an own password; all other sessions of the account end."""
    if fault := _password_fault(account, current, password, again):
        text = translator(language_of(request))(fault)
        return page(request, "accounts/password.html", status=422, next=next, error=text)
    with house.db.begin() as session:
        account = session.get_one(Account, account.id)
        change_password(session, account, password)
    answer = RedirectResponse(local_path(next, START_OF_ROLE[account.role]), 303)
    start_session(house.settings, answer, account)
    return answer


def _password_fault(account: Account, current: str, password: str, again: str) -> str | None:
    if fault := weakness(password, account.name):
        return fault
    if password != again:
        return "password.differ"
    if password == current:
        return "password.same"
    return None if matches(current, account.password_hash) else "password.wrong"


def _proved(session: Session, name: str, password: str, address: str) -> Account | None:
    account = find_account(session, name)
    if account is not None and account.disabled_at:
        account = None
    if not matches(password, account.password_hash if account else None) or account is None:
        record(session, None, throttle.FAILED, name, address=address)
        return None
    record(session, account.id, "signed_in", name, address=address)
    return account


def _again(
    request: Request,
    name: str,
    next: str,
    key: str,
    status: int = 422,
    headers: dict[str, str] | None = None,
    **words: object,
) -> Response:
    text = translator(language_of(request))(key, **words)
    return page(
        request,
        "accounts/sign_in.html",
        status=status,
        headers=headers,
        next=next,
        name=name,
        error=text,
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_foreign(request: Request) -> bool:
    """Whether another site's page sent the form: it would sign a person in as somebody else."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(origin or "").netloc != request.headers.get("host")
