"""The player API and the media for pages of other origins: a launcher's, a foreign player's."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# Nothing here knows a cookie: whoever may ask shows a box's token, or reads what all may read.
OPENED = ("/api/player/", "/media/")


class PlayerOrigins:
    """Lets the origins use what boxes use; all other addresses stay as they are."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self.app = app
        self.opened = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Range"],
            expose_headers=["Content-Range", "Date", "ETag", "Retry-After"],
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        opened = scope["type"] == "http" and scope["path"].startswith(OPENED)
        await (self.opened if opened else self.app)(scope, receive, send)
