"""A plain tus client that can misbehave on purpose."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx

from app.accounts.sessions import COOKIE, SignedSession, sealed
from app.accounts.tables import Account
from app.house import House

CSRF = "the-token-of-this-session"
BYTES_TYPE = "application/offset+octet-stream"


@dataclass
class Tus:
    """Requests of one signed-in editor; ``url`` is the server's address."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 60

    def send(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {"Tus-Resumable": "1.0.0", **self.headers, **more.pop("headers", {})}  # type: ignore[dict-item]
        headers = {name: value for name, value in headers.items() if value}
        return httpx.request(
            method, self.url + path, headers=headers, timeout=self.timeout_s, **more
        )  # type: ignore[arg-type]

    def create(self, length: int | None, filename: str = "养羊.mp4", **more: str) -> httpx.Response:
        headers = {"Upload-Metadata": metadata(filename=filename, **more)}
        if length is not None:
            headers["Upload-Length"] = str(length)
        return self.send("POST", "/api/uploads", headers=headers)

    def begin(self, length: int, **more: str) -> str:
        """Create an upload that must be welcome; gives its path."""
        answer = self.create(length, **more)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(
        self, path: str, offset: int, content: bytes | Iterable[bytes], **headers: str
    ) -> httpx.Response:
        headers = {
            "Content-Type": BYTES_TYPE,
            "Upload-Offset": str(offset),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.send("PATCH", path, content=content, headers=headers)

    def head(self, path: str) -> httpx.Response:
        return self.send("HEAD", path)

    def offset(self, path: str) -> int:
        answer = self.head(path)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def begin_patch(self, path: str, offset: int, announced: int) -> socket.socket:
        """Open a PATCH and send its head only; the caller sends bytes, and breaks off at will."""
        host = httpx.URL(self.url)
        line = socket.create_connection((host.host, host.port or 80))
        head = {
            "Host": f"{host.host}:{host.port}",
            "Tus-Resumable": "1.0.0",
            "Content-Type": BYTES_TYPE,
            "Upload-Offset": str(offset),
            "Content-Length": str(announced),
            **self.headers,
        }
        lines = [f"PATCH {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        return line


def metadata(**labels: str) -> str:
    """The header Upload-Metadata."""
    pairs = ((key, base64.b64encode(value.encode()).decode()) for key, value in labels.items())
    return ",".join(f"{key} {value}" for key, value in pairs)


def checksum(algorithm: str, content: bytes) -> str:
    """The header Upload-Checksum."""
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def sign_in(house: House, url: str, name: str = "杨老师") -> Tus:
    """A new editor, signed in."""
    with house.db.begin() as session:
        account = Account(name=name, role="editor", password_hash="none")
        session.add(account)
        session.flush()
        session.refresh(account)
    signed = SignedSession(account_id=account.id, version=account.session_version, csrf=CSRF)
    cookie = f"{COOKIE}={sealed(house.settings, signed)}"
    return Tus(url=url, headers={"Cookie": cookie, "X-CSRF-Token": CSRF})
