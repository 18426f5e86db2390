"""Where a package is read from: a folder, or web servers.

A playlist's addresses are references (RFC 3986 §5): in a folder they become paths below it, on the
web whole addresses, which may lead to other servers and carry signatures.
"""

from __future__ import annotations

import gzip
import http.client
import posixpath
import urllib.error
import urllib.parse
import urllib.request
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

_NAMES = ("multivariant.m3u8", "master.m3u8", "index.m3u8", "playlist.m3u8")
_TIMEOUT_S = 30
# What an address may hold (RFC 3986 §2), and escapes that it already has.
_KEPT = ":/?#[]@!$&'()*+,;=%~"


class Unreadable(OSError):
    """A file of the package is missing or can't be fetched."""


class Reader(Protocol):
    """Anything that gives the bytes behind the addresses of a package."""

    @property
    def entry(self) -> str:
        """The path of the multivariant playlist."""
        ...

    def resolve(self, base: str, uri: str) -> str:
        """The path that a file at ``base`` means by ``uri``, to be read. Never raises."""
        ...

    def read(self, path: str) -> bytes:
        """Raises Unreadable."""
        ...


def beside(reader: Reader, name: str) -> str:
    """The path of a file that no playlist names. name: as from the multivariant playlist."""
    return reader.resolve(reader.entry, urllib.parse.quote(name))


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

    def files(self) -> set[str]:
        """The paths of all files, named by playlists or not."""
        files = (path for path in self._root.rglob("*") if path.is_file())
        return {path.relative_to(self._root).as_posix() for path in files}

    def resolve(self, base: str, uri: str) -> str:
        if "://" in uri:
            return uri
        path = urllib.parse.unquote(uri.partition("#")[0].partition("?")[0])
        return posixpath.normpath(posixpath.join(posixpath.dirname(base), path))

    def read(self, path: str) -> bytes:
        if "://" in path:
            raise Unreadable(f"{path} lies outside of the folder: verify the package's address")
        try:
            file = (self._root / path).resolve()
            if not file.is_relative_to(self._root):
                raise Unreadable(f"{path} lies outside of the package")
            return file.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror or error}") from error
        except (ValueError, RuntimeError) as error:  # no name of a file, a loop of links
            raise Unreadable(f"{path}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How the server gave a file."""

    path: str
    content_type: str
    gzipped: bool

    @property
    def ending(self) -> str:
        """Of the file's name, such as ``.ts``."""
        return posixpath.splitext(urllib.parse.urlsplit(self.path).path)[1]


class _Redirected(Exception):
    """The server names another address."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(kw_only=True)
class HttpReader:
    """Reads by HTTP and remembers how each file was served."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    _moved: dict[str, str] = field(default_factory=dict)  # where redirects led

    @property
    def entry(self) -> str:
        parts = urllib.parse.urlsplit(self.url)
        if parts.path.endswith(".m3u8"):
            return self.url
        return parts._replace(path=f"{parts.path.rstrip('/')}/{_NAMES[0]}").geturl()

    def resolve(self, base: str, uri: str) -> str:
        try:
            return urllib.parse.urljoin(self._moved.get(base, base), uri)
        except ValueError:
            return uri

    def read(self, path: str) -> bytes:
        if not path.lower().startswith(("http://", "https://")):
            raise Unreadable(f"{path}: only http and https addresses can be verified")
        try:
            return self._fetch(path, urllib.request.build_opener(_NoRedirects))
        except _Redirected:
            self.redirects.append(path)
        try:
            return self._fetch(path, urllib.request.build_opener())
        except _Redirected as error:
            raise Unreadable(f"{path}: its redirects lead nowhere") from error

    def _fetch(self, path: str, opener: urllib.request.OpenerDirector) -> bytes:
        try:
            url = urllib.parse.quote(path, safe=_KEPT)
            request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
            with opener.open(request, timeout=_TIMEOUT_S) as response:
                body: bytes = response.read()
                gzipped = response.headers.get("Content-Encoding", "") == "gzip"
                content_type = response.headers.get_content_type()
                self._moved[path] = response.url
            self.answers.append(Answer(path=path, content_type=content_type, gzipped=gzipped))
            return gzip.decompress(body) if gzipped else body
        except urllib.error.HTTPError as error:
            error.close()
            if 300 <= error.code < 400:
                raise _Redirected from error
            raise Unreadable(f"{path}: HTTP {error.code}") from error
        except (OSError, ValueError, EOFError, zlib.error, http.client.HTTPException) as error:
            raise Unreadable(f"{path}: {error}") from error


def open_target(target: str | Path) -> Reader:
    """A folder, a playlist file, or an address."""
    if isinstance(target, str) and "://" in target:
        return HttpReader(url=target)
    if not Path(target).exists():
        raise Unreadable(f"{target}: no such file or folder")
    return FolderReader(Path(target))
