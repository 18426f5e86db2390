"""The wall card over HTTP: which courses are on which sheet, for whom, and in which words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import segno

from app.accounts.people import find_account
from app.house import House
from tests.visiting import Site, Visitor, open_site
from tests.wall.reading import heading, numbers, sheets, words

FARM = [f"{n}" for n in range(101, 131)]
CRAFTS = ["501", "502", "503"]


@pytest.fixture
def editor(site: Site, library: House) -> Visitor:
    return site.visitor("editor")


def card(visitor: Visitor, **wish: Any) -> list[str]:
    answer = visitor.get("/studio/wall-card", **wish)
    assert answer.status_code == 200
    return sheets(answer.text)


def test_a_category_takes_as_many_sheets_as_its_courses_need(editor: Visitor) -> None:
    paper = card(editor, by="category")

    assert [numbers(sheet) for sheet in paper] == [FARM[:12], FARM[12:24], FARM[24:], CRAFTS]
    assert [heading(sheet) for sheet in paper] == ["种植养殖"] * 3 + ["手艺"]
    assert "第 3 张，共 4 张" in words(paper[2])
    small = card(editor, by="category", size="24")
    assert [numbers(sheet) for sheet in small] == [FARM[:24], FARM[24:], CRAFTS]


def test_one_sheet_for_everything_has_something_of_every_category(editor: Visitor) -> None:
    (sheet,) = card(editor, by="category", sheets="1")

    assert numbers(sheet) == [*FARM[:9], *CRAFTS]


def test_a_category_is_printed_with_those_below_it_or_alone(
    editor: Visitor, library: House
) -> None:
    page = editor.get("/studio/wall-card", by="category").text
    ids = {title: key for key, title in re.findall(r'<option value="(\d+)" *>　*(.*?)<', page)}

    assert numbers("".join(card(editor, by="category", category=ids["种植养殖"]))) == FARM
    assert numbers("".join(card(editor, by="category", category=ids["山羊"]))) == FARM[19:]


def test_a_season_without_courses_of_its_own_is_a_sheet_of_everything(editor: Visitor) -> None:
    (sheet,) = card(editor, month="4")

    assert heading(sheet) == "4月农事课"
    assert numbers(sheet) == [*FARM[:9], *CRAFTS]


def test_numbers_picked_by_hand_are_printed_in_their_order(editor: Visitor) -> None:
    page = editor.get("/studio/wall-card", by="hand", numbers="503、101,101 900 77").text
    (sheet,) = sheets(page)

    assert numbers(sheet) == ["503", "101"]
    assert "没有印：900 077" in words(page)


def test_a_draft_is_on_no_card(editor: Visitor) -> None:
    for wish in ({"by": "category"}, {"by": "hand", "numbers": "900"}, {"sheets": "all"}):
        assert "900" not in numbers("".join(card(editor, **wish)))


def test_the_card_says_where_it_hangs_what_to_press_and_whom_to_call(editor: Visitor) -> None:
    place = {"prefecture": "5203", "county": "520302", "township": "520302001"}
    typed = {"village": " 清水  村 ", "phone": "0851-12345678"}
    (sheet,) = card(editor, **place, **typed, by="hand", numbers="101")

    assert heading(sheet) == "红花岗区 老城街道 清水 村 农课课程表"
    assert "在电视“农课”里按 1 0 1 就看《第101号课怎么学》" in words(sheet)
    assert "打电话：0851-12345678" in words(sheet)


def test_a_county_prints_a_card_for_each_of_its_townships(editor: Visitor) -> None:
    county = {"prefecture": "5203", "county": "520302", "by": "hand", "numbers": "101"}
    page = editor.get("/studio/wall-card", **county).text
    assert "每个乡镇街道各印一份" in page and len(sheets(page)) == 1

    paper = card(editor, **county, each="1")

    assert [heading(sheet).split()[:2] for sheet in paper] == [
        ["红花岗区", "老城街道"],
        ["红花岗区", "万里路街道"],
    ]


def test_what_is_typed_stands_on_paper_as_it_was_typed(editor: Visitor) -> None:
    page = editor.get("/studio/wall-card", village="<script>alert(1)</script>").text

    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_nonsense_in_the_address_still_gives_a_page(editor: Visitor) -> None:
    nonsense: list[dict[str, str]] = [
        {"month": "13"},
        {"month": "x", "size": "7", "sheets": "-1", "shape": "round", "by": "moon"},
        {"by": "category", "category": "99999999999999"},
        {"by": "category", "category": "²"},
        {"by": "hand", "numbers": "１０１ -- 12345"},
        {"region": "529999"},
    ]
    for wish in nonsense:
        assert editor.get("/studio/wall-card", **wish).status_code == 200, wish


def test_a_supervisor_prints_for_the_own_county_alone(site: Site, library: House) -> None:
    site.person("jiandu", "operator")
    with library.db.begin() as session:
        account = find_account(session, "jiandu")
        assert account
        account.region_code = "520302"
    supervisor = site.visitor()
    supervisor.sign_in("jiandu")
    page = supervisor.get("/desk/wall-card").text

    offered = re.findall(r'<option value="(\d{4,})" *>', page)
    assert offered == ["520302001", "520302002"] and 'name="prefecture"' not in page
    assert heading(sheets(page)[0]).startswith("红花岗区")
    own = supervisor.get("/desk/wall-card", township="520302002").text
    assert heading(sheets(own)[0]).startswith("红花岗区 万里路街道")
    assert supervisor.get("/desk/wall-card", region="520102").status_code == 403
    assert supervisor.get("/studio/wall-card").status_code == 403


def test_the_card_is_found_in_the_studio_and_at_the_desk(editor: Visitor) -> None:
    assert 'href="/studio/wall-card"' in editor.get("/studio/").text
    desk = editor.get("/desk/").text
    assert 'href="/desk/wall-card"' in desk
    assert 'aria-current="page">墙卡' in editor.get("/desk/wall-card").text


def test_nobody_else_sees_the_page(site: Site, library: House) -> None:
    stranger = site.visitor()
    for path in ("/studio/wall-card", "/desk/wall-card"):
        answer = stranger.get(path)
        assert answer.status_code == 303 and "/sign-in" in answer.headers["location"]


def test_the_card_is_complete_in_english(editor: Visitor) -> None:
    page = editor.get("/studio/wall-card", by="hand", numbers="101 502 900", lang="en").text
    left = set(re.findall(r"[\u4e00-\u9fff]+", page.replace("贵阳市", "").replace("遵义市", "")))

    assert "In Nongke on TV, press 1 0 1 to watch" in words(page)
    assert left <= {"中文", "第", "号课怎么学", "种植养殖", "手艺", "茶叶", "山羊"}


def test_the_codes_lead_to_the_public_address(site: Site, library: House) -> None:
    public = library.settings.model_copy(update={"public_url": "https://nongke.example.cn/"})
    with open_site(replace(library, settings=public)) as outside:
        page = outside.visitor("editor").get("/studio/wall-card", by="hand", numbers="101").text

    for address in ("https://nongke.example.cn/tv/", "https://nongke.example.cn/tv/#/course/101"):
        drawn = segno.make_qr(address, error="m").svg_inline(border=4)
        assert re.findall(r' d="[^"]*"', drawn)[0] in page
