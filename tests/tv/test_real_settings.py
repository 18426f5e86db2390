"""The page and the service that it is made for: region, settings, the hall's playlist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.service import Service
from tests.tv.viewer import Viewer


@pytest.fixture
def viewer(browser: Browser, service: Service) -> Iterator[Viewer]:
    """A household whose service knows the tree of regions."""
    service.run("regions", "import")
    service.start_server()
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    viewer = Viewer(page=context.new_page(), url=service.url)
    yield viewer
    context.close()
    assert viewer.complaints == []


def own_box(viewer: Viewer) -> Any:
    """What the service says of the box."""
    token = viewer.page.evaluate("nk.token()")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{viewer.url}/api/player/v1/boxes/me", headers=headers).json()


def test_what_is_chosen_by_remote_is_what_the_service_keeps(
    viewer: Viewer, browser: Browser
) -> None:
    viewer.switch_on(query="?card=8520")
    viewer.sees("毕节市")
    viewer.press("down", "down", "ok")
    viewer.sees("威宁彝族回族苗族自治县")
    viewer.press("down", "down", "right", "ok")
    viewer.sees("海边街道")
    viewer.press("ok", "ok")
    viewer.waits_for(lambda: own_box(viewer)["region"]["code"] == "520526001")
    viewer.page.evaluate("nk.go('#/settings')")
    viewer.sees("海边街道")
    viewer.press("ok", "down", "ok")
    viewer.page.evaluate("nk.setSetting('hall', ['203', '501'])")
    viewer.waits_for(lambda: own_box(viewer)["settings"]["hall"] == ["203", "501"])
    viewer.waits_until("!nk.hasErrand('set.text') && !nk.hasErrand('set.captions')")
    kept = own_box(viewer)
    assert kept["settings"]["text"] == "large"
    assert kept["settings"]["captions"] is True
    # The same card after its storage was wiped: nothing is asked again.
    forgetful = Viewer(page=browser.new_context().new_page(), url=viewer.url)
    forgetful.switch_on(query="?card=8520")
    forgetful.page.wait_for_selector("#stage.large .on")
    assert forgetful.address == "#/home"
    assert forgetful.page.evaluate("nk.settings.hall") == ["203", "501"]
    forgetful.page.evaluate("nk.go('#/mine')")
    forgetful.sees(kept["number"])
    forgetful.page.context.close()
