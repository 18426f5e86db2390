"""A household with a remote, in the words of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

KEYS = {
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "ok": "Enter",
    "back": "Escape",
}
# A press, with time for the finger to come up again: faster ones count as held.
PRESS_MS = 30
# Three frames without a change.
SETTLED = """() => new Promise((done) => {
  let quiet = 0;
  const watch = new MutationObserver(() => { quiet = 0; });
  watch.observe(document.querySelector('#stage'), { childList: true, subtree: true });
  requestAnimationFrame(function look() {
    quiet += 1;
    if (quiet > 3) { watch.disconnect(); done(true); } else { requestAnimationFrame(look); }
  });
})"""
FOCUSED = """() => {
  const boxes = [...document.querySelectorAll('.on')].map((node) => node.getBoundingClientRect());
  return boxes.filter((box) => box.width && box.height).map((box) => ({
    inside: box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight,
  }));
}"""


class Viewer:
    """Presses keys and looks at the screen."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.expected_complaints: tuple[str, ...] = ()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        expected = any(part in message.text for part in self.expected_complaints)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"{message.text} {message.location}")

    def switch_on(self, address: str = "", query: str = "") -> None:
        """Open the page and wait for something to be in focus."""
        self.page.goto(f"{self.url}/tv/{query}{address}")
        self.page.wait_for_selector(".on")

    def press(self, *keys: str) -> None:
        """Arrow keys, ok, back by name; digits as they are."""
        for key in keys:
            self.page.keyboard.press(KEYS.get(key, key), delay=PRESS_MS)

    def press_quickly(self, key: str) -> None:
        """Without the time that a finger takes."""
        self.page.keyboard.press(KEYS.get(key, key))

    def dial(self, number: str) -> None:
        """Type a course number."""
        self.press(*number)

    def sees(self, text: str) -> None:
        """The text is on the screen, or comes up soon."""
        expect(self.page.get_by_text(text, exact=False).first).to_be_visible()

    def waits_until(self, script: str, argument: Any = None) -> None:
        """A condition in the page comes true."""
        self.page.wait_for_function(script, arg=argument, timeout=20_000)

    def waits_for(self, condition: Callable[[], bool]) -> None:
        """A condition outside the page comes true."""
        self.waits_for_on(self.page, condition)

    def waits_for_on(self, page: Page, condition: Callable[[], bool]) -> None:
        """The same on another page, whose events have to go on meanwhile."""
        for _ in range(400):
            if condition():
                return
            page.wait_for_timeout(50)
        raise AssertionError("the condition did not come true in 20 s")

    def sees_all(self) -> None:
        """All that belongs to the screen is drawn."""
        self.page.evaluate(SETTLED)

    def watches(self, at_least_s: float) -> None:
        """The picture has moved on to this second."""
        self.waits_until(
            "(s) => { const v = document.querySelector('video'); return v && v.currentTime >= s }",
            at_least_s,
        )

    def script(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.page.evaluate(expression)

    @property
    def address(self) -> str:
        """The hash of the screen that is shown."""
        # Told in the frame after the screen, when that before is taken down.
        self.waits_until("() => document.querySelectorAll('#stage > .page').length < 2")
        return str(self.page.evaluate("location.hash"))

    @property
    def focused(self) -> str:
        """The text of what has the focus; of a dialog when one is open."""
        return str(
            self.page.evaluate(
                "() => { const all = document.querySelectorAll('.on');"
                " return all.length ? all[all.length - 1].textContent : '' }"
            )
        )

    def focus_boxes(self) -> list[dict[str, bool]]:
        """What is marked as focused and really has a size."""
        boxes: list[dict[str, bool]] = self.page.evaluate(FOCUSED)
        return boxes
