"""A web server with a package and hls.js, as a box would meet them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.service import on_loopback
from tests.transcode.conftest import (  # noqa: F401 - the same films and packages
    X264,
    Film,
    film,
    lesson_film,
    moving,
    packaged,
    packaged_lesson,
    packaged_once,
    short_film,
    tone,
)
from transcode.oneshot import Report, package_file

HLS_JS = Path(__file__).parents[2] / "node_modules/hls.js/dist/hls.min.js"
PAGE = (Path(__file__).parent / "player.html").read_bytes()
TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t", ".vtt": "text/vtt"}


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/player.html":
            self._send(PAGE, "text/html; charset=utf-8")
        elif path == "/hls.js":
            self._send(HLS_JS.read_bytes(), "text/javascript")
        elif (file := self.folder / path.lstrip("/")).is_file():
            self._send(file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))
        else:
            self.send_error(404)

    def _send(self, body: bytes, content_type: str) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start, end = 0, len(body)
        if asked:
            start, end = int(asked[1]), min(end, int(asked[2] or end - 1) + 1)
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        try:
            self.wfile.write(body[start:end])
        except ConnectionError:
            return  # the player changed its mind

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def serving(folder: Path) -> AbstractContextManager[str]:
    """A server on loopback with the folder's files; gives its address."""
    return on_loopback(type("Handler", (_Handler,), {"folder": folder}))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of the test's own."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """``served(folder)`` puts a package on the web for the length of the test."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serving(folder))


@pytest.fixture(scope="session")
def packaged_long(film: Film, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:  # noqa: F811
    """Eighteen seconds of 720p with its whole ladder: five segments a rung."""
    source = film("long-720p.mp4", *moving(18, size="1280x720"), *tone(18), *X264, "-c:a", "aac")
    out_dir = tmp_path_factory.mktemp("packages") / "long"
    return out_dir, package_file(source, out_dir)
