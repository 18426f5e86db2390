"""A page of another origin, such as a launcher's, may use the player API where it is allowed."""

from __future__ import annotations

import dataclasses

import pytest
from playwright.sync_api import Browser
from pydantic import ValidationError

from app.house import House
from app.settings import Settings
from tests.player_api.conftest import live_server

ASK = """async (api) => {
  try {
    const box = await (await fetch(api + 'boxes', {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}',
    })).json();
    const headers = {Authorization: `Bearer ${box.token}`, 'Content-Type': 'application/json'};
    const body = JSON.stringify({sent: Date.now(), events: []});
    return (await fetch(api + 'events', {method: 'POST', headers, body})).status;
  } catch (refused) { return 0 }
}"""


@pytest.mark.parametrize(
    ("origins", "status"),
    [
        ("", 0),
        ("https://tv.example.cn", 0),
        ("https://tv.example.cn, {elsewhere}", 200),
        ("*", 200),
    ],
)
def test_only_pages_of_listed_origins_may_introduce_boxes_and_report(
    house: House, url: str, browser: Browser, origins: str, status: int
) -> None:
    listed = origins.format(elsewhere=url)
    settings = house.settings.model_copy(update={"player_origins": listed})
    with live_server(dataclasses.replace(house, settings=settings)) as service:
        page = browser.new_page()
        page.goto(f"{url}/healthz")
        assert page.evaluate(ASK, f"{service}/api/player/v1/") == status
        page.close()


@pytest.mark.parametrize("wrong", ["tv.example.cn", "https://tv.example.cn/launcher"])
def test_what_is_no_origin_stops_the_start(settings: Settings, wrong: str) -> None:
    with pytest.raises(ValidationError, match="not an origin"):
        Settings(**{**settings.model_dump(), "player_origins": wrong})
