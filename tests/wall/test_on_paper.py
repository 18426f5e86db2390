"""The card in a real browser: on A4, and typed from A4 into the television."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from app.house import House
from tests.visiting import Site, at_a_screen

# Boxes nearer to the edge than printers can reach, 4 mm; pictures may be cropped by their frame.
CUT = """() => [...document.querySelectorAll('.sheet *')].filter((node) => {
  const sheet = node.closest('.sheet').getBoundingClientRect();
  const own = node.getBoundingClientRect();
  const margin = 4 * 96 / 25.4;
  const picture = node.closest('.picture');
  return !picture && (own.bottom > sheet.bottom - margin || own.right > sheet.right - margin
    || own.left < sheet.left + margin || own.top < sheet.top + margin);
}).map((node) => node.outerHTML.slice(0, 80))"""
CROWDED = """() => [...document.querySelectorAll('.course')].filter((course) => {
  const below = course.querySelector('.below').getBoundingClientRect();
  const picture = course.querySelector('.picture').getBoundingClientRect();
  return below.bottom > course.getBoundingClientRect().bottom + 0.5 || picture.height < 40;
}).map((course) => course.dataset.number)"""

POINTS = "(node) => parseFloat(getComputedStyle(node).fontSize) * 0.75"


@pytest.fixture
def desk_of_editor(browser: Browser, site: Site, library: House) -> Iterator[Page]:
    """An editor, signed in; faults of scripts fail the test."""
    with at_a_screen(browser, site, "editor", "/studio/wall-card") as page:
        yield page


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height in mm of each page of a PDF."""
    boxes = re.findall(rb"/Type /Page\b(?!s).*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf, re.S)
    return [(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in boxes]


def test_every_sheet_is_one_page_of_a4_on_which_nothing_is_cut(desk_of_editor: Page) -> None:
    page = desk_of_editor
    village = "village=清水村活动室（老学校旁边）&phone=0851-12345678"
    upright, lying = (210, 297), (297, 210)
    for wish, pages in (
        ("", [upright] * 4),
        ("&size=24", [upright] * 3),
        ("&shape=poster", [lying] * 4),
        ("&size=24&shape=poster", [lying] * 3),
        ("&prefecture=5203&county=520302&each=1&sheets=1", [upright] * 2),
    ):
        page.goto(f"/studio/wall-card?by=category&{village}{wish}")
        assert pages_of(page.pdf(prefer_css_page_size=True)) == pages, wish

        page.emulate_media(media="print")
        assert page.evaluate(CUT) == [] and page.evaluate(CROWDED) == [], wish
        assert page.locator(".below strong").first.evaluate(POINTS) >= 36
        for hidden in (".bar", ".wall-form", "[data-print]"):
            expect(page.locator(hidden)).to_be_hidden()
        page.emulate_media(media="null")


def test_the_sheets_follow_the_form_while_one_types(desk_of_editor: Page) -> None:
    page = desk_of_editor
    page.locator("[name=village]").press_sequentially("清水村")
    expect(page.locator(".sheet h2")).to_contain_text("清水村")
    page.get_by_text("自己挑").click()
    page.locator("[name=numbers]").press_sequentially("501 130")
    expect(page.locator(".course")).to_have_count(2)
    page.locator("[name=prefecture]").select_option("5203")
    page.locator("[name=county]").select_option("520302")
    expect(page.locator(".sheet h2")).to_have_text(re.compile("红花岗区 清水村"))
    page.reload()
    expect(page.locator(".sheet h2")).to_have_text(re.compile("红花岗区 清水村"))
    expect(page.locator(".course")).to_have_count(2)


def test_a_number_typed_from_the_card_opens_its_course_on_the_television(
    desk_of_editor: Page, site: Site
) -> None:
    page = desk_of_editor
    page.goto("/studio/wall-card?by=hand&numbers=502")
    number = page.locator(".course strong").inner_text()
    title = page.locator(".course p").inner_text()
    expected = segno.make_qr(f"{site.url}/tv/#/course/{number}", error="m")
    drawn = page.locator(".course .code path").get_attribute("d")

    assert drawn and drawn in expected.svg_inline(border=4)
    page.goto("/tv/")
    page.wait_for_selector(".on")
    for digit in number:
        page.keyboard.press(digit, delay=30)
    page.wait_for_url(f"**/tv/#/course/{number}")
    expect(page.get_by_text(title).first).to_be_visible()
