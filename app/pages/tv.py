"""The TV page at /tv/: a few files that old boxes on thin lines fetch as seldom as can be."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parents[2] / "build" / "tv"
LASTING = "public, max-age=31536000, immutable"
PAGE = "public, max-age=2592000"


class TvFiles(StaticFiles):
    """Files named with their content's hash (``?v=``) stay on the box.

    So does the page itself, for a month: it opens with the line down, and asks for a newer one
    behind (player_api/tv/src/renewal.js).
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        named = b"v" in parse_qs(scope["query_string"])
        answer.headers["Cache-Control"] = LASTING if named else PAGE
        return answer


def mount_tv(app: FastAPI) -> None:
    """Serve the built TV page; compressed, for the line is thin."""
    files = TvFiles(directory=FOLDER, html=True, check_dir=False)
    app.mount("/tv", GZipMiddleware(files, minimum_size=500), name="tv")
