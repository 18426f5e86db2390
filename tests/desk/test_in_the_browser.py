"""The desk in a real browser: pictures, ways down, downloads, renewal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.audience import Audience
from tests.visiting import Site, at_a_screen


@pytest.fixture
def page(
    browser: Browser, site: Site, audience: Audience, viewport: tuple[int, int]
) -> Iterator[Page]:
    """The desk of an operator who has signed in; no script may fail on it."""
    with at_a_screen(browser, site, "operator", "/desk/", viewport) as page:
        expect(page.locator("[data-figure=plays] strong")).to_have_text("4")
        yield page


@pytest.mark.parametrize("viewport", [(1440, 900)], ids=["desktop"])
def test_an_operator_goes_from_the_picture_down_to_the_plays(page: Page, tmp_path: Path) -> None:
    expect(page.locator("#chart-top svg")).to_contain_text("春茶")
    expect(page.locator("#chart-time svg path").first).to_be_attached()
    expect(page.get_by_role("img", name="每日播放：共 4 次")).to_be_visible()

    page.get_by_label("市州").select_option("遵义市")
    expect(page.locator("[data-figure=plays] strong")).to_have_text("2")
    page.get_by_label("县区").select_option("赤水市")
    expect(page.locator("[data-figure=plays] strong")).to_have_text("1")

    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 CSV").click()
    saved = tmp_path / coming.value.suggested_filename
    coming.value.save_as(saved)
    assert saved.name.endswith("_520381.csv")
    assert ",春茶,1,1,0,0.0%," in saved.read_text("utf-8-sig")

    page.get_by_role("link", name="春茶").click()
    page.get_by_role("link", name="第一课").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("赤水市")


@pytest.mark.parametrize("viewport", [(1440, 900)], ids=["desktop"])
def test_the_heat_table_leads_into_a_region(page: Page) -> None:
    page.get_by_role("link", name="按地区").click()
    page.locator("#heat-table").get_by_role("link", name="遵义市").click()
    expect(page.locator("#heat-table").get_by_role("link", name="赤水市")).to_be_visible()
    expect(page.get_by_label("市州")).to_have_value("5203")
    page.get_by_role("link", name="星期 × 小时").click()
    expect(page.locator("#chart-heat svg")).to_contain_text("周日")
    page.get_by_label("找课程").fill("春茶")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#table tbody tr")).to_have_count(1)


@pytest.mark.parametrize("viewport", [(390, 844)], ids=["phone"])
def test_the_desk_fits_a_phone(page: Page, audience: Audience) -> None:
    lesson = audience.courses["春茶"][1]
    for address in (
        *(f"/desk/?view={view}&against=previous" for view in ("courses", "regions", "weekhours")),
        f"/desk/lessons/{lesson}",
    ):
        page.goto(address)
        expect(page.locator("#table")).to_be_visible()
        # Tables move inside their own frame; the page itself never moves sideways.
        assert page.evaluate("document.documentElement.scrollWidth") == 390, address
