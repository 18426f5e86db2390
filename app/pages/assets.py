"""Static files of the pages, under names that change with their content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

log = structlog.get_logger()

FOLDER = Path(__file__).parents[2] / "build" / "pages"
BASE = "/static/pages"
YEAR_S = 365 * 24 * 3600


class ImmutableFiles(StaticFiles):
    """Files whose name says their content: a browser asks for each of them once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200 and path != "manifest.json":
            answer.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        return answer


def mount_assets(app: FastAPI) -> None:
    """Serve the built files below /static/pages."""
    app.mount(BASE, ImmutableFiles(directory=FOLDER, check_dir=False), name="page_assets")


class Assets:
    """Addresses of built files, read again when a new build came."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._manifest = folder / "manifest.json"
        self._read_at_ns = -1
        self._names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The address of ``studio.js``, say."""
        return f"{BASE}/{self._current().get(name, name)}"

    def _current(self) -> dict[str, Any]:
        try:
            changed_at_ns = self._manifest.stat().st_mtime_ns
        except FileNotFoundError:
            if self._read_at_ns != 0:
                log.warning("pages_not_built", remedy="npm run build")
                self._read_at_ns = 0
            return self._names
        if changed_at_ns != self._read_at_ns:
            self._names = json.loads(self._manifest.read_text())
            self._read_at_ns = changed_at_ns
        return self._names
