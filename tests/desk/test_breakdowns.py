"""By whatever the figures are told, they are the same plays: screen, files and lists agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.house import House
from catalog import editing
from player_api.reports.tables import Reduction
from tests.desk.audience import Audience
from tests.desk.reading import changes, figure, page_rows, rows, sheet_values
from tests.visiting import Site, Visitor, open_site

VIEWS = (
    *("courses", "lessons", "categories", "tags", "regions"),
    *("days", "weeks", "months", "hours", "weekhours", "plays"),
)
OF_LESSON = ("plays", "regions", "days", "weeks", "months", "hours", "weekhours")
OF_COURSE = ("lessons", "regions", "days", "weeks", "months", "hours", "weekhours", "plays")
# A line's plays are told once each, so the lines add up.
ADDING = ("courses", "lessons", "categories", "regions", "days", "weeks", "months", "hours")
PLACES = ("", "52", "5203", "520302", "520302001")
PLAYS, SECONDS = "播放次数", "观看时长（秒）"


@pytest.fixture
def province(house: House) -> Audience:
    """Plays of 70 days, at all hours, in boxes of every level; categories inside each other."""
    audience = Audience(house)
    with house.db.begin() as session:
        inner = editing.create_category(session, slug="green", title="绿茶", parent=audience.shelf)
        other = editing.create_category(session, slug="goats", title="养羊")
    audience.add_course("绿茶炒制", inner, tags=["茶", "加工"])
    audience.add_course("黑山羊", other, tags=["茶"])
    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    audience.add_course("没人看的课", other, published_at=long_ago)
    regions = ("52", "5203", "520302", "520302001", "520302002", "520381", "520102")
    titles = ("春茶", "=苗绣", "绿茶炒制", "黑山羊")
    for number in range(42):
        audience.watch(
            titles[number % 4],
            (2, 4, 31, 59.5)[number * 5 % 4 if number % 3 else 3],
            region=regions[number % 7],
            days_ago=number * 11 % 70,
            hour=number * 5 % 24,
            excluded=number % 13 == 0,
            tally=False,
        )
    audience.tally()
    return audience


@pytest.fixture
def operator(site: Site, province: Audience) -> Visitor:
    return site.visitor("operator")


def column(table: list[list[str]], heading: str) -> list[str]:
    """The values below a heading, the total last."""
    return [row[table[0].index(heading)] for row in table[1:]]


def number(words: str) -> float | str:
    """What a spreadsheet makes of a cell: numbers, percentages, else words."""
    plain = words.replace(",", "").removeprefix("+")
    if re.fullmatch(r"[-+]?\d+(\.\d+)?%", plain):
        return round(float(plain[:-1]) / 100, 6)
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else words


def same_numbers(operator: Visitor, address: str, **params: str) -> None:
    page = page_rows(operator.get(address, **params).text)
    files = address.rstrip("/") + "/table"
    sheet = rows(operator, f"{files}.csv", **params)
    book = sheet_values(operator.get(f"{files}.xlsx", **params).content)
    program = json.loads(operator.get(f"{files}.json", **params).text)

    shown = [sheet[0].index(heading) for heading in page[0]]
    assert len(page) == len(sheet) == len(book) == len(program["lines"]) + 2
    for on_page, in_csv, in_book in zip(page[1:], sheet[1:], book[1:], strict=True):
        in_csv = [cell.removeprefix("'") for cell in in_csv]
        assert [number(cell) for cell in on_page] == [number(in_csv[n]) for n in shown]
        assert [number(cell) for cell in in_csv] == [number(cell) for cell in in_book]


def below(region: str, views: Sequence[str]) -> list[str]:
    """The views that there are of a region: nothing is below a township."""
    return [view for view in views if view != "regions" or len(region) < 9]


@pytest.mark.parametrize("against", ["", "previous", "year"])
def test_page_csv_excel_and_json_have_the_same_numbers(operator: Visitor, against: str) -> None:
    for view in VIEWS:
        same_numbers(operator, "/desk/", days="30", view=view, against=against)


def test_the_files_of_courses_and_lessons_are_their_pages(
    operator: Visitor, province: Audience
) -> None:
    course, lesson = province.courses["绿茶炒制"]
    for view in OF_COURSE:
        same_numbers(operator, f"/desk/courses/{course}", days="30", view=view)
    for view in OF_LESSON:
        same_numbers(operator, f"/desk/lessons/{lesson}", days="30", view=view)


@pytest.mark.parametrize("region", PLACES)
def test_every_table_adds_up_to_the_plays_of_the_list(operator: Visitor, region: str) -> None:
    plays = rows(operator, "/desk/table.csv", days="90", region=region, view="plays")
    counted = [row for row in plays[1:-1] if row[plays[0].index("计播放")] == "是"]
    seconds = sum(float(row[plays[0].index(SECONDS)]) for row in counted)

    for view in below(region, ADDING):
        table = rows(operator, "/desk/table.csv", days="90", region=region, view=view)

        *lines, total = map(int, column(table, PLAYS))
        assert sum(lines) == total == len(counted) > 0, view
        assert sum(map(float, column(table, SECONDS)[:-1])) == pytest.approx(seconds)
        page = operator.get("/desk/", days="90", region=region, view=view).text
        assert figure(page, "plays") == str(total)


@pytest.mark.parametrize("region", PLACES)
def test_a_course_has_the_plays_of_its_list_in_every_region(
    operator: Visitor, province: Audience, region: str
) -> None:
    address = f"/desk/courses/{province.courses['绿茶炒制'][0]}/table.csv"
    plays = rows(operator, address, days="90", region=region, view="plays")
    is_play = plays[0].index("计播放")
    counted = sum(row[is_play] == "是" for row in plays[1:-1])

    for view in below(region, ("lessons", "regions", "days", "weeks", "months")):
        table = rows(operator, address, days="90", region=region, view=view)

        *lines, total = map(int, column(table, PLAYS))
        assert sum(lines) == total == counted == int(plays[-1][is_play]), view


def test_a_category_has_the_plays_of_those_inside_it(operator: Visitor, province: Audience) -> None:
    upper = rows(operator, "/desk/table.csv", days="90", view="categories")
    plays = dict(zip(column(upper, "分类"), map(int, column(upper, PLAYS)), strict=True))
    inside = rows(
        operator,
        "/desk/table.csv",
        days="90",
        view="categories",
        category=str(province.shelf.id),
    )

    assert plays["茶叶"] + plays["养羊"] == plays["合计"]
    assert column(inside, "分类") == ["绿茶", "直属本类的课程", "合计"]
    own, direct, total = map(int, column(inside, PLAYS))
    assert own and direct and own + direct == total == plays["茶叶"]


def test_a_play_of_two_tags_is_in_both_lines_and_once_in_the_total(operator: Visitor) -> None:
    page = operator.get("/desk/", days="90", view="tags").text
    table = page_rows(page)
    plays = dict(zip(column(table, "标签"), map(int, column(table, PLAYS)), strict=True))

    everything = int(figure(page, "plays"))
    assert plays["茶"] > plays["加工"] > 0
    assert plays["茶"] + plays["没有标签的课程"] == plays["合计"] == everything
    assert "各行相加可能大于合计" in page


def test_boxes_of_an_upper_region_stay_in_a_line_of_their_own(operator: Visitor) -> None:
    for region in ("", "5203", "520302"):
        table = rows(operator, "/desk/table.csv", days="90", region=region, view="regions")

        assert table[-2][1] == "未归入下级地区" and int(table[-2][2]) > 0


def test_the_least_played_begins_with_what_nobody_played(operator: Visitor) -> None:
    table = rows(operator, "/desk/table.csv", days="90", order="asc", sort="plays")
    top = rows(operator, "/desk/table.csv", days="90")

    assert table[1][1:3] == ["没人看的课", "0"]
    assert column(top, PLAYS)[:-1] == column(table, PLAYS)[-2::-1]
    page = operator.get("/desk/", days="90", order="asc", sort="plays").text
    assert page_rows(page)[1][1] == "没人看的课" and "播放最少" in page


@pytest.mark.parametrize("sort", ["effective", "completion"])
def test_a_heading_orders_by_its_column(operator: Visitor, sort: str) -> None:
    page = operator.get("/desk/", days="90", sort=sort).text
    heading = re.search(r'aria-sort="descending"><a href="([^"]*)">([^<]*)', page)
    assert heading
    values = [number(words) for words in column(page_rows(page), heading[2])[:-1]]

    numbers: list[Any] = [value if isinstance(value, float) else -1.0 for value in values]
    assert numbers == sorted(numbers, reverse=True)
    again = operator.get(heading[1].replace("&amp;", "&")).text
    assert 'aria-sort="ascending"' in again


@pytest.fixture
def grown(house: House, site: Site) -> Visitor:
    """春茶 goes from 2 plays to 3, =苗绣 from none to 1; 羊 was watched a year ago alone."""
    audience = Audience(house)
    audience.add_course("羊", audience.shelf)
    for days_ago in (1, 3, 7, 8, 14):
        audience.watch("春茶", 60, days_ago=days_ago)
    audience.watch("=苗绣", 10, days_ago=2)
    yesterday = audience.today - timedelta(days=1)
    a_year = (audience.today - yesterday.replace(year=yesterday.year - 1)).days
    audience.watch("羊", 60, days_ago=a_year)
    return site.visitor("operator")


@pytest.fixture
def last_week(house: House) -> dict[str, str]:
    """The seven days up to yesterday."""
    today = house.now().astimezone(house.settings.zone).date()
    start, end = (today - timedelta(days=n) for n in (7, 1))
    return {"from": start.isoformat(), "to": end.isoformat()}


def test_growth_is_against_as_many_days_before(grown: Visitor, last_week: dict[str, str]) -> None:
    table = rows(grown, "/desk/table.csv", **last_week, against="previous")
    lines = {row[1].removeprefix("'"): row[2:6] for row in table[1:]}

    assert table[0][3:6] == ["上一期播放", "增减", "增幅"]
    assert lines["春茶"] == ["3", "2", "1", "+50.0%"]
    assert lines["=苗绣"] == ["1", "0", "1", "新增"]
    assert table[-1][2:6] == ["4", "2", "2", "+100.0%"]
    assert changes(grown.get("/desk/", **last_week).text, "plays") == ["+100.0%", "+300.0%"]


def test_what_was_watched_a_year_ago_alone_is_in_the_comparison(
    grown: Visitor, last_week: dict[str, str]
) -> None:
    asked = {**last_week, "against": "year", "sort": "change", "order": "asc"}
    table = rows(grown, "/desk/table.csv", **asked)

    assert table[1][1:6] == ["羊", "0", "1", "-1", "-100.0%"]
    assert table[-1][2:6] == ["4", "1", "3", "+300.0%"]


@pytest.fixture
def at_two(house: House) -> Iterator[Visitor]:
    """It is 14:20. Today and seven days ago somebody watched at 9, at 14 and, then, at 20."""
    zone = house.settings.zone
    today = house.now().astimezone(zone).replace(hour=14, minute=20)
    audience = Audience(house)
    for hour, days_ago in ((9, 0), (9, 0), (14, 0), (9, 7), (13, 7), (14, 7), (20, 7), (12, 1)):
        audience.watch("春茶", 60, hour=hour, days_ago=days_ago, tally=False)
    audience.watch("=苗绣", 60, hour=9, days_ago=8, tally=False)
    audience.tally()
    with open_site(replace(house, now=lambda: today)) as site:
        yield site.visitor("operator")


def test_a_day_that_still_runs_is_compared_to_the_full_hour(at_two: Visitor) -> None:
    asked = {"days": "7", "against": "previous", "view": "regions"}
    page = at_two.get("/desk/", **asked).text
    table = rows(at_two, "/desk/table.csv", **asked)

    # Today's two of 9 and yesterday's one, against two of a week ago and the one before those.
    assert changes(page, "plays")[0] == "0.0%"
    assert "只比较到今天 14:00" in page
    assert table[0][2:7] == [PLAYS, "本期可比播放", "上一期播放", "增减", "增幅"]
    assert table[-1][2:7] == ["4", "3", "3", "0", "0.0%"]
    same_numbers(at_two, "/desk/", **asked)


def test_courses_of_a_day_that_still_runs_are_compared_up_to_yesterday(at_two: Visitor) -> None:
    table = rows(at_two, "/desk/table.csv", days="7", against="previous")
    lines = {row[1].removeprefix("'"): row[2:7] for row in table[1:]}

    assert lines["春茶"] == ["4", "1", "0", "1", "新增"]
    assert lines["=苗绣"] == ["0", "0", "1", "-1", "-100.0%"]
    page = at_two.get("/desk/", days="7", against="previous").text
    assert "只比较到昨天" in page
    same_numbers(at_two, "/desk/", days="7", against="previous")


def test_a_period_that_reaches_into_the_future_is_cut_as_well(
    at_two: Visitor, house: House
) -> None:
    today = house.now().astimezone(house.settings.zone).date()
    asked = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=5))}
    table = rows(at_two, "/desk/table.csv", **asked, view="regions", against="previous")

    # Seven days of which one and 14 hours are over: against as much from eight days ago on.
    assert table[-1][2:7] == ["4", "3", "3", "0", "0.0%"]


def test_what_has_only_begun_is_not_compared(at_two: Visitor) -> None:
    page = at_two.get("/desk/", days="", period="today", against="previous").text

    assert "还没有可以对比的部分" in page and page_rows(page)[-1][2:7] == ["3", "0", "0", "0", "—"]
    # The figures above the table are known by the hour: two against one.
    assert changes(page, "plays")[0] == "+100.0%"


def test_weeks_begin_on_monday_and_say_which_days_they_have(
    operator: Visitor, province: Audience
) -> None:
    table = rows(
        operator, "/desk/table.csv", **{"from": "2026-01-01", "to": "2026-01-12"}, view="weeks"
    )

    assert column(table, "周（周一起）") == [
        "2026-W03（01-12—01-12）",
        "2026-W02（01-05—01-11）",
        "2026-W01（01-01—01-04）",
        "合计",
    ]


def test_a_line_of_time_leads_to_its_days(operator: Visitor, province: Audience) -> None:
    page = operator.get("/desk/", days="90", view="days").text
    day = (province.today - timedelta(days=1)).isoformat()

    assert f'href="/desk/?from={day}&amp;to={day}"' in page


def test_the_list_of_an_hour_has_its_plays(operator: Visitor) -> None:
    table = rows(operator, "/desk/table.csv", days="90", view="hours")
    for hour, plays in enumerate(map(int, column(table, PLAYS)[:-1])):
        listed = rows(operator, "/desk/table.csv", days="90", view="plays", hour=str(hour))

        assert int(listed[-1][listed[0].index("计播放")]) == plays
        assert sum(row[listed[0].index("计播放")] == "是" for row in listed[1:-1]) == plays


def test_hours_of_one_course_are_told_for_a_month_at_most(
    operator: Visitor, province: Audience
) -> None:
    address = f"/desk/courses/{province.courses['春茶'][0]}"

    assert "时间最长 31 天" in operator.get(address, days="90", view="hours").text
    assert "时间最长" not in operator.get(address, days="30", view="hours").text


def test_a_course_is_found_by_number_initials_and_words(operator: Visitor) -> None:
    for words in ("黑山", "HSY"):
        page = operator.get("/desk/", q=words, days="90").text
        assert [row[1] for row in page_rows(page)[1:-1]] == ["黑山羊"]
    found = page_rows(operator.get("/desk/", q="001", days="90").text)
    assert [row[0] for row in found[1:-1]] == ["001"]
    assert "没有找到这样的课程" in operator.get("/desk/", q="飞机").text


def test_plays_that_do_not_count_say_why(operator: Visitor) -> None:
    table = rows(operator, "/desk/table.csv", days="90", view="plays")

    why = {(row[table[0].index("计播放")], row[-1]) for row in table[1:-1]}
    assert why == {("是", ""), ("否", "3 秒以内"), ("否", "异常用户")}


def test_named_periods_stay_in_the_address(operator: Visitor) -> None:
    for period in ("today", "month", "last-month", "year"):
        page = operator.get("/desk/", period=period).text

        assert f'period={period}" aria-current="true"' in page
        assert "日期不对" not in page


def test_boxes_of_each_line_are_counted_once_a_line(house: House, site: Site) -> None:
    audience = Audience(house)
    home = audience.watch("春茶", 60)
    with house.db.begin() as session:
        box = session.execute(text("SELECT box_no FROM play WHERE id = :id"), {"id": home})
        number = box.scalar_one()
    audience.watch("春茶", 60, box=number, days_ago=1)
    audience.watch("=苗绣", 60, box=number)
    audience.watch("=苗绣", 60, region="5201")
    audience.watch("=苗绣", 2, region="5201")
    operator = site.visitor("operator")
    expected = {
        "courses": {"春茶": "1", "'=苗绣": "2"},
        "categories": {"茶叶": "2"},
        "regions": {"贵阳市": "1", "遵义市": "1"},
        "days": {audience.today.isoformat(): "2"},
    }
    for view, wanted in expected.items():
        table = rows(operator, "/desk/table.csv", days="7", view=view, boxes="1")
        label = 1 if view in ("courses", "regions") else 0
        found = {
            row[label]: boxes
            for row, boxes in zip(table[1:], column(table, "收看户数"), strict=True)
        }

        assert wanted.items() <= found.items(), view
        assert column(table, "收看户数")[-1] == "2"
    same_numbers(operator, "/desk/", days="7", boxes="1")


def test_reduced_plays_are_said_so(house: House, site: Site, province: Audience) -> None:
    operator = site.visitor("operator")
    month = (province.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    with house.db.begin() as session:
        session.add(Reduction(through=month, reduced_at=datetime.now(UTC), reduced_by="x", plays=1))

    page = operator.get("/desk/", days="90", view="plays").text

    assert "逐次播放记录保留自" in page
    refused = operator.get("/desk/table.csv", days="90", view="plays")
    assert refused.status_code == 409
    county = operator.get("/desk/", period="today", region="520302001")
    assert county.status_code == 200
    assert int(figure(operator.get("/desk/", days="90").text, "plays")) > 0
