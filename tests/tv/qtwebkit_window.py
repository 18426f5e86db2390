"""A window of QtWebKit 602 for the tests, in a process of the system's own Python with PyQt5.

Takes a command a line on stdin, ``[name, argument]``, and gives an answer a line on stdout,
``{"value": …}`` or ``{"error": …}``, both JSON. Keys are real QKeyEvents.
"""

from __future__ import annotations

import json
import os
import sys

from PyQt5.QtCore import QEvent, QSize, QSocketNotifier, Qt, QUrl
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWebKit import QWebSettings
from PyQt5.QtWebKitWidgets import QWebPage, QWebView
from PyQt5.QtWidgets import QApplication

SCREEN = QSize(1280, 720)
KEYS = {
    "left": Qt.Key_Left,
    "right": Qt.Key_Right,
    "up": Qt.Key_Up,
    "down": Qt.Key_Down,
    "ok": Qt.Key_Return,
    "back": Qt.Key_Escape,
}


class Page(QWebPage):
    """Keeps what the page writes on its console."""

    def __init__(self):
        super().__init__()
        self.console = []

    def javaScriptConsoleMessage(self, message, line, source):  # noqa: N802
        self.console.append(f"{message} {source}:{line}")


class Window:
    """The commands, by name."""

    def __init__(self, store):
        settings = QWebSettings.globalSettings()
        settings.setAttribute(QWebSettings.LocalStorageEnabled, True)
        settings.setLocalStoragePath(store)
        self.page = Page()
        self.view = QWebView()
        self.view.setPage(self.page)
        self.view.resize(SCREEN)
        self.view.show()
        self.view.setFocus()

    def open(self, url):
        self.view.load(QUrl(url))

    def script(self, expression):
        # By way of JSON, for Qt's own conversion makes floats of all numbers.
        code = f"JSON.stringify((function () {{ return ({expression}); }}()))"
        found = self.page.mainFrame().evaluateJavaScript(code)
        return None if found is None else json.loads(found)

    def press(self, name):
        code = KEYS.get(name) or ord(name)
        text = name if name not in KEYS else ""
        for kind in (QEvent.KeyPress, QEvent.KeyRelease):
            QApplication.sendEvent(self.view, QKeyEvent(kind, code, Qt.NoModifier, text))

    def screenshot(self, path):
        self.view.grab().save(path, "PNG")

    def console(self, _):
        return self.page.console

    def loaded(self, _):
        state = self.page.mainFrame().evaluateJavaScript("document.readyState")
        return state == "complete"


def main():
    application = QApplication(sys.argv[:1])
    window = Window(sys.argv[1])
    unread = b""

    def answer(line):
        name, argument = json.loads(line)
        try:
            said = {"value": getattr(window, name)(argument)}
        except Exception as error:
            said = {"error": repr(error)}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()

    def read():
        nonlocal unread
        got = os.read(0, 65536)
        if not got:
            application.quit()
        *lines, unread = (unread + got).split(b"\n")
        for line in lines:
            answer(line)

    commands = QSocketNotifier(0, QSocketNotifier.Read)
    commands.activated.connect(read)
    application.exec_()


if __name__ == "__main__":
    main()
