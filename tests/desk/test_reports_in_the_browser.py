"""The desk's further pages in a real browser: renewal, curves, pictures under them, a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from app.freezing import freeze
from app.house import House
from catalog.tables import Lesson
from player_api.reports import months
from player_api.tables import BoxFlag
from tests.desk.audience import Audience
from tests.plays import MAKE_ALIVE
from tests.visiting import Site, at_a_screen, sign_in_on
from transcode.tables import Video

ALIVE = text(f"{MAKE_ALIVE} WHERE id = :id")
SHEET = "WEBVTT\n\n" + "\n".join(
    f"00:00:{at:02d}.000 --> 00:00:{at + 2:02d}.000\n"
    f"{at // 50 + 1:05d}.jpg#xywh={at // 2 % 5 * 160},{at // 10 % 5 * 90},160,90\n"
    for at in range(0, 58, 2)
)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=site.url)
    yield context
    context.close()


@pytest.fixture
def desktop(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site.url)
    yield context
    context.close()


def signed_in(context: BrowserContext, site: Site, path: str) -> tuple[Page, list[str]]:
    site.person("yunying", "operator")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in_on(page, "yunying", path)
    return page, faults


def test_what_plays_now_renews_itself(
    desktop: BrowserContext, site: Site, house: House, audience: Audience
) -> None:
    page, faults = signed_in(desktop, site, "/desk/live")
    page.clock.install()
    page.reload()
    expect(page.locator("[data-figure=alive] strong")).to_have_text("0")
    expect(page.locator("#chart-today svg path").first).to_be_attached()

    play = audience.watch("春茶", 60, region="520381")
    with house.db.begin() as session:
        session.execute(ALIVE, {"id": play})
    page.clock.run_for(10_000)

    expect(page.locator("[data-figure=alive] strong")).to_have_text("1")
    expect(page.locator("#now")).to_contain_text("遵义市")
    expect(page.locator("#now")).to_contain_text("春茶")
    assert faults == []


def test_a_lessons_pictures_stand_under_its_curve(
    desktop: BrowserContext, site: Site, house: House, audience: Audience
) -> None:
    _, lesson_id = audience.courses["春茶"]
    with house.db.begin() as session:
        video = session.get_one(Video, session.get_one(Lesson, lesson_id).video_id)
        house.storage.put(f"{video.package_prefix}/storyboard/storyboard.vtt", SHEET.encode())
    page, faults = signed_in(desktop, site, f"/desk/lessons/{lesson_id}")
    page.get_by_role("link", name="留存曲线").click()

    expect(page.locator("#chart-retention svg path").first).to_be_attached()
    frames = page.locator(".frames i")
    expect(frames).to_have_count(12)
    assert [frame.evaluate("el => el.style.backgroundPosition") for frame in frames.all()][:3] == [
        "25% 0%",  # 2.5 s: the second of five
        "75% 0%",  # 7.5 s
        "25% 25%",  # 12.5 s: the second of the second row
    ]
    assert frames.nth(11).evaluate("el => el.style.backgroundImage").endswith('00002.jpg")')
    # In line with the curve: the first picture begins where the axis does.
    plot = page.locator("#chart-retention svg").bounding_box()
    first, last = frames.first.bounding_box(), frames.last.bounding_box()
    assert plot and first and last
    assert first["x"] == pytest.approx(plot["x"] + 56, abs=2)
    assert last["x"] + last["width"] == pytest.approx(plot["x"] + plot["width"] - 20, abs=2)
    assert faults == []


def test_a_flag_is_lifted_after_a_question(
    desktop: BrowserContext, site: Site, house: House, audience: Audience
) -> None:
    play = audience.watch("春茶", 60, excluded=True)
    with house.db.begin() as session:
        query = text("SELECT box_no, day FROM play WHERE id = :id")
        box, day = session.execute(query, {"id": play}).one()
        session.add(BoxFlag(box_no=box, day=day, reason="minute", actions=999))
    page, faults = signed_in(desktop, site, "/desk/flags")
    questions: list[str] = []

    def agree(dialog: object) -> None:
        questions.append(dialog.message)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", agree)
    page.get_by_role("button", name="恢复计入").click()

    expect(page.locator("tbody")).to_contain_text("已恢复（yunying）")
    assert len(questions) == 1
    assert faults == []


@pytest.mark.parametrize(
    "path",
    [
        *("/desk/", "/desk/live", "/desk/coverage", "/desk/groups", "/desk/searches"),
        *("/desk/receipts", "/desk/flags", "/desk/definitions", "/desk/lessons/{lesson}/retention"),
        *("/desk/statements", "/desk/statements/{month}", "/desk/statements/{month}/courses"),
    ],
)
def test_pages_fit_a_phone(
    phone: BrowserContext, site: Site, house: House, audience: Audience, path: str
) -> None:
    _, lesson = audience.courses["春茶"]
    audience.watch("春茶", 60, region="520302001", people=25)
    audience.watch("春茶", 60, region="520302001", days_ago=70)
    day = {"day": audience.today}
    with house.db.begin() as session:
        session.execute(
            text("INSERT INTO search_miss VALUES (:day, '520302', '养蜂技术入门', 12)"), day
        )
    statement = freeze(house, None, datetime.now(UTC), by="yunying")
    month = months.written(statement.month)
    page, faults = signed_in(phone, site, path.format(lesson=lesson, month=month))
    expect(page.locator("h1")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


def test_what_is_being_typed_stays_when_the_list_is_renewed(
    browser: Browser, site: Site, audience: Audience
) -> None:
    with at_a_screen(browser, site, "operator", "/desk/") as page:
        page.clock.install()
        page.goto("/desk/?view=plays")
        page.get_by_label("机顶盒编号").fill("12")
        late = audience.watch("春茶", 60)
        with page.expect_response(lambda answer: "/desk/?" in answer.url):
            page.clock.run_for(31_000)
        expect(page.locator("#table")).to_contain_text(str(late))
        expect(page.get_by_label("机顶盒编号")).to_have_value("12")
        page.get_by_role("button", name="筛选").click()
        expect(page.get_by_text("没有符合条件的播放")).to_be_visible()
        expect(page.get_by_title("不限“机顶盒 0000 0012”")).to_be_visible()
