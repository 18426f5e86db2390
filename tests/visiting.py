"""People who visit the service's pages over HTTP, and the server that they visit."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import uvicorn
from playwright.sync_api import Browser, Page

from app.accounts.passwords import hashed
from app.accounts.people import find_account
from app.accounts.tables import Account
from app.house import House
from app.main import create_app
from tests.service import free_port, wait_until

PASSWORD = "meilin-shan-2024"


@cache
def _hash_of_password() -> str:
    """Made once: argon2 is slow on purpose."""
    return hashed(PASSWORD)


class Visitor:
    """A browser without scripts; it remembers cookies and the token of the last page."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"accept": "text/html"}, timeout=30)
        self.token = ""

    def get(self, path: str, **params: Any) -> httpx.Response:
        answer = self.client.get(path, params=params or None)
        found = re.search(r'name="csrf-token" content="([^"]*)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.token, **fields})

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.client.post("/sign-in", data={"name": name, "password": password, **fields})


@dataclass
class Site:
    """A server that runs in the test's process, and the people who use it."""

    house: House
    url: str

    def __post_init__(self) -> None:
        self._visitors: list[Visitor] = []

    def visitor(self, role: str | None = None) -> Visitor:
        """Somebody on the first page, signed in with the role if one is given."""
        browser = Visitor(self.url)
        self._visitors.append(browser)
        if role:
            self.person(role, role)
            assert browser.sign_in(role).status_code == 303
            browser.get("/")
        return browser

    def person(self, name: str, role: str) -> None:
        """An account that has chosen its own password already."""
        with self.house.db.begin() as session:
            if find_account(session, name) is None:
                session.add(Account(name=name, role=role, password_hash=_hash_of_password()))

    def close(self) -> None:
        for browser in self._visitors:
            browser.client.close()


def sign_in_on(page: Page, name: str, path: str) -> None:
    """Ask for a page and sign in by hand where it asks back."""
    page.goto(path)
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{path}")


@contextmanager
def at_a_screen(
    browser: Browser, site: Site, role: str, path: str, size: tuple[int, int] = (1440, 900)
) -> Iterator[Page]:
    """Somebody signed in with the role, before a screen; faults of scripts fail the test."""
    name = {"editor": "bianji", "operator": "yunying"}[role]
    site.person(name, role)
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=site.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in_on(page, name, path)
    yield page
    context.close()
    assert faults == []


@contextmanager
def open_site(house: House) -> Iterator[Site]:
    """Serve the house on a loopback port while the block runs."""
    port = free_port()
    config = uvicorn.Config(
        create_app(house), port=port, log_config=None, access_log=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, what="the server's start")
    site = Site(house, f"http://127.0.0.1:{port}")
    yield site
    site.close()
    server.should_exit = True
    thread.join(30)
