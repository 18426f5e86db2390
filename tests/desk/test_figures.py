"""Every figure of the desk is the sum of its plays, on the page and in the files."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest

from tests.desk.audience import Audience
from tests.desk.reading import figure, page_rows, rows
from tests.visiting import Site, Visitor


@pytest.fixture
def operator(site: Site, audience: Audience) -> Visitor:
    return site.visitor("operator")


def test_totals_are_the_sums_of_the_tallies(operator: Visitor) -> None:
    page = operator.get("/desk/", days="30").text

    assert figure(page, "plays") == "4"
    assert figure(page, "effective") == "3"
    assert figure(page, "completion") == "50.0%"
    assert figure(page, "boxes") == "4"
    assert page_rows(page)[-1][:5] == ["合计", "", "4", "3", "2"]


@pytest.mark.parametrize(
    ("region", "plays"),
    [("", 5), ("52", 5), ("5203", 2), ("520302", 1), ("5201", 2), ("520103", 0)],
)
def test_a_region_is_the_sum_of_everything_below_it(
    operator: Visitor, region: str, plays: int
) -> None:
    page = operator.get("/desk/", days="90", region=region).text

    assert figure(page, "plays") == str(plays)


def test_a_county_menu_of_another_prefecture_does_not_count(operator: Visitor) -> None:
    page = operator.get("/desk/", prefecture="5201", county="520302").text

    assert 'value="5201" selected' in page and figure(page, "plays") == "1"


def test_every_sum_leads_down_to_play_ids(operator: Visitor, audience: Audience) -> None:
    course, lesson = audience.courses["春茶"]
    overview = operator.get("/desk/").text
    assert f'href="/desk/courses/{course}?days=30"' in overview
    below = operator.get(f"/desk/courses/{course}").text
    assert f'href="/desk/lessons/{lesson}?days=30"' in below
    assert figure(below, "plays") == "2"

    plays = rows(operator, f"/desk/lessons/{lesson}/table.csv", days="30")

    is_play = plays[0].index("计播放")
    counted = [row for row in plays[1:-1] if row[is_play] == "是"]
    assert (len(plays) - 2, len(counted), plays[-1][is_play]) == (3, 2, "2")
    page = operator.get(f"/desk/lessons/{lesson}").text
    assert all(UUID(row[0]) and row[0] in page for row in plays[1:-1])


def test_own_dates_are_both_included(operator: Visitor, audience: Audience) -> None:
    day = (audience.today - timedelta(days=1)).isoformat()

    page = operator.get("/desk/", **{"from": day, "to": day}).text

    assert figure(page, "plays") == "2"


@pytest.mark.parametrize(
    "dates",
    [
        {"from": "2024-02-30", "to": "2024-03-01"},
        {"from": "2024-03-02", "to": "2024-03-01"},
        {"from": "1900-01-01", "to": "2024-03-01"},
        {"days": "31"},
    ],
)
def test_impossible_dates_are_said_so(operator: Visitor, dates: dict[str, str]) -> None:
    answer = operator.get("/desk/", **dates)

    assert answer.status_code == 200
    assert "日期不对" in answer.text


def test_a_title_never_becomes_a_formula(operator: Visitor) -> None:
    table = rows(operator, "/desk/table.csv")

    assert [row[1] for row in table[1:-1]] == ["春茶", "'=苗绣"] or "'=苗绣" in table[1]
    book = operator.get("/desk/table.xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


def test_without_plays_the_page_says_what_to_do(site: Site) -> None:
    page = site.visitor("operator").get("/desk/").text

    assert "这段时间还没有观看数据" in page


def test_an_unknown_download_or_region_is_answered_in_words(operator: Visitor) -> None:
    assert operator.get("/desk/table.pdf").status_code == 404
    assert "没有这个地区代码" in operator.get("/desk/", region="99").text
