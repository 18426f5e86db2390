"""Lists of plays: page after page without a gap, and files of any length in little memory."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app.desk.book import xlsx_bytes, xlsx_pieces
from app.desk.tables import Column, Line, Table, Wording
from app.house import House
from player_api.reports.tallies import rebuild
from tests.desk.audience import Audience
from tests.desk.reading import page_rows, rows, sheet_values
from tests.visiting import Site, Visitor

WORDING = Wording(yes="是", no="否", new="新增", zone=ZoneInfo("Asia/Shanghai"))
# Plays of the last 600 days, several in one and the same moment.
MANY = text("""
WITH terms AS (
    INSERT INTO play_terms (lesson_id, course_id, duration_ms, completion_percent)
    VALUES (:lesson, :course, 60000, 90)
    RETURNING number
)
INSERT INTO play_row (id, box_no, terms_no, region_no, day, hour, start_ms, lived_ms, seq, watched,
    watch_ms, position_ms, state_letter)
SELECT uuidv7(), n % 97, number,
    region_no_of((ARRAY['520302', '520302001', '5201'])[1 + n % 3]),
    here::date, extract(hour FROM here),
    extract(epoch FROM at - here::date::timestamp AT TIME ZONE 'UTC') * 1000, 0, 1,
    int4multirange(int4range(0, 1 + n * 7 % 60000)), n % 60000, 0, 'e'
