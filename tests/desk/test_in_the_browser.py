"""The desk in a real browser: pictures, ways down, downloads, renewal."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.desk.audience import Audience
from tests.visiting import PASSWORD, Site


def test_an_operator_goes_from_the_picture_down_to_the_plays(
    browser: Browser, site: Site, audience: Audience, tmp_path: Path
) -> None:
    site.person("yunying", "operator")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/desk/")
    page.get_by_label("账号").fill("yunying")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    expect(page.locator("[data-figure=plays] strong")).to_have_text("4")
    expect(page.locator("#chart-top svg")).to_contain_text("春茶")
    expect(page.locator("#chart-time svg path").first).to_be_attached()

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
    context.close()
    assert faults == []
