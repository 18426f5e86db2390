"""The desk's further pages: what they show is what is in the tables, on screen and in files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.house import House
from player_api.reports.rollups import renew_roster, roll_up
from tests.desk.audience import Audience
from tests.plays import MAKE_ALIVE
from tests.visiting import Site, Visitor

PAGES = {
    "/desk/live": "正在播放",
    "/desk/coverage": "覆盖率",
    "/desk/groups": "集体学习",
    "/desk/searches": "未找到的搜索",
    "/desk/receipts": "收报对账",
    "/desk/flags": "异常用户",
    "/desk/definitions": "指标口径",
}
RECEIPT = text(
    "INSERT INTO receipt VALUES (:day, :region, :received, :counted, :unchanged, :late, :invalid,"
    " :refused)"
)
REFUSAL = text("INSERT INTO refusal VALUES (:day, :region, :code, :events)")
MISS = text("INSERT INTO search_miss VALUES (:day, :county, :query, :searches)")


@pytest.fixture
def operator(site: Site, audience: Audience) -> Visitor:
    return site.visitor("operator")


def table(operator: Visitor, path: str, **params: Any) -> list[list[str]]:
    answer = operator.get(path, **params)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def on_page(page: str) -> list[list[str]]:
    grid = page[page.index('id="table"') : page.index("</table>")]
    lines = re.findall(r"<tr.*?</tr>", grid, re.S)
    return [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", line)]
        for line in lines
    ]


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}"><span>[^<]*</span><strong>([^<]*)', page)
    assert found, name
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_reached_from_the_desk(operator: Visitor, path: str) -> None:
    assert f'href="{path}?' in operator.get("/desk/").text

    answer = operator.get(path, lang="zh")
    assert answer.status_code == 200
    assert PAGES[path] in answer.text
    assert operator.get(path, lang="en").status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/desk/definitions"])
def test_nobody_reads_them_without_signing_in(site: Site, path: str) -> None:
    visitor = site.visitor()
    assert visitor.get(path).status_code == 303
    assert visitor.get(f"{path}/table.csv").status_code == 303


def test_what_plays_now_is_told_by_region_and_course(
    house: House, audience: Audience, site: Site
) -> None:
    with house.db.begin() as session:
        session.execute(
            text(
                f"{MAKE_ALIVE} WHERE id IN (SELECT id FROM play WHERE is_play"
                " AND region_code IN ('520102', '520381'))"
            )
        )
    operator = site.visitor("operator")
    now = operator.get("/desk/live/now").text

    assert figure(now, "alive") == "3"
    assert re.findall(r'>([^<>]+)</a></span><b class="num"><a[^>]*>(\d+)', now) == [
        ("贵阳市", "2"),
        ("遵义市", "1"),
        ("001 春茶", "2"),
        ("002 =苗绣", "1"),
    ]
    assert figure(operator.get("/desk/live/now", region="5203").text, "alive") == "1"


def test_what_plays_now_comes_as_files(house: House, audience: Audience, site: Site) -> None:
    with house.db.begin() as session:
        session.execute(text(f"{MAKE_ALIVE} WHERE id IN (SELECT id FROM play WHERE is_play)"))
    operator = site.visitor("operator")
    page = operator.get("/desk/live/now").text

    both = ("regions", "courses")
    for what in both:
        assert f'href="/desk/live/now/{what}.csv?' in page
    regions, courses = (table(operator, f"/desk/live/now/{what}.csv") for what in both)
    assert regions[0] == ["地区代码", "地区", "正在播放", "截至"]
    assert [line[:3] for line in regions[1:]] == [
        ["5201", "贵阳市", "2"],
        ["5203", "遵义市", "2"],
        ["52", "未归入下级地区", "1"],
        ["合计", "", "5"],
    ]
    assert [line[:3] for line in courses[1:-1]] == [["001", "春茶", "3"], ["002", "'=苗绣", "2"]]
    assert table(operator, "/desk/live/now/courses.csv", region="5203")[-1][2] == "2"
    assert operator.get("/desk/live/now/boxes.csv").status_code == 404
    assert operator.get("/desk/live/now/regions.pdf").status_code == 404
    with house.db.begin() as session:
        session.execute(text("UPDATE account SET region_code = '520381'"))
    assert table(operator, "/desk/live/now/regions.csv")[-1][2] == "1"
    assert operator.get("/desk/live/now/regions.csv", region="5201").status_code == 403


def test_the_peaks_are_the_same_rolled_up_or_not(
    house: House, operator: Visitor, audience: Audience
) -> None:
    before = table(operator, "/desk/live/table.csv", days="7")
    page = operator.get("/desk/live", days="7").text
    assert on_page(page)[1:] == before[1:]
    yesterday = (audience.today - timedelta(days=1)).isoformat()
    assert [yesterday, "2", f"{yesterday} 12:00:00"] in before

    with house.db.begin() as session:
        session.execute(text("INSERT INTO changed_day (day) SELECT DISTINCT day FROM play"))
    from datetime import UTC, datetime

    roll_up(house, datetime.now(UTC))
    assert table(operator, "/desk/live/table.csv", days="7") == before


def test_a_lesson_has_a_retention_curve(operator: Visitor, audience: Audience) -> None:
    _, lesson = audience.courses["春茶"]
    address = f"/desk/lessons/{lesson}/retention"
    page = operator.get(address, days="30").text
    lines = table(operator, f"{address}/table.csv", days="30")

    # Two plays count: one saw all 60 s, one the first 31.
    assert [line[3:] for line in lines[1:]] == [
        ["2", "100.0%", ""],
        ["2", "100.0%", "0"],
        ["2", "100.0%", "0"],
        ["1", "50.0%", "-1"],
        ["1", "50.0%", "0"],
        ["1", "50.0%", "0"],
    ]
    assert [line[0] for line in lines[1:]] == ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50"]
    shown = on_page(page)
    assert [line[:2] for line in shown[1:]] == [line[:2] for line in lines[1:]]
    assert figure(page, "end") == "50.0%"
    assert operator.get(f"{address}/table.xlsx").status_code == 200
    assert operator.get("/desk/lessons/999999/retention").status_code == 404


def test_coverage_adds_up_to_the_region_above(
    house: House, operator: Visitor, audience: Audience
) -> None:
    with house.db.begin() as session:
        session.execute(text("UPDATE box SET registered_at = now() - interval '90 days'"))
    before = table(operator, "/desk/coverage/table.csv", days="30")
    # Code, name, registered, heard, share, unheard, silent, never.
    assert before[1:] == [
        ["5201", "贵阳市", "2", "1", "50.0%", "1", "1", "0"],
        ["5203", "遵义市", "3", "2", "66.7%", "1", "0", "1"],
        ["52", "未归入下级地区", "1", "1", "100.0%", "0", "0", "0"],
        ["合计", "", "6", "4", "66.7%", "2", "1", "1"],
    ]
    below = table(operator, "/desk/coverage/table.csv", days="30", region="5203")
    assert below[-1][2:] == before[2][2:]
    assert on_page(operator.get("/desk/coverage", days="30").text) == before

    with house.db.begin() as session:
        from datetime import UTC, datetime

        now = datetime.now(UTC)
    renew_roster(house, now)
    assert table(operator, "/desk/coverage/table.csv", days="30") == before


def test_words_not_found_are_listed_most_searched_first(
    house: House, operator: Visitor, audience: Audience
) -> None:
    day = audience.today
    with house.db.begin() as session:
        for county, query, searches in (
            ("520302", "养蜂", 3),
            ("520102", "养蜂", 4),
            ("520102", "=电焊", 5),
        ):
            session.execute(
                MISS, {"day": day, "county": county, "query": query, "searches": searches}
            )
    lines = table(operator, "/desk/searches/table.csv", days="7")

    assert lines[1:] == [
        ["1", "养蜂", "7", "1", "2"],
        ["2", "'=电焊", "5", "1", "1"],
        ["", "合计", "12", "", ""],
    ]
    page = operator.get("/desk/searches", days="7", region="5203").text
    assert on_page(page)[1:] == [["1", "养蜂", "3", "1", "1"], ["", "合计", "3", "", ""]]


def test_receipts_balance_by_day_by_region_and_by_reason(
    house: House, operator: Visitor, audience: Audience
) -> None:
    day = audience.today
    with house.db.begin() as session:
        for region, counted, refused in (("520302", 7, 3), ("520102", 5, 0)):
            session.execute(
                RECEIPT,
                {"day": day, "region": region, "received": counted + refused + 6}
                | {"counted": counted, "unchanged": 3, "late": 2, "invalid": 1}
                | {"refused": refused},
            )
        for code, events in (("too_old", 2), ("new_code", 1)):
            session.execute(
                REFUSAL, {"day": day, "region": "520302", "code": code, "events": events}
            )

    days = table(operator, "/desk/receipts/table.csv", days="7")
    assert days[1] == [day.isoformat(), "27", "12", "6", "4", "2", "3", "0"]
    assert days[-1] == ["合计", "27", "12", "6", "4", "2", "3", "0"]
    regions = table(operator, "/desk/receipts/table.csv", days="7", view="regions")
    assert [line[1:3] for line in regions[1:]] == [["贵阳市", "11"], ["遵义市", "16"], ["", "27"]]
    reasons = table(operator, "/desk/receipts/table.csv", days="7", view="refusals")
    assert reasons[1:] == [
        ["too_old", "到达时已超过 30 天", "2", "66.7%"],
        ["new_code", "new_code", "1", "33.3%"],
        ["合计", "", "3", "100.0%"],
    ]
    assert "0 · 平" in operator.get("/desk/receipts", days="7").text


def test_a_supervisor_sees_the_own_region_alone(
    house: House, site: Site, audience: Audience
) -> None:
    supervisor = site.visitor("operator")
    with house.db.begin() as session:
        session.execute(text("UPDATE account SET region_code = '5203' WHERE name = 'operator'"))
        session.execute(
            MISS, {"day": audience.today, "county": "520102", "query": "电焊", "searches": 5}
        )
    _, lesson = audience.courses["春茶"]
    for path in (*PAGES, f"/desk/lessons/{lesson}/retention"):
        assert supervisor.get(path).status_code == 200
        if path != "/desk/definitions":
            assert supervisor.get(f"{path}/table.csv", region="5201").status_code == 403
            assert supervisor.get(path, region="52").status_code == 403
    assert "电焊" not in supervisor.get("/desk/searches").text
    assert "贵阳" not in supervisor.get("/desk/coverage").text
    assert supervisor.get("/desk/live/now", region="5201").status_code == 403


def test_people_present_are_told_by_region_course_and_day(
    operator: Visitor, audience: Audience
) -> None:
    audience.watch("春茶", 60, people=25)
    audience.watch("春茶", 60, people=40, days_ago=1)
    audience.watch("春茶", 60, people=8, region="520102")
    audience.watch("=苗绣", 60, people=100, region="52", days_ago=2)
    # Too short, left out as an invalid user, and longer ago: no people.
    audience.watch("春茶", 2, people=500)
    audience.watch("春茶", 60, people=500, excluded=True)
    audience.watch("春茶", 60, people=500, days_ago=40)

    page = operator.get("/desk/groups").text
    assert [figure(page, name) for name in ("groups", "people", "mean")] == ["4", "173", "43.2"]
    path = "/desk/groups/table.csv"
    regions = table(operator, path)
    assert [row[:1] + row[2:] for row in regions[1:]] == [
        ["5201", "1", "8"],
        ["5203", "2", "65"],
        ["52", "1", "100"],
        ["合计", "4", "173"],
    ]
    assert [row[1:] for row in table(operator, path, view="courses")[1:]] == [
        ["'=苗绣", "1", "100"],
        ["春茶", "3", "73"],
        ["", "4", "173"],
    ]
    days = table(operator, path, view="days", days="7")
    assert [row[1:] for row in days[1:]] == [
        ["2", "33"],
        ["1", "40"],
        ["1", "100"],
        *[["0", "0"]] * 4,
        ["4", "173"],
    ]
    assert on_page(page)[1][-2:] == ["1", "8"]
    assert operator.get("/desk/groups/table.xlsx", view="courses").content.startswith(b"PK")
    # The people are part of no other figure.
    assert figure(operator.get("/desk/").text, "plays") == "8"


def test_people_present_are_told_down_to_the_township(
    operator: Visitor, audience: Audience
) -> None:
    audience.watch("春茶", 60, people=12, region="520302001")
    audience.watch("春茶", 60, people=30, region="520302")

    found = table(operator, "/desk/groups/table.csv", region="520302")
    assert [row[:1] + row[2:] for row in found[1:]] == [
        ["520302001", "1", "12"],
        ["520302", "1", "30"],
        ["合计", "2", "42"],
    ]
