"""A household whose box has another engine than Chromium: the words of the tests, once for all."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tests.service import wait_until
from tests.tv.viewer import SETTLED

# The engines start cold on a busy machine; a condition that comes true sooner ends the wait.
PATIENCE_S = 60
FOCUS = """(function () {
  var all = document.querySelectorAll('.on'), seen = [], at, box;
  for (at = 0; at < all.length; at += 1) {
    box = all[at].getBoundingClientRect();
    if (box.width && box.height) {
      seen.push(box.left >= 0 && box.top >= 0 &&
        box.right <= innerWidth && box.bottom <= innerHeight);
    }
  }
  return seen;
}())"""
FOCUSED = """(function () {
  var all = document.querySelectorAll('.on');
  return all.length ? all[all.length - 1].textContent : '';
}())"""


class EngineViewer(ABC):
    """Presses keys and looks at the screen; each engine says how."""

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page."""

    @abstractmethod
    def script(self, expression: str) -> Any:
        """The value of an expression of ES5 in the page."""

    @abstractmethod
    def press_one(self, key: str) -> None:
        """An arrow key, ok, back, or a digit: down and up again."""

    @abstractmethod
    def screenshot(self) -> bytes:
        """What is on the screen, as PNG."""

    @abstractmethod
    def complaints(self) -> list[str]:
        """Errors of the page so far."""

    def switch_on(self, address: str = "", query: str = "") -> None:
        """Open the page and wait for something to be in focus."""
        self.open("about:blank")
        self.open(f"{self.url}/tv/{query}{address}")
        self.waits_until("document.querySelectorAll('.on').length > 0")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.press_one(key)

    def press_quickly(self, key: str) -> None:
        """As quickly as the driver can."""
        self.press_one(key)

    def dial(self, number: str) -> None:
        """Type a course number."""
        self.press(*number)

    def waits_until(self, condition: str, patience_s: float = PATIENCE_S) -> None:
        """A condition in the page comes true."""
        try:
            self.waits_for(lambda: bool(self.script(f"!!({condition})")), condition, patience_s)
        except AssertionError as vain:
            vain.add_note(f"the screen shows {self.text!r}")
            raise

    def waits_for(
        self, condition: Callable[[], bool], what: str = "it", patience_s: float = PATIENCE_S
    ) -> None:
        """A condition outside the page comes true."""
        wait_until(condition, what=what, patience_s=patience_s)

    def sees(self, text: str) -> None:
        """The text is on the screen, or comes up soon."""
        self.waits_until(f"document.body.innerText.indexOf({json.dumps(text)}) >= 0")

    def is_at(self, address: str) -> None:
        """The screen has this address, or soon will."""
        self.waits_until(f"location.hash === {json.dumps(address)}")

    def watches(self, at_least_s: float) -> None:
        """The picture has moved on to this second."""
        self.waits_until(
            "document.querySelector('video') && "
            f"document.querySelector('video').currentTime >= {at_least_s}"
        )

    def sees_all(self) -> None:
        """All that belongs to the screen is drawn."""
        self.script(f"({SETTLED})()")

    @property
    def text(self) -> str:
        return str(self.script("document.body.innerText"))

    @property
    def address(self) -> str:
        """The hash of the screen that is shown."""
        return str(self.script("location.hash"))

    @property
    def focused(self) -> str:
        """The text of what has the focus; of a dialog when one is open."""
        return str(self.script(FOCUSED))

    def focus(self) -> list[bool]:
        """Of everything that is marked and has a size: does it lie inside the screen?"""
        found: list[bool] = self.script(FOCUS)
        return found


def finds_a_course_and_returns(box: EngineViewer) -> None:
    """By arrow keys to a course, back to its card, and never out by surprise."""
    box.switch_on()
    box.sees("按“确定”看这门课")
    box.press("down", "down", "down", "right", "right")
    kept = box.focused
    number = box.script("document.querySelector('.card.on .badge').textContent")
    box.press("ok")
    box.is_at(f"#/course/{number}")
    box.press("back")
    box.is_at("#/home")
    assert box.focused == kept
    assert box.focus() == [True]
    box.press("back")
    box.sees("要离开农课吗")
    box.press("back")
    assert box.address == "#/home"
