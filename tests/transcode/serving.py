"""Web servers of all manners for a package in a folder."""

from __future__ import annotations

import gzip
from contextlib import AbstractContextManager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from tests.service import on_loopback


class Server(SimpleHTTPRequestHandler):
    """Serves as the rules ask: media types, and playlists gzipped."""

    gzipped = True
    extensions_map = {  # noqa: RUF012
        ".m3u8": "application/vnd.apple.mpegurl",
        ".ts": "video/mp2t",
        ".vtt": "text/vtt",
    }

    def do_GET(self) -> None:
        try:
            content = Path(self.translate_path(self.path)).read_bytes()
        except FileNotFoundError:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        if self.path.endswith(".m3u8") and self.gzipped:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)
        return None

    def log_message(self, *_: object) -> None:
        pass


class WrongPlaylists(Server):
    extensions_map = Server.extensions_map | {".m3u8": "audio/mpegurl"}


class WrongSegments(Server):
    extensions_map = Server.extensions_map | {".ts": "video/mp4"}


class WrongCaptions(Server):
    extensions_map = Server.extensions_map | {".vtt": "text/plain"}


class NotGzipped(Server):
    gzipped = False


class Redirecting(Server):
    """As a server does that keeps its films elsewhere."""

    def do_GET(self) -> None:
        if self.path.startswith("/elsewhere"):
            self.path = self.path.removeprefix("/elsewhere")
            return super().do_GET()
        self.send_response(302)
        self.send_header("Location", f"/elsewhere{self.path}")
        self.send_header("Content-Length", "0")
        return self.end_headers()


class Lost(Server):
    """Every address leads back to itself."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Signed(Server):
    """Gives nothing without the signature in the address."""

    def do_GET(self) -> None:
        if not self.path.endswith("?key=a%2Fb&until=1"):
            return self.send_error(403)
        self.path = self.path.partition("?")[0]
        return super().do_GET()


def served(folder: Path, kind: type[Server]) -> AbstractContextManager[str]:
    return on_loopback(partial(kind, directory=str(folder)))
