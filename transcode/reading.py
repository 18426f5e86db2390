"""Where a package is read from: a folder, or a web server."""

from __future__ import annotations

import gzip
import http.client
import posixpath
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

_NAMES = ("multivariant.m3u8", "master.m3u8", "index.m3u8", "playlist.m3u8")
_TIMEOUT_S = 30


class Unreadable(OSError):
    """A file of the package is missing or can't be fetched."""


class Reader(Protocol):
    """Anything that gives the bytes behind a path relative to the package."""

    @property
    def entry(self) -> str:
        """The path of the multivariant playlist."""
        ...

    def read(self, path: str) -> bytes: ...


def resolve(base: str, uri: str) -> str:
    """The path that a playlist at ``base`` means by ``uri``."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), urllib.parse.unquote(uri)))


class FolderReader:
    """Reads below one folder and nowhere else."""

    def __init__(self, target: Path) -> None:
        self._root = (target if target.is_dir() else target.parent).resolve()
        self.entry = self._find_entry() if target.is_dir() else target.name

    def _find_entry(self) -> str:
        playlists = sorted(path.name for path in self._root.glob("*.m3u8"))
        for name in (*_NAMES, *playlists):
            if name in playlists:
                return name
        raise Unreadable(f"no playlist in {self._root.name}")

    def read(self, path: str) -> bytes:
        file = (self._root / path).resolve()
        if not file.is_relative_to(self._root):
            raise Unreadable(f"{path} lies outside of the package")
        try:
            return file.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from error


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How the server gave a file."""

    path: str
    content_type: str
    gzipped: bool


class _Redirected(Exception):
    """The server names another address."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(kw_only=True)
class HttpReader:
    """Reads by HTTP and remembers how each file was served."""

    url: str
    entry: str = field(init=False)
    answers: list[Answer] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https"):
            raise Unreadable("only http and https addresses can be verified")
        if not parts.path.endswith(".m3u8"):
            self.url = f"{self.url.rstrip('/')}/{_NAMES[0]}"
        self.entry = posixpath.basename(urllib.parse.urlsplit(self.url).path)

    def read(self, path: str) -> bytes:
        try:
            return self._fetch(path, urllib.request.build_opener(_NoRedirects))
        except _Redirected:
            self.redirects.append(path)
            return self._fetch(path, urllib.request.build_opener())

    def _fetch(self, path: str, opener: urllib.request.OpenerDirector) -> bytes:
        url = urllib.parse.urljoin(self.url, urllib.parse.quote(path))
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as response:
                body: bytes = response.read()
                gzipped = response.headers.get("Content-Encoding", "") == "gzip"
                content_type = response.headers.get_content_type()
            self.answers.append(Answer(path=path, content_type=content_type, gzipped=gzipped))
            return gzip.decompress(body) if gzipped else body
        except urllib.error.HTTPError as error:
            error.close()
            if 300 <= error.code < 400:
                raise _Redirected from error
            raise Unreadable(f"{path}: HTTP {error.code}") from error
        except (OSError, ValueError, EOFError, http.client.HTTPException) as error:
            raise Unreadable(f"{path}: {error}") from error


def open_target(target: str | Path) -> Reader:
    """A folder, a playlist file, or an address."""
    if isinstance(target, str) and "://" in target:
        return HttpReader(url=target)
    if not Path(target).exists():
        raise Unreadable(f"{target}: no such file or folder")
    return FolderReader(Path(target))
