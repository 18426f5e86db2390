"""QtWebKit 602: an engine without fetch, grid, Media Source and event.key, as old boxes are."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.tv.engine import PATIENCE_S, EngineViewer

# QtWebKit is only among the system's packages.
PYTHON = "/usr/bin/python3"
WINDOW = Path(__file__).with_name("qtwebkit_window.py")


class QtWebKit(EngineViewer):
    """Speaks with the window's process, a line each way."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, url: str) -> None:
        super().__init__(url)
        self.process = process
        self.folder = folder

    def _ask(self, command: str, argument: object = None) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([command, argument]) + "\n")
        self.process.stdin.flush()
        answers, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        assert answers, f"QtWebKit hangs: {command} {argument}"
        line = self.process.stdout.readline()
        assert line, f"QtWebKit's window is gone: {(self.folder / 'qt.log').read_text()}"
        answer = json.loads(line)
        assert "error" not in answer, f"{command} {argument}: {answer['error']}"
        return answer["value"]

    def open(self, url: str) -> None:
        self._ask("open", url)
        self.waits_for(lambda: self._ask("loaded"), f"{url} to load")

    def script(self, expression: str) -> Any:
        return self._ask("script", expression)

    def press_one(self, key: str) -> None:
        self._ask("press", key)

    def screenshot(self) -> bytes:
        path = self.folder / "screen.png"
        self._ask("screenshot", str(path))
        return path.read_bytes()

    def complaints(self) -> list[str]:
        """Everything on the console."""
        found: list[str] = self._ask("console")
        return found


@contextmanager
def qtwebkit(folder: Path, url: str) -> Iterator[QtWebKit]:
    """A QtWebKit before a 1280×720 screen; folder: for its stores."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)}
    with (folder / "qt.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, str(WINDOW), str(folder / "store")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdin and process.stdout
    try:
        yield QtWebKit(process, folder, url)
    finally:
        process.kill()
        process.stdin.close()
        process.wait()
        process.stdout.close()