FROM terms, (
    SELECT n, now() - interval '600 days' * ((n / 4)::float / (:plays / 4)) AS at
    FROM generate_series(0, :plays - 1) AS n
) AS made, LATERAL (SELECT at AT TIME ZONE 'Asia/Shanghai' AS here) AS calendar
""")


def watch_often(house: House, plays: int) -> Audience:
    audience = Audience(house)
    course, lesson = audience.courses["春茶"]
    with house.db.begin() as session:
        session.execute(MANY, {"course": course, "lesson": lesson, "plays": plays})
        rebuild(session)
    return audience


@pytest.fixture
def period(house: House) -> dict[str, str]:
    """Nearly the longest period, up to today."""
    today = datetime.now(house.settings.zone).date()
    return {"from": str(today - timedelta(days=700)), "to": str(today)}


def walk(visitor: Visitor, address: str, **params: str) -> list[list[str]]:
    """The lines of all pages of a list, by the way that leads to older plays."""
    page = visitor.get(address, view="plays", **params).text
    found = page_rows(page)[1:-1]
    while older := re.search(r'href="([^"]*)" rel="next"', page):
        page = visitor.get(older[1].replace("&amp;", "&")).text
        found += page_rows(page)[1:-1]
    return found


@pytest.mark.parametrize("region", ["", "520302"])
def test_the_pages_of_a_list_have_every_play_once_newest_first(
    house: House, site: Site, period: dict[str, str], region: str
) -> None:
    watch_often(house, 330)
    operator = site.visitor("operator")

    walked = walk(operator, "/desk/", region=region, **period)

    file = rows(operator, "/desk/table.csv", view="plays", region=region, **period)[1:-1]
    assert [line[0] for line in walked] == [line[0] for line in file]
    assert len({line[0] for line in walked}) == len(walked) == (220 if region else 330)
    moments = [line[1] for line in walked]
    assert moments == sorted(moments, reverse=True)


def test_the_plays_of_a_lesson_are_walked_as_well(
    house: House, site: Site, period: dict[str, str]
) -> None:
    audience = watch_often(house, 160)
    operator = site.visitor("operator")

    walked = walk(operator, f"/desk/lessons/{audience.courses['春茶'][1]}", **period)

    assert len({line[0] for line in walked}) == len(walked) == 160


@pytest.mark.parametrize("after", ["x", "1_2", "99999999999999999999999_", "-5_", "_", "'"])
def test_a_place_that_is_none_begins_anew(house: House, site: Site, after: str) -> None:
    watch_often(house, 8)
    operator = site.visitor("operator")

    assert len(page_rows(operator.get("/desk/", view="plays", after=after, days="90").text)) > 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_long_file_takes_little_memory(
    house: House, site: Site, period: dict[str, str], kind: str
) -> None:
    watch_often(house, 12_000)
    operator = site.visitor("operator")
    params = {"view": "plays", **period}
    operator.get(f"/desk/table.{kind}", days="today", view="plays")
    size = 0
    tracemalloc.start()
    try:
        with operator.client.stream("GET", f"/desk/table.{kind}", params=params) as answer:
            for piece in answer.iter_raw():
                size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # All its lines together would take twice as much.
    assert size > 600_000 and peak < 8_000_000


def test_a_book_of_more_lines_than_a_sheet_holds_goes_on_in_the_next() -> None:
    table = Table(
        name="plays",
        columns=[Column(heading="号"), Column(heading="次", kind="count")],
        lines=[Line(values=(f"p{n}", n)) for n in range(7)],
        totals=("合计", 21),
    )
    book = xlsx_bytes(table, WORDING, rows_a_sheet=3)

    sheets = [sheet_values(book, number) for number in (1, 2, 3)]
    assert [row[0] for row in sheets[0]] == ["号", "p0", "p1", "p2"]
    assert [row[0] for row in sheets[1]] == ["号", "p3", "p4", "p5"]
    assert [row[0] for row in sheets[2]] == ["号", "p6", "合计"]
    with zipfile.ZipFile(BytesIO(book)) as file:
        names = re.findall(r'<sheet name="([^"]*)"', file.read("xl/workbook.xml").decode())
    assert names == ["plays", "plays 2", "plays 3"]


def test_a_book_begins_before_its_last_line_is_known() -> None:
    asked = []

    def lines() -> Iterator[Line]:
        for number in range(50_000):
            asked.append(number)
            yield Line(values=(str(uuid4()),))

    table = Table(name="plays", columns=[Column(heading="号")], lines=[], stream=lines())
    pieces = xlsx_pieces(table, WORDING)
    first = next(pieces)

    assert first.startswith(b"PK") and 0 < len(asked) < 10_000
    assert len(sheet_values(b"".join([first, *pieces]))) == 50_001


def test_a_cell_of_a_book_says_what_was_written_into_it() -> None:
    texts = ["=1+1", '苗绣 <&> "1"', " 前后 ", "上\n下", "x" * 40_000]
    odd = ["\x01", "_x0041_"]
    table = Table(
        name="texts",
        columns=[Column(heading="字")],
        lines=[Line(values=(text,)) for text in [*texts, *odd]],
    )

    found = [row[0] for row in sheet_values(xlsx_bytes(table, WORDING))[1:]]

    # A cell holds no more; and what XML cannot hold is written as Excel writes it.
    assert found == [*texts[:-1], "x" * 32_767, "_x0001_", "_x005F_x0041_"]


def test_a_list_is_of_the_days_on_the_house_clock(house: House, site: Site) -> None:
    audience = Audience(house)
    late = audience.watch("春茶", 60, hour=0)
    operator = site.visitor("operator")
    today = audience.today.isoformat()

    table = rows(operator, "/desk/table.csv", view="plays", **{"from": today, "to": today})

    assert [row[0] for row in table[1:-1]] == [str(late)]
    assert table[1][1] == f"{today} 00:00:00"


def test_a_list_says_how_far_each_start_is_believed(house: House, site: Site) -> None:
    audience = Audience(house)
    graded = {str(audience.watch("春茶", 60)): grade for grade in ("好", "已校正", "存疑")}
    with house.db.begin() as session:
        for clock, play in enumerate(graded):
            values = {"clock": str(clock), "play": play}
            session.execute(text("UPDATE play_row SET clock = :clock WHERE id = :play"), values)
    operator = site.visitor("operator")

    page = operator.get("/desk/", view="plays").text
    book = operator.get("/desk/table.xlsx", view="plays").content

    for table in (page_rows(page), rows(operator, "/desk/table.csv", view="plays")):
        column = table[0].index("时间可信度")
        assert {line[0]: line[column] for line in table[1:-1]} == graded
    assert {line[2] for line in sheet_values(book)[1:-1]} == set(graded.values())
    assert "时间可信度：机顶盒时钟准确为“好”" in page
