"""WPE WebKit, driven over plain W3C WebDriver, as set-top boxes run it."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from tests.service import free_port, wait_until
from tests.tv.engine import PATIENCE_S, EngineViewer

KEYS = {
    "left": "\ue012",
    "up": "\ue013",
    "right": "\ue014",
    "down": "\ue015",
    "ok": "\ue007",
    "back": "\ue00c",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "Home": "\ue011",
    "Insert": "\ue016",
}
HOLD_MS = 30
# The driver has no way to read the console.
LISTEN = """(function () {
  window.complaints = window.complaints || [];
  window.onerror = function (text, file, line) { complaints.push(text + ' ' + file + ':' + line); };
  ['error', 'warn'].forEach(function (name) {
    console[name] = function () { complaints.push([].join.call(arguments, ' ')); };
  });
  return true;
}())"""


def mini_browser() -> str:
    """The browser that the driver starts; `make test` brings it."""
    found = sorted(Path("/usr/lib").glob("*/wpe-webkit-*/MiniBrowser"))
    assert found, "no WPE WebKit found: run `make test`, or deploy/find-wpe"
    return str(found[-1])


class Wpe(EngineViewer):
    """One window of WPE."""

    def __init__(self, driver: httpx.Client, driver_pid: int, url: str) -> None:
        super().__init__(url)
        self.driver_pid = driver_pid
        self.driver = driver
        options = {"binary": mini_browser(), "args": ["--headless", "--automation"]}
        wanted = {"alwaysMatch": {"wpe:browserOptions": options}}
        self.session = ""
        answer = self._send("POST", "", {"capabilities": wanted})
        self.session = f"/{answer['sessionId']}"

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.driver.request(method, f"/session{self.session}{path}", json=body)
        value = answer.json()["value"]
        assert answer.status_code == 200, f"{method} {path}: {value}"
        return value

    def open(self, url: str) -> None:
        self._send("POST", "/url", {"url": url})
        self.script(LISTEN)

    def script(self, expression: str) -> Any:
        return self._send("POST", "/execute/sync", {"script": f"return ({expression})", "args": []})

    def press_one(self, key: str) -> None:
        value = KEYS.get(key, key)
        actions = [
            {"type": "keyDown", "value": value},
            {"type": "pause", "duration": HOLD_MS},
            {"type": "keyUp", "value": value},
        ]
        remote = {"type": "key", "id": "remote", "actions": actions}
        self._send("POST", "/actions", {"actions": [remote]})

    def screenshot(self) -> bytes:
        return base64.b64decode(self._send("GET", "/screenshot"))

    def complaints(self) -> list[str]:
        """Errors of the page since it was opened."""
        found: list[str] = self.script("window.complaints")
        return found

    def close(self) -> None:
        """Switch the box off; the driver may be gone before it has said so."""
        with suppress(httpx.TransportError):
            self._send("DELETE", "")


@contextmanager
def wpe(
    folder: Path, url: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Wpe]:
    """A WPE before a 1280×720 screen; folder: empty, for its sockets and stores."""
    folder.chmod(0o700)
    port = free_port()
    places = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    environment = os.environ | places | {"WEBKIT_GST_ENABLE_HLS_SUPPORT": "1"} | environment
    with (folder / "wpe.log").open("wb") as log:
        driver = subprocess.Popen(
            ["WPEWebDriver", f"--port={port}"], env=environment, stdout=log, stderr=log
        )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S)
    try:
        wait_until(lambda: _answers(client), what="WPE's driver")
        browser = Wpe(client, driver.pid, url)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        client.close()
        driver.terminate()
        driver.wait(30)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/status").status_code == 200
    except httpx.TransportError:
        return False
