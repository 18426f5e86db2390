"""Whether the process lives, and whether the service can do its work."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import Response

from app.house import House
from app.jobs import worker_seen_s
from app.problems import Problem
from app.web import HouseDep
from migrations import is_current

WORKER_SILENCE_S = 60
# A proxy says in one of these for whom it asks.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

log = structlog.get_logger()
router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "A part is missing; it is named."}})
def readyz(house: HouseDep) -> JSONResponse:
    """Database, storage, migrations, and a worker seen in the last minute."""
    parts = {name: _state(check, house) for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in parts.values())
    status = "ok" if ready else "not_ready"
    return JSONResponse({"status": status, "parts": parts}, 200 if ready else 503)


class MetricsNotForAll(Problem):
    """Who has NONGKE_METRICS_TOKEN may read the metrics; without one only this machine may."""

    status = 401
    code = "metrics_not_for_all"
    title = "The metrics need the token of NONGKE_METRICS_TOKEN."

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"WWW-Authenticate": "Bearer"}


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, house: HouseDep) -> Response:
    """What this process counted of its own work, for Prometheus. Raises MetricsNotForAll."""
    # A proxy on this machine that does not say so looks like a program on it: where there is a
    # token, it is asked for always.
    token = house.settings.metrics_token
    if not (_is_local(request) if token is None else _has_token(request, token)):
        raise MetricsNotForAll
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """Whether a program on this machine asks, and not a proxy on it for somebody else."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, token: str) -> bool:
    shown = request.headers.get("authorization", "")
    return secrets.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _state(check: Callable[[House], str], house: House) -> str:
    try:
        return check(house)
    except Exception as error:  # whatever is wrong with a part, the answer must name it
        log.warning("part_not_ready", part=check.__name__, error=str(error))
        return "unreachable"


def _database(house: House) -> str:
    with house.db.begin() as session:
        session.execute(text("SELECT 1"))
    return "ok"


def _migrations(house: House) -> str:
    return "ok" if is_current(house.db.engine) else "outdated: run nongke migrate"


def _storage(house: House) -> str:
    key = f"health/{secrets.token_hex(8)}"
    house.storage.put(key, b"ok")
    try:
        with house.storage.open(key) as file:
            return "ok" if file.read() == b"ok" else "reads back other bytes"
    finally:
        house.storage.delete(key)


def _worker(house: House) -> str:
    with house.db.begin() as session:
        seen_s = worker_seen_s(session)
    if seen_s is None:
        return "none running"
    return "ok" if seen_s <= WORKER_SILENCE_S else f"silent for {seen_s:.0f} s"


CHECKS: dict[str, Callable[[House], str]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
    "worker": _worker,
}
